# Checks of the measurement, reasons to void a run, and what was not measured.

duration = { DURATION($ms) }
check-title = { $name ->
    [lateness] Arrivals start on time
    [achieved_rate] Arrivals come at the planned rate
    [gaps] Gaps between arrivals are those of the plan
    [persistence] Lateness is independent
    [coordinated_omission] Arrivals do not wait for the portal
    [stationarity] The steady stretch is steady
    [percentile] The percentile is known
    [generator_cpu] The generator has CPU to spare
    [loop_lag] The generator's event loop is quick
    [other_work] Nobody else uses the machine
    [open_files] The generator may open more sockets
    [workers] Every worker of the generator gives a sign
    [lost_workers] No worker of the generator is lost
    [littles_law] Little's law closes
    [rate_ceiling] No request waits for the target's ceiling
   *[clock_steps] Nobody stepped the clock
}
lateness-unknown = No arrival was due at true rate.
lateness = { $is_late ->
    [yes] Arrivals started late: { FIXED($late_p99_ms, 0) } ms at the 99th percentile, where { FIXED($allowed_ms, 0) } ms are allowed.
   *[other] 99 of 100 arrivals started within { DURATION($late_p99_ms) } of their time.
}
achieved-rate-unknown = No second was at true rate.
achieved-rate = { $passes ->
    [yes] In 99 of 100 seconds, arrivals deviate from the plan by at most { PERCENT($share) }, at worst by { PERCENT($most) }.
   *[other] Arrivals did not come at the planned rate: in one of 100 seconds they deviate from it by over { PERCENT($share) }, in the worst by { PERCENT($most) }.
}
too-few-arrivals = There were under { $least } arrivals at true rate.
gaps-torn = For { PERCENT($share) } of the arrivals the gaps are not those of the plan (Anderson-Darling), first from run second { FIXED($from_s, 0) } on: the generator bunched or delayed them.
gaps-follow = The gaps between { $arrivals } started arrivals follow those of the plan.
persistence = The lateness of an arrival and of the next correlate by { FIXED($rho, 2) }{ $passes ->
    [yes] .
   *[other] : they are late in a row.
}
too-few-seconds = There were under { $least } seconds at true rate.
coordinated-omission = Arrivals are { DURATION($later_ms) } later in the slower half of the seconds than in the quicker half (correlation { FIXED($rho, 2) }){ $passes ->
    [yes] .
   *[other] : who waits for a slow portal leaves its worst moments out.
}
stationarity-not-claimed = Not claimed: the scenario's load changes while it lasts.
stationarity-too-short = The steady stretch has under { $least } seconds with requests.
stationarity = Over the steady stretch the median wait { $rises ->
    [yes] rises
   *[other] falls
} by { PERCENT($share) } (tau { FIXED($tau, 2) }){ $is_notable ->
    [yes] .
   *[other] , no more than by chance.
}
percentile-title = { $kind ->
    [intended] Intended
   *[service] Service
} { $q } of { $step }{ $where } is known
percentile-unknown = No request was first wanted at true rate.
no-end = no end that so few requests could show
percentile = 95 % confidence: { DURATION($low_ms) } to { $high }, around { DURATION($value_ms) }.
percentile-unsure = 95 % confidence: { DURATION($low_ms) } to { $high }, around { DURATION($value_ms) }. The objective's { FIXED($limit_ms, 0) } ms lie within: whether it held is not known.
generator-cpu-unknown = The generator's CPU was not recorded at true rate.
generator-cpu = { $is_short ->
    [yes] The generator was short of CPU:
   *[other] At most,
} worker { $worker } used { PERCENT($p95) } of a core at the 95th percentile of its seconds and { PERCENT($mean) } on average, where { PERCENT($allowed) } are allowed.
loop-lag-unknown = The event loop's lag was not recorded at true rate.
loop-lag = { $passes ->
    [yes] Its worst lag is under { DURATION($p95_ms) } in 95 of 100 seconds, and { DURATION($most_ms) } at most.
   *[other] The generator's event loop was slow: { DURATION($p95_ms) } late or more in 5 of 100 seconds, { DURATION($most_ms) } at most.
}
other-work-unknown = What else the machine did was not recorded.
other-work = { $passes ->
    [yes] In 19 of 20 stretches of 5 s, others used at most { PERCENT($share) } of all cores.
   *[other] Others used the machine: over { PERCENT($share) } of all cores in one of 20 stretches of 5 s, { PERCENT($most) } at most, around run second { FIXED($at_s, 0) }. The portal had what they left: it may seem slower than it is, and another resource its limit.
}
open-files-unknown = Open files were not recorded.
open-files = { $passes ->
    [yes] At most
   *[other] The generator came close to the sockets that it may open: at most
} { $most } files and sockets were open, of { $allowed } allowed.
no-worker-lost = All { $workers } workers were there to the end.
worker-lost = Worker { $worker } was lost at { FIXED($heard_s, 1) } s of the load; { $broken_off } visits that were under way there broke off. { $then ->
    [void] The load was ended then, as --when-lost void asks.
   *[other] { $handed_on } candidates who had not come yet came by the others, { $overdue ->
        [0] all on time
       *[other] { $overdue } of them up to { FIXED($overdue_most_s, 1) } s after their time, which is in no latency
    }.
}
workers-unknown = The generator's health was not recorded.
workers = { $passes ->
    [yes] The longest that a worker gave no sign was { FIXED($silent_s, 1) } s (worker { $worker }).
   *[other] Worker { $worker } gave no sign for { FIXED($silent_s, 1) } s, where { FIXED($allowed_s, 1) } s are allowed.
}
littles-law-unknown = Too few samples of those inside at true rate.
littles-law = { $closes ->
    [yes] By the generator's samples { FIXED($sampled, 1) } candidates were inside on average, by the visits { FIXED($by_visits, 1) }, the same but for sampling.
   *[other] Little's law does not close: by the generator's samples { FIXED($sampled, 1) } candidates were inside on average, by the visits { FIXED($by_visits, 1) }.
}
clock-steps-unknown = The wall clock was not recorded.
clock-steps = The wall clock jumped by at most { DURATION($jump_ms) } within a second{ $passes ->
    [yes] .
   *[other] , at run second { FIXED($at_s, 0) }.
}

