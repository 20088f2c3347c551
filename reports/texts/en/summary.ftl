# For other programs: `summary.md`, and the messages of `junit.xml`.

summary-head = { $scenario }: { $name ->
    [held] ✅ held
    [not_measured] ⚪ not all objectives were measured
    [objective_missed] ❌ objectives missed
    [void] ⚪ void
   *[promise_broken] ❌ a promise was broken
}
summary-void-because = Void because:
summary-broken = Broken:
summary-more = and { $count } more
summary-suspect = { $name ->
    [confirmed] Confirmed
    [suspected] Suspected
   *[nearest] Nearest to its limit
}: { $title }.
summary-where = Seed { $seed }. All of it is in { $page }, in the run folder { $folder }: one file that opens offline.
summary-objectives-head = { $of ->
    [objective] objective
    [words] what must hold
   *[measured] measured
}
summary-objective = { $name ->
    [held] ✅ held
    [missed] ❌ missed
    [void] – void
   *[unknown] –
}
summary-latencies = Latencies are intended ones, of all pages.

objective-measured = { $objective }: { $measured }
run-void-so = the run is void; { $said }
check-warning = Warning: { $sentence }
