# Runs held against each other, and many runs over time.

comparison-of = Comparison of rehearsals of “{ $scenario }”
comparison-standing = { $name ->
    [void] Void
    [worse] Slower
    [mixed] Slower here, faster there
    [unclear] No difference shown
    [better] Faster
   *[same] Unchanged
}
machine-unlike = The machine was not equally fast in these runs: by the CPU that the load generator needed a request, work took { SHORTEST($noise_percent) } % longer in one than in another (standard deviation). What is no larger than that is not told here; several runs of each set-up tell more.
machine-shared = While { $runs } ran, others used the machine (check “Nobody else uses the machine” of its report): what differs there may be their doing.
same-candidates = The same candidates come at the same moments in all of these runs.
one-against-another = { $name } against { $base }
what-was-changed = What was changed
nothing-was-changed = Nothing that is recorded: two runs of the same set-up.
how-sure = How sure this is
comparison-method = { $part ->
    [blocks] Requests that wait together know less than as many that do not: all runs are cut into the same { $blocks } blocks of time, and the blocks, not the requests, are drawn again and again (a paired block bootstrap).
    [noise] Runs of the same set-up differ by more than that, as machines do: { SHORTEST($noise_percent) } % (standard deviation) are added to every run’s work, what the load generator’s own CPU a request shows beyond it too, and more to its waits, the nearer it is to saturation. Several runs of each set-up make this smaller: give them all.
    [together] The intervals of a table hold together, however many there are.
   *[docs] docs/compare.md has the method, and a benchmark of how often it is wrong.
}
footer-without-charts = Made by rehearse from the run folders alone; this page loads nothing from any network.
footer-with-charts = Made by rehearse from the run folders alone. Charts: Apache ECharts, Apache License 2.0, bundled in this page; it loads nothing from any network.

## What a set-up did

nothing-compared = Nothing is compared: { COUNT($count, "run") } void ({ $names }).
run-is-void = { $run }: { $reasons }
set-up-unchanged = { $name } { $runs ->
    [1] is
   *[other] are
} unchanged: nothing differs by more than { SHORTEST($limit_percent) } %.
set-up-unclear = No difference is shown between { $name } and the baseline, but for { $of } less than { SHORTEST($limit_percent) } % cannot be told with so few requests.
set-up-changed = { $name } { $runs ->
    [1] is
   *[other] are
} { $changes }{ $rest }.
between-ways = { ", and " }
change-at = { $change } { $of_all ->
    [yes] over all pages
   *[no] at { $step }
}
changes-elsewhere = by other amounts at { COUNT($steps, "other step") }
rest-unchanged = ; unchanged at { $steps }
rest-unclear = ; no difference is shown at { $steps }
all-pages = all pages
so-many-steps = { COUNT($count, "step") }
other-steps = the other { $count } steps
percent-slower = { FIXED($low, 0) } to { FIXED($high, 0) } % { $is_slower ->
    [yes] slower
   *[no] faster
}
points-failing = { FIXED($low, 1) } to { FIXED($high, 1) } points { $is_more ->
    [yes] more
   *[no] fewer
} failing
times-as-slow = { FIXED($low, 1) } to { FIXED($high, 1) } times as slow

## Its tables

metric = { $name ->
    [intended_p50_ms] p50
    [intended_p95_ms] p95
    [intended_p99_ms] p99
    [service_p50_ms] service p50
    [service_p95_ms] service p95
    [service_p99_ms] service p99
    [failed_share] failed
    [wait_ms] waiting
    [service_ms] service
   *[other] { $title }
}
figure-of = { $of } { $figure }
change-standing = { $name ->
    [worse] slower
    [better] faster
    [same] unchanged
   *[unclear] unclear
}
points = { $points } pt
interval = { $low } to { $high }
interval-not-known = not known
head-waits = waits
head-are = are
head-difference = difference
head-change = change
head-interval = 95 % interval
head-setting = setting
felt-caption = Of half (p50) and of 95 of 100 (p95) of the requests; waits count from the moment at which a candidate first wanted the answer. All intervals hold in 95 of 100 comparisons. Unchanged: the interval is within { SHORTEST($limit_percent) } % or { SHORTEST($least_ms) } ms (failures: { SHORTEST($least_percent) } point). Slower, faster: it is on one side, and the change is past that. Unclear: it may be either.
compared-resources-caption = By the answers’ Server-Timing: means of a use. They explain what was felt, and decide nothing.

## Many runs over time

history-of = History of { $folder }
history-unchanged = { COUNT($runs, "run") }, and no change of a figure.
history-changed = { COUNT($runs, "run") }: figures changed { $times ->
    [1] once
   *[other] { $times } times
}, last at { $run }.
history-about = { $scenario }{ $candidates ->
    [0] { "" }
   *[other] , { COUNT($candidates, "candidate") }
}, { SPAN($length_s) }: { COUNT($runs, "run") }
other-rehearsals = Other rehearsals
no-change-found = No change found.
the-runs = The runs
left-out = Left out
figure-title = { $metric ->
    [intended_p50_ms] Median wait
    [intended_p95_ms] 95th percentile
    [intended_p99_ms] 99th percentile
    [service_p50_ms] Median service latency
    [service_p95_ms] 95th percentile of the service latency
    [service_p99_ms] 99th percentile of the service latency
    [failed_share] Failed or given up
   *[other] { $title }
}, { $step }{ $where }
figure-head = { $of_all ->
    [yes] { $figure }
   *[no] { $step } { $figure }
}{ $where }
since-run = Since { $run }: { $turns }. { $is_same ->
    [yes] The set-up was the same as before.
   *[no] Changed in the set-up: { $changes }.
}
figure-turned = { LOWERED($figure) } from { $before } to { $after }
chart-turned = { $figure }: from { $before } to { $after }
chart-unchanged = { $figure }: no change found
history-chart-note = A point a run; dates are when they were held. Void runs are left out.
series-level = level
more-changes = { $changes } and { $more } more
held-at = { MOMENT($at, "y-MM-dd HH:mm") }{ $is_void ->
    [yes] { " (void)" }
   *[no] { "" }
}
head-run = run
head-held-at = held at
head-changed-before = changed before it
runs-caption = Waits, from the moment at which an answer was wanted, and failures of every page, and what the objectives name. Marked: a figure changed with this run. Void runs are listed, and count for no change.
