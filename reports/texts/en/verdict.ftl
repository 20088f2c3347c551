# The first screen: the verdict, its standing, objectives and key figures; and the evidence against the suspect.

between-facts = { ", " }
cores = { COUNT($count, "core") }

## The verdict

word-broken = The portal broke its word: { $broken }.
void-because = This run is void: { LOWERED($reason) }
lag-not-measured = No stretch ran at true rate: lag was not measured.
books-balance = The books of { COUNT($visits, "visit") } balance.
measured-in = Measured in { $how_much }.
would-lag = { $scenario } would lag: { $worst }.
kept-up = The portal kept up: { $worst }.
would-miss-nobody-came = { $scenario } would miss an objective: nobody came to step { $step }{ $where }.
would-miss-resource = { $scenario } would miss an objective: { $name } is { $measured }, not under { $limit }.
within-phase = { " " }in phase { $phase }
would-turn-away = { $scenario } would turn candidates away: { PERCENT($share) } of { $of_all ->
    [yes] all pages
   *[other] the requests of step { $step }
} fail or are given up{ $where }.
worst-only-static-files = nothing but static files was asked for
worst-kept-up = even in the worst minute ({ $at }) 95 of 100 pages come within { DURATION($p95_ms) }
worst-every-second = in the worst minute ({ $at }) every second page takes over { DURATION($p50_ms) }
worst-one-in-twenty = in the worst minute ({ $at }) one page in twenty takes over { DURATION($p95_ms) }
limit-not-told = Nothing tells where the time went: the portal sent no Server-Timing and no counters.
limit-outside = No resource of the portal ran short: { PERCENT($share) } of the time passed outside of it.
limit-none = No resource of the portal ran short.
limit-likely = The likely limit is { $resource } ({ $size }){ $waiting }.
limit-nearest = Nearest to its limit is { $resource } ({ $size }){ $waiting }.
one-core = one core
busy = { PERCENT($utilisation) } busy
capacity-not-known = capacity not known
waiting-around-handlers = : { PERCENT($share) } of the time passed before and after the handlers
waiting-here = : { PERCENT($share) } of all waiting is there
waiting-here-and-outside = : { PERCENT($share) } of all waiting is there, and { PERCENT($outer_share) } at { $outer }, which fill up because of that

## Evidence

evidence-while = From { $begin } to { $end }, when nearly all of this came about: { $size }.
evidence-whole-load = Over the whole load: { $size }.
evidence-queue = Longest queue: { COUNT($requests, "request") }.
evidence-since = At { $at } a request waited over 1 s on average, for the first time.
evidence-cores-busy = The machine's cores were { PERCENT($share) } busy meanwhile, so a part of it may be want of CPU.
evidence-hardly-waited = There is hardly any waiting yet; it is listed because it is close to its limit.
evidence-share-at = { PERCENT($share) } is at { $resource }
evidence-shares = Of all waiting, { $shares }.
evidence-filled-up = Who held { $outer } spent { PERCENT($share) } of that time waiting for { $inner } or using it, so { $outer } filled up because of { $inner }.
evidence-outside = { PERCENT($outside) } of the time passed outside of the portal's handlers (accept queue, event loop, network, generator) and { PERCENT($waited) } in waiting for its resources.
evidence-cores-used = Cores used meanwhile: { $used }.
settles-more-cores = One run can only suspect. What would settle it: the same load with the same seed, on more cores.
settles-more-workers = One run can only suspect. What would settle it: the same load with the same seed, with { $option }.
settles-operators = One run can only suspect. What would settle it: the same load with the same seed, once the operators of this portal have given it three times { $resource }.
settles-opening-day = One run can only suspect. To prove it, diagnose the moment that lagged: { $command }.
settles-diagnose = One run can only suspect. To prove it, make the same load again with three times this capacity alone, which is what this does: { $command }

## Stretches at true rate

how-much-true = { COUNT($stretches, "stretch", "stretches") } at true rate, { SPAN($true_s) } of the { SPAN($length_s) } of the run
true-stretch = { $dates } ({ SPAN($length_s) })
shorter-stretches = and { $count } shorter ones
dates = { MOMENT($begin, "d MMMM y, HH:mm:ss") } to { $is_one_day ->
    [yes] { MOMENT($end, "HH:mm:ss") }
   *[other] { MOMENT($end, "d MMMM, HH:mm:ss") }
}

## Standing, objectives and key figures

standing-held = Every objective held
standing-valid = Valid
standing-missed = { $missed } of { COUNT($objectives, "objective") } missed
standing-void = Void
standing-promise-broken = A promise was broken
standing-not-measured = { $unmeasured } of { COUNT($objectives, "objective") } not measured
where-rehearsal = Rehearsal “{ $name }”
where-portal-time = portal time { $time }
where-candidates = { COUNT($candidates, "candidate") }
where-seed = seed { $seed }
where-run-on = run on { MOMENT($at, "d MMMM y 'at' HH:mm") }
where-interrupted = interrupted
portal-time = { MOMENT($at, "d MMMM y") }, { $begin } to { $end }
void-until-mended = Nothing below speaks of the portal until these are mended:
objective = { $metric ->
    [wait_p50_ms] of the requests that use the resource { $subject }, half wait for it under { SHORTEST($limit) } ms
    [wait_p95_ms] of the requests that use the resource { $subject }, 95 of 100 wait for it under { SHORTEST($limit) } ms
    [wait_p99_ms] of the requests that use the resource { $subject }, 99 of 100 wait for it under { SHORTEST($limit) } ms
    [utilisation] the resource { $subject } is utilised to under { IN_PERCENT($limit) } %
    [queue_max] fewer than { SHORTEST($limit) } requests queue for the resource { $subject }
   *[other] { $of_all ->
        [yes] of all pages
       *[other] of the requests of step { $subject }
    }, { $metric ->
        [intended_p50_ms] half wait under { SHORTEST($limit) } ms from the moment they wanted it
        [intended_p95_ms] 95 of 100 wait under { SHORTEST($limit) } ms from the moment they wanted it
        [intended_p99_ms] 99 of 100 wait under { SHORTEST($limit) } ms from the moment they wanted it
        [service_p50_ms] half are answered within { SHORTEST($limit) } ms of being sent
        [service_p95_ms] 95 of 100 are answered within { SHORTEST($limit) } ms of being sent
        [service_p99_ms] 99 of 100 are answered within { SHORTEST($limit) } ms of being sent
       *[failed_share] under { IN_PERCENT($limit) } % fail or are given up
    }
}{ $where }
in-phase = { ", " }in phase { $phase }
with-unit = { $metric ->
    [failed_share] { PERCENT($value) }
    [utilisation] { PERCENT($value) }
    [queue_max] { COUNT($value, "request") }
   *[other] { FIXED($value, 0) } ms
}
objective-held = held
objective-missed = missed
objective-nobody-came = no such request was made
no-objectives = The scenario sets no objectives.
key-arrivals = Arrivals started
key-arrivals-note = of { $planned } planned, { DURATION($late_p99_ms) } late at p99
key-requests = Requests
key-requests-note = { $beside } of them not for pages
key-failed = Pages failed or given up
key-failed-note = { $failed } failed, { $abandoned } given up
key-latency = Intended latency, p95
key-latency-note = half under { DURATION($p50_ms) }
key-latency-not-measured = no stretch at true rate
key-finished = Visits finished
key-finished-note = { $gave_up } gave up, { $inside } still inside