checks-all-passed = All { COUNT($checks, "check") } passed.
checks-worse = Of { COUNT($checks, "check") } { $found }.
checks-void = { $count ->
    [one] 1 voids the run
   *[other] { $count } void the run
}
checks-warn = { $count ->
    [one] 1 warns
   *[other] { $count } warn
}
checks-left-out = { COUNT($checks, "check") } had nothing to look at.
check-standing = { $standing ->
    [pass] pass
    [warn] warn
    [void] void
    [not-measured] not measured
   *[not-claimed] not claimed
}
head-must-hold = what must hold
head-standing = standing
head-was-found = what was found

## Why a run is void

books-do-not-balance = The books do not balance: { $fault }
void-no-requests = Nothing was measured: the run holds 0 requests.
void-no-arrivals = Nothing was measured: no arrival was due in the load.

## What was not measured

no-audit-of-books = The portal's books were not held against its rules: the run has no audit of them.
no-books = the run has no books of what the portal had in the end
promises-not-audited = Promises were not audited, so whether all that was acknowledged is still there is not known: { $why }.
interrupted = The run was interrupted after { FIXED($length_s, 0) } of { FIXED($planned_s, 0) } s{ $because ->
    [stop_file] { " " }by the stop file
    [allowed_until] { " " }by the end of the permission
   *[other] { "" }
}: { COUNT($never_due, "planned arrival") } never came due.
clock-never-true = The portal's clock ran { $is_one ->
    [yes] { SHORTEST($speed) } times as fast as time
   *[other] faster than time throughout
}: no stretch ran at true rate: lag was not measured, nor were objectives, lateness and CPU.
partly-true = There were { $how_much }. Lag, lateness, objectives, the generator's CPU and the bottleneck are of those alone; of the rest only what happened is known, not how fast it was answered.
clocks-apart = Plan and portal clock disagree by up to { SPAN($apart_s) } of portal time about when arrivals were due: the dates in this report are no better than that.
broken-parts = Cut off while being written, and left out: { COUNT($files, "file") } of the run, { $named }.
bound-abandoned = Given up before an answer came: { COUNT($requests, "request") } ({ PERCENT($share) }). They enter all latencies with the time until then, which is less than the answer would have taken.
bound-cut-off = Cut off by the end of the load, or by a device that died: { COUNT($requests, "request") }. They too enter with the time until then.
bound-inside = Still inside as the load ended: { COUNT($visits, "visit") }. How they would have gone on is not known.
without-header = Answered without Server-Timing: { COUNT($requests, "request") } ({ PERCENT($share) }). Where their time went is not known.
without-answer = Without an answer, hence without Server-Timing: { COUNT($requests, "request") }. Their waiting is in the server's counters alone.
counters-not-read = The server's own counters were not read: utilisation and queues are not known.
longest-gap = { ", " }the longest stretch from { $begin } to { $end }
samples-missed = Without a sample of the server's counters: { COUNT($missed, "second") } of { FIXED($length_s, 0) }{ $gap }. A server that is frozen or overrun cannot be asked.
generator-not-recorded = The generator's own health was not recorded: that it had CPU enough is not known.
generator-was-busy = The generator's worker { $worker } was over 90 % of its core in { $busy } of { $seconds } seconds: latencies in them hold some of its own delay.
cpu-not-recorded = CPU use by process was not recorded.
portal-elsewhere = The portal ran elsewhere: its CPU use is not known.
one-machine = Generator and portal shared the { COUNT($cores, "core") } of one machine (niceness { $generator } and { $portal }): on machines of their own the portal would have more CPU, and a network between them.
only-suspected = The bottleneck is suspected, not proven: proof takes a second run with that one capacity changed.
