# The tables by section, with the sentences above them.

head-requests = requests
head-refused = refused
head-failed = failed
head-given-up = given up
head-measured = measured
head-sent = sent
head-received = received
head-bodies = bodies
intended-latency = intended latency
service-latency = service latency
steps-caption = Every page is the sum of all steps but asset, the static files.
steps-measured = Latencies are of the measured requests: those first wanted at true rate.
steps-cut-off = Cut off by the end of the load, or by a device that died: { COUNT($requests, "request") }.
not-named = not named
other-problems = others
head-problem = problem
head-outcome = outcome
head-resource = resource
head-share = share
head-waited = waited, s
head-held = held, s
head-uses = uses
head-capacity = capacity
head-utilised = utilised
head-longest-queue = longest queue
by-server-timing = by the answers' Server-Timing
by-counters = by the server's counters
resources-caption = Share is of all waiting{ $is_true ->
    [yes] . Utilised is over the whole load, quiet stretches included.
   *[other] ; all of it, utilisation too, is of the stretches at true rate.
}
head-visits = visits
head-number = number
visits-planned = planned and due in the load
visits-started = started as planned
visits-came-back = came back after giving up
visits-finished = finished
visits-gave-up = gave up
visits-inside = still inside as the load ended
visits-lost = lost with a worker of the load generator
visits-balance = The books balance.
books-missing = { $missing } of { $planned } planned arrivals never started.
books-surplus = { $surplus } visits started as planned but are not in the plan.
books-no-end = { $no_end } of { $visits } visits neither finished, nor gave up, nor stayed inside{ $broke_off ->
    [0] .
   *[other] : { $broke_off } broke off by an error of the load generator.
}
no-reason-noted = no reason noted
no-step-reached = nothing
other-reasons = other reasons and steps
head-reason = reason
head-last-step = last step answered
head-of-who-gave-up = of those who gave up
head-process = process
head-cores = cores, { $of ->
    [mean] mean
    [p95] p95
   *[most] most
}
head-most-memory = memory, most
head-niceness = niceness
head-generator = generator
worker = worker { $number }
head-cpu = CPU, { $of ->
    [mean] mean
   *[p95] p95
}
head-busy-seconds = seconds over 90 %
seconds-of = { $busy } of { $seconds }
head-loop-lag = loop lag, { $of ->
    [p99] p99
   *[most] most
}

## Faults and recovery

fault = { $name ->
   *[other] { $title }
}
fault-mark = { $name ->
   *[other] { $title }
}
faults-felt = Of { COUNT($faults, "fault") }, { $felt } lowered goodput.
faults-recovered = The portal was itself again after { $count } of them, at the latest { DURATION($took_ms) } after its end ({ $fault }).
faults-stuck = It did not recover from this before the next fault, or the end: { $fault }.
faults-failed = Could not be played: { $fault } ({ $why }).
recovery-head = { $of ->
    [fault] fault
    [from] from
    [for] for
    [before] before
    [during] during
    [after] after
    [felt] felt
    [recovered] recovered
    [latency] latency
    [requests] requests
   *[candidates] candidates
}
head-goodput = goodput
head-seconds-until = seconds until
head-lost = lost
recovery-caption = Goodput is the share of wanted answers that came within 2 s. Felt: from the fault's begin until goodput fell by over { PERCENT($within) }; recovered: from its end until goodput was back within that of before, for 5 s in a row; latency: the same for the objective. Lost: requests that failed or were given up until then, and candidates who gave up and did not come back. In seconds of the run.

## The waiting room

room-called = { COUNT($taken, "number") } were taken, { $called } called, half of those within { SPAN($half_s) }; { $left } left the line.
room-none-called = { COUNT($taken, "number") } were taken, and none was called.
room-inversions = { $count } were called after somebody who had come later.
room-overshoot = { $inside } were inside at once, { $too_many } too many.
room-row-taken = numbers taken
room-row-called = called
room-row-left = left the line
room-row-in-line = in line as the load ended
room-row-waited = waited in line: half, 95 %, all
room-row-promise-error = wait promised otherwise by: half, 95 %
room-row-inversions = called later than a higher number (should be 0)
room-row-inside = inside at once, at most
room-row-over-limit = over the limit of { $limit }, by
head-figure = figure
room-caption = As the candidates saw it, from taking the number to hearing that it was called. Who was called within { SHORTEST($poll_s) } s of another counts as called at the same time. Inside: from then until the visit ended.

## Promises, and the portal's books

