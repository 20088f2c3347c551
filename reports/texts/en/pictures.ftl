# The pictures: the finding in each title, axes with their units, series and notes.

series-planned = planned
series-started = started
series-came-back = came back
series-one-in-twenty = one page in twenty takes longer (p95)
series-every-second = every second page takes longer (p50)
series-wanted = wanted (offered load)
series-in-time = answered within 2 s (goodput)
opening-kept-up = Up to { FIXED($most_per_s, 0) } pages a second, and 95 of 100 came within { DURATION($most_ms) } { $is_true ->
    [yes] at all times
   *[other] wherever the clock ran true
}
opening-lagged = Up to { FIXED($most_per_s, 0) } pages a second; from { $since } one in twenty took over 2 s, and { DURATION($most_ms) } at the worst moment ({ $at })
opening-note = Above: pages that candidates wanted, by when they first wanted them, and those that came within 2 s. Below: time from wanting a page until its answer, over all answers of each moment.
axis-pages = pages a second
arrivals-not-as-planned = Arrivals did not come as planned: see why this run is void
arrivals-as-planned = Arrivals came as planned: { $started }, 99 of 100 at most { DURATION($late_p99_ms) } late
arrivals-note = Visits that began, against the plan; who gave up and came back is counted apart.
axis-visits = visits a second
axis-seconds-to-answer = seconds until the answer
series-answered = answered
series-refused = refused by a rule
series-failed = failed
series-given-up = given up
series-cut-off = cut off
series-sent = sent
requests-sent = Up to { FIXED($peak_per_s, 0) } requests a second were sent ({ $at }); { $failed_share ->
    [0] no page failed or was given up
   *[other] { PERCENT($failed_share) } of all pages failed or were given up
}
requests-note = Static files are counted too. Areas stand where the answer came or the candidate gave up, the line where requests were sent.
axis-requests = requests a second
latencies = One page in twenty took over { DURATION($intended_ms) } from when it was wanted{ $is_apart ->
    [yes] , though only { DURATION($service_ms) } from its last sending: the rest went into earlier attempts
   *[other] { "" }
}
latencies-note = Above from the moment a page was first wanted, below from the moment its request was sent. Given-up requests count with the time until then.
axis-from-wanting = s from wanting
axis-from-sending = s from sending
series-went-on = went on
series-finished-here = finished here
series-still-inside = still inside at the end
series-gave-up-after = gave up after it
funnel = Of { COUNT($visits, "visit") } to { $purpose }, { PERCENT($finished_share) } finished, { PERCENT($gave_up_share) } gave up and { PERCENT($inside_share) } were still inside
funnel-note = Visits by the last step that was answered ok, in the order in which candidates take the steps.
axis-visits-by-step = visits
began-the-visit = began the visit
series-other-resources = other resources
series-outside-handlers = outside of the handlers
waiting = Of the time to an answer, { PERCENT($waited_share) } was waiting for resources, { PERCENT($served_share) } work, { PERCENT($outside_share) } outside of the handlers
waiting-note = Mean of the pages that were answered in each moment, from their Server-Timing. Above what they waited for; below the work itself. Outside of the handlers: accept queue, event loop, network, uploads, generator.
axis-waiting = s of waiting a page
axis-work = s of work a page
series-work = work
busiest = Busiest over the whole load: { $resource }, { PERCENT($utilisation) }
longest-queue = longest queue: { $requests } for { $resource }
utilisation-note = From the server's counters, independent of the requests. A gap: the server gave no sample.
axis-utilised = % utilised
axis-queue = requests in the queue
cpu = At most { FIXED($peak_cores, 1) } of { COUNT($cores, "core") } were in use ({ $at })
cpu-note = CPU seconds a second of every process that took part, stacked.
axis-cores = cores in use
generator-late = Arrivals started { DURATION($late_p99_ms) } late at the 99th percentile
generator-busiest = the busiest worker used { PERCENT($share) } of its core at the 95th
generator-note = A generator that is late or out of CPU would blame the portal for its own delay; such a run is void.
axis-of-a-core = % of a core
axis-late = ms late
series-busiest-worker = busiest worker
void-above = void above, at the 95th percentile
series-latest-arrival = latest arrival
series-worst-loop-lag = worst loop lag

## Calendars

calendar-day = { MOMENT($day, "EEE d MMM") }
calendar-hour = { MOMENT($day, "d MMMM") } at { $hour } h
minutes = { SHORTEST($minutes) } min
level-under = under { $figure }
level-to = to { $figure }
level-over = over { $figure }
level-and-more = { $figure } and more
level-from = from { $figure }
calendar-lag-not-measured = No hour of the window was at true rate: lag was not measured
calendar-lag = Slowest of the { COUNT($hours, "hour") } that were measured: { $when }, when one page in twenty took over { DURATION($p95_ms) }
calendar-lag-note = Time from wanting a page to its answer (intended latency, 95th percentile) by the portal's day and hour. Only what ran at true rate, and hours with { $least } pages at least.
calendar-lag-shows = intended latency p95, s
calendar-filing-too-few = Too few applications were filed to say how long it took
calendar-filing = Who came on { $quick } filed within { FIXED($quick_min, 0) } min at the median, who came on { $slow } within { FIXED($slow_min, 0) }
calendar-filing-note = Portal minutes from the start of a visit to filing, median by the hour of coming, registering in the same visit included. Hours with { $least } filings at least. { $at_true_rate } of { COUNT($filings, "filing") } ran at true rate. Of the others only what candidates did themselves is to scale: waiting for the portal counts with its real seconds, and was not measured.
calendar-filing-shows = time to file, median, min
calendar-promise-too-few = Too few applications were filed to say whether { FIXED($promised_min, 0) } minutes are enough
calendar-promise = In { $kept } of { COUNT($hours, "hour") }, 95 of 100 candidates filed within { FIXED($promised_min, 0) } minutes of the application's first page
calendar-promise-note = Share of filings within { FIXED($promised_min, 0) } portal minutes of the first page of the application, by the hour in which the visit began. Hours with { $least } filings at least; waiting as above.
calendar-promise-shows = filed in time, %
