# The page around the figures: headings and prose.

page-title = { $scenario }: { $standing }
contents = Contents
section = { $name ->
    [felt] What candidates felt
    [browser] In a real browser
    [time] Where the time goes
    [suspect] The suspect
    [reach] How far candidates got
    [faults] Faults and recovery
    [waiting-room] The waiting room
    [promises] Was anything lost?
    [advice] When should I register?
    [bell] At the close
    [rules] The rules, and the life of an application
    [soundness] Is the measurement sound?
    [machine] The machine and the generator
    [unmeasured] What this run could not measure
   *[how] How it was run
}
true-rate-only = Lag was measured in { $how_much }, where the portal’s clock ran as fast as time; elsewhere it ran faster. All latencies, objectives, lateness, CPU of the generator and the suspect are from there alone:
never-true-rate = No stretch ran at true rate: lag was not measured. The portal’s clock ran faster than time from start to end, so this report says what happened, but not how fast it was answered.
pictures-in-run-time = Pictures over time run in the time of the run, and say the portal’s dates: an hour at true rate is wide, days that flew by are narrow. Gaps in a latency were not measured.
two-latencies = Two latencies, always: “intended” counts from the moment a candidate first wanted a page, and holds the reloads before it; “service” counts from the moment the answered request was sent.
by-step = By step
refusals-and-failures = Refusals and failures
waiting-and-holding = Waiting for a resource and holding it are measured apart. Waiting times never overlap, so they can be added up; held times can, as who holds a worker slot may be waiting for a database connection.
resources-over-load = Resources over the whole load
suspected-not-proven = – suspected, not yet proven
no-suspect-not-measured = Nobody was looked for: no stretch ran at true rate, so what portal and candidates waited for says nothing.
no-suspect-not-told = Nobody can be suspected: the portal sent neither Server-Timing nor counters.
no-suspect = There is none: waiting for resources made up { PERCENT($share) } of the time in the server, which is not notable, and no resource was over 80 % utilised.
resource-title = { $name ->
    [server_cpu] CPU of the machine
    [event_loop] Event loop of one server process
   *[other] { RAISED($title) }
}
agreement-unknown = The two sources cannot be compared: one of them has no waiting.
agreement = The two sources of the shares differ by at most { FIXED($points, 1) } percentage points ({ $resource }).
agreement-coverage = Of the uses of { $resource } that the server counted, the answers tell of { PERCENT($share) }.
agreement-rest = The rest is requests that candidates gave up, or that were open at the end: they wait in the server too, but their Server-Timing reaches nobody. The counters in turn lack what came before their first sample.
visits-heading = Visits
why-gave-up = Why candidates gave up
advice-lead = Candidates are told to beat the lag by avoiding the first and the last day, by clearing the cache and by changing to another network, and are promised that filing takes 3 minutes. What this run says of each:
first-and-last-day = What the first and the last day cost
three-minutes = Whether three minutes are enough
empty-cache = What an empty cache costs
slow-uplink = What a slow uplink costs
every-rule = Every rule
states-come-to = States that applications came to
moves-made = Moves from state to state
to-repeat = To repeat it
scenario-as-used = The scenario as it was used
figures-made = How the figures are made
method = { $part ->
    [exact] Percentiles are exact: over every request of the load, not over a sample or a histogram.
    [given-up] A request that was given up, or cut off by the end of the load, counts with the time until then, a lower bound; leaving it out would flatter a portal that drives candidates away.
    [every-page] “Every page”, and “all” in objectives, is every request but static files (step asset): those are many, parallel and cheap, and would drown the figure.
    [moment] Over time, a request stands where its answer came or where it was given up.
    [void] The run is void when a check of the measurement is, when the books of the visits do not balance, or when nothing was measured.
   *[suspect] The suspect is found from the resource most waited for, inwards: as long as over half of the time for which it was held went to another resource, held within it and short itself, that one is suspected instead.
}
footer = Made by rehearse { $version } from the run folder alone. Charts: Apache ECharts, Apache License 2.0, bundled in this page; it loads nothing from any network.

## What the script writes

figures-as-table = The figures as a table
chart-empty = Nothing to show: { $shows }
chart-empty-note = The run holds nothing of this.
chart-above = above
chart-below = below
portal-time-head = portal time
step-head = step
day-head = day
not-measured = not measured
range-from = From
range-to = to
range-whole = Whole load
by-province = By province
every-province = Every province
script-date = { $day } { MOMENT($month, "MMM") }
script-hour = { $hour } h
script-hours = { $day }, { $begin } to { $end } h

## How it was run

cores-not-recorded = How the cores were shared was not recorded.
cores-shared = { COUNT($count, "core") } for everything: the generator at niceness { $generator }, the portal at niceness { $portal }. The lower number goes first when CPU is short.
how-portal = Portal
how-capacities = Capacities
how-load = Load
how-scale = Scale
how-scale-said = { PERCENT($share) } of each capacity, and of the candidates
how-machine = Machine
how-versions = Versions
how-folder = Run folder
how-profile = profile { $profile }
how-server-processes = { COUNT($count, "server process", "server processes") }
how-database = { $kind } database
how-load-said = { FIXED($length_s, 0) } s at { $is_one ->
    [yes] speed { SHORTEST($least) }
   *[other] speeds from { SHORTEST($least, 3) } to { SHORTEST($most, 3) }
}, seed { $seed }
how-memory = memory