promises-audited = { COUNT($promises, "request") } asked the portal for something that it must not lose, and { $kept } of them were acknowledged.
promises-broken = { COUNT($count, "promise") } broken: { $broken }.
promises-kept = All that was acknowledged is there, as it was sent.
promises-unknown = Of { $count } nobody heard the answer: those may be there, once, or not at all.
broken-promise = { $what } ({ $count })
more-kinds-broken = and { COUNT($count, "more kind") }
promise = { $name ->
    [account_lost] an account that was acknowledged is not there
    [account_twice] a person has two accounts that have not lapsed
    [phone_lost] a phone that was bound to an account is not bound to it
    [paper_lost] a paper that was accepted is not there
    [paper_differs] a paper is not the one that was accepted last
    [file_lost] the file of a paper is not on the portal's disk
    [file_differs] the file of a paper holds other bytes than its record says
    [identity_lost] an identity that was submitted is not
    [face_check_lost] a face check that was passed is not
    [application_lost] an application that was begun is not there
    [application_twice] a person has two applications
    [filing_lost] an application that was filed is not, under the number that was given
    [filing_twice] an application has more filing numbers than one, and one for each time that it was withdrawn
    [withdrawal_lost] a withdrawal that was acknowledged has not been made
    [withdrawal_twice] an application was withdrawn more often than it was filed
    [supplement_lost] a supplement that was acknowledged has not been taken
    [supplement_twice] a supplement was taken more often than it was asked for
    [order_lost] an order that was opened is not there
    [order_twice] an application has two orders that are open or paid
    [payment_lost] a payment that the candidate saw arrive is not in the books
    [charged_not_recorded] a payment that the gateway has charged, and told the portal of, is not in the books
    [recorded_not_charged] an order counts as paid, and the gateway has charged nothing
    [amount_differs] the gateway has charged another amount than the order is about
    [lie_believed] a notification with another amount, or a signature that is not right, was taken
    [charged_twice] an application was charged twice, and no refund is owed
    [invoice_lost] an invoice that was asked for is not there
    [invoice_twice] an order has two invoices
    [unbinding_lost] a phone that support promised to free is not on its list
    [unbinding_twice] support has more tickets of a phone than visits in which that was asked for
   *[other] { $name }
}
violation-line = { $rule }: { $title } ({ $count }), such as { $whose }: { $said }
violation-of-books = { $rule }: { $count }{ $number ->
    [0] { $examples }
   *[other] , such as { $examples }
}
violation = { RAISED($title) }: { $whose }, { $said }
item-of = { $item } of candidate { $candidate }
found = { $name ->
    [other-phone] the account has the phone { $one }
    [no-paper] no such paper
    [other-paper] the portal has sha256 { $one }…
    [no-file] no file { $one }
    [other-bytes] recorded as sha256 { $one }…, on disk { $two }…
    [fewer-there] acknowledged { $one } times, there { $two } times
    [no-application] no such application of this person
    [other-number] given { $one }, filed under { $two }
    [too-often] { $one } times, at most { $two }
    [fewer-made] acknowledged { $one } times, made { $two } times
    [no-order] no such order
    [several] there { $one } times: { $two }
    [order-state] the order is { $one }
    [charged] charged { $one } fen, the order is { $two }
    [other-amount] charged { $one } fen, ordered { $two } fen
    [notified] of { $one } fen, the order is { $two }
    [charges] charged { $one } times: { $two }
    [no-invoice] no invoice { $one }
    [no-ticket] no ticket of this phone
    [tickets] asked { $one } times, there { $two }
   *[other] { $name }: { $one } { $two }
}
promise-sort = { $sort ->
    [lost] lost
    [duplicated] doubled
   *[wrong] wrong
}
promise-kind = { $name ->
   *[other] { $title }
}
history-candidate = candidate, { FIXED($from_s, 3) } to { FIXED($to_s, 3) } s, visit { $visit }: { $kind } { $about } { $outcome ->
    [ok] acknowledged
    [fail] refused
   *[info] without an answer
}
history-portal-moved = portal, { $at }: { $act }, { $before } to { $after }
history-portal-order = portal: order { $number } over { $fen } fen is { $state }
history-gateway-order = gateway: order { $number } over { $fen } fen is { $state }{ $heard ->
    [none] {""}
    [yes] {" "}since { $since }, and the portal took notice
   *[no] {" "}since { $since }, and the portal did not take notice
}
open-charges = Charged, and the gateways have not been able to tell the portal yet: { $count }. Whether it would enter these payments is not known.
files-not-checked = The portal kept no files, so the bytes on its disk were not held against what was sent.
promises-acknowledged = Acknowledged: { $kept }.
promises-none-acknowledged = Acknowledged: nothing.
refunds-owed = Refunds owed: { $count }.
head-must-not-be = what must not be
head-would-be = it would be
head-found = found
rules-broken = { $broken } of { COUNT($rules, "rule") } are broken in the portal's books.
rules-hold = The portal's books at the end of the load: all { COUNT($rules, "rule") } hold.
head-rule-of-books = rule of the books
head-violations = violations
head-such-as = such as

## The close

bell-close = the close, portal time
bell-moment = { MOMENT($at, "d MMMM y, HH:mm:ss") }
bell-last-answered = last filing accepted: its answer came
bell-last-sent = last filing accepted: it was sent
bell-accepted-late = filings sent after the close and accepted (must be 0)
bell-first-refused = first refused: its answer came
bell-refused = refused because the window was closed
bell-refused-by = { $number ->
    [0] 0{ $by_step }
   *[other] { $number }: { $by_step }
}
bell-drafts-left = drafts left at the end (should be 0: they expire)
bell-drafts-expired = drafts expired
bell-violations = half-registered: violations in the portal's books (must be 0)
head-what-happened = what happened
bell-caption = Portal time. The portal decides by the moment at which it takes a request up, so one that was sent before the close may be refused, and the answer to an accepted one may come after it.
not-audited = not audited
never = never
since-close = { $length } { $is_before ->
    [yes] before
   *[other] after
} the close

## Provinces

provinces-too-few = Too few pages of any two provinces to hold them against each other.
provinces-alike = It hardly matters where people apply: { $between }.
provinces-apart = It matters where people apply: { $between }.
provinces-between = 95 of 100 pages took up to { DURATION($quick_ms) } in { $quick } and { DURATION($slow_ms) } in { $slow }
province-head = { $of ->
    [province] province
    [candidates] candidates
    [visits] visits
    [gave_up] gave up
    [pages] pages
   *[failed] failed or given up
}
