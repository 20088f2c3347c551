# Series of trials: the diagnosis, the protections, and whether lag outlasts its cause.

quoted = “{ $text }”
so-many = { $units } { $resource }
between-or = { " or " }
so-many-of = { $some } of { $all }
one-thing-changed = The same candidates come at the same moments to the same portal, in which one thing is changed each time.
trials-are-runs = Each trial is a run folder of its own in { $folder }; this makes its report:
trial-void = { $trial } (void: { $reasons })
head-portal = portal
head-in-time = answers in time
head-goodput-a-second = goodput a second

## The diagnosis

about-diagnosis = Diagnosis of “{ $scenario }”, profile { $profile } · begun on { MOMENT($begun, "d MMMM y 'at' HH:mm") } UTC · { COUNT($trials, "trial") } of { SPAN($length_s) }
diagnosis-standing = { $name ->
    [holds] The portal bears this load
    [confirmed] Confirmed
    [suspected] Suspected, not proven
    [not_identified] Not identified
   *[void] Void
}
diagnosis-headline = { $name ->
    [holds] Nothing limits the portal at this load.
    [not_identified] Something limits the portal, and no capacity was proven to be it.
   *[void] The trials cannot be trusted, so nothing is said of the portal.
}
with-capacity = { $resource } ({ $capacity })
limit-is = The limit is { $limits }; { $enough } would hold.
limit-suspected = Suspected: { $resources }.
diagnosis-holds = { FIXED($in_time_percent, 1) } % of all answers that are wanted come in time.
diagnosis-no-capacity = { FIXED($loss_percent, 1) } % of the answers come late or never, and more of every capacity gains { FIXED($gain_percent, 1) } %: what limits the portal is none of its capacities. The machine's cores, an event loop and pauses are left.
diagnosis-several = More than one alone would do, or none that is full: { $resources }.
diagnosis-none-restores = No resource that is predicted to be full restores the goodput, alone or with another; tried: { $tried ->
    [0] none{ $resources }
   *[other] { $resources }
}.
diagnosis-confirmed = More of { $resources } gains { FIXED($gain_percent, 1) } % of the offered load (95 % interval { FIXED($low_percent, 1) } % to { FIXED($high_percent, 1) } %, { $pairs } pairs of runs), as much as anything does.
diagnosis-not-repeated = The gain of { $resources } is { FIXED($gain_percent, 1) } % of the offered load, but over { $pairs } pairs of runs its 95 % interval begins at { FIXED($low_percent, 1) } %, where { SHORTEST($least_percent) } % are asked for (p = { SHORTEST($p, 2) }).
diagnosis-void = The trial { $trial } was void twice: { $reasons }
diagnosis-light-load-lost = { PERCENT($share) } of the load is lost as well: it is not load that it lacks.
diagnosis-nothing-told = At { PERCENT($well) } of the load the portal is well, but no resource that it tells of is predicted to be full at the whole. The machine's cores, an event loop, pauses, or something that it does not tell of are left.
diagnosis-suspected = At { PERCENT($well) } of the load the portal is well; at the whole, the utilisation law predicts: { $suspects }. What would settle it: { $wanted } of { $resource } in place of { $capacity }, and the same load again.
predicted-busy = { $resource } ({ FIXED($whole_percent, 0) } % busy, { FIXED($well_percent, 0) } % there)
before-and-after = Before and after
nothing-else-changed = The same candidates, arriving at the same moments; nothing else was changed.
portal-with = { $kind ->
    [baseline] as it is
    [cure] what the law asks for
   *[relief] its relief
}
for-and-against = What speaks for and against each resource
no-gain = No gain
gains-most = More { $resource } gain most: { FIXED($gain_percent, 1) } % of the offered load
gains-note = Gain of goodput when this resource alone is relieved, with the first seed. Resources that are far from full were not tried.
axis-of-load = % of the offered load
series-gain = gain
diagnosis-head = { $of ->
    [resource] resource
    [capacity] capacity
    [demand] service demand
    [busy] predicted busy
    [gain] gain
    [behind] behind the best
    [repeated] over all seeds
    [enough] enough
   *[growth] demand under load
}
diagnosis-caption = Service demand: held time a use at light load. Gains are shares of the offered load.{ $grown ->
    [yes] { " " }Demand under load: at 90 % of the load, against light load.
   *[no] { "" }
}
rules-of-thumb = For comparison: in the first baseline, most waiting was for { $longest }, and the busiest was { $busiest } ({ PERCENT($share) }). Neither proves anything.
goodput-grows = How goodput grows with the load
no-knee = The curve of goodput has no knee up to the whole load.
knee = The knee is at { PERCENT($share) } of the load: beyond it, more load gains less than before.
scalability-law = Universal Scalability Law: contention { $contention }, coherency { $coherency } (standard errors){ $peak }.
curve-peak = , with its peak at { PERCENT($share) } of the load
curve-without-peak = , without a peak
head-of-load = share of the load
the-trials = The trials
head-trial = trial
head-load = load
head-seed = seed
head-measurement = measurement
measurement-of = { $is_void ->
    [yes] void: { $reasons }
   *[no] valid{ $reasons }
}
when-confirmed = When a resource is confirmed
method-in-time = An answer is in time when it comes within { SHORTEST($in_time_s) } s of the moment at which it was first wanted; goodput is answers in time a second, static files left out.
method-full = Predicted utilisation is at least { PERCENT($full) }: arrivals of the whole load, times uses and service demand a visit as measured at a tenth of it, over the capacity (the utilisation law).
method-gain = { $times } times its capacity, or what the law asks for where that is more, gains goodput: over at least { $seeds } pairs of runs with the same arrivals the 95 % interval lies above { PERCENT($least) } of the offered load, with p under { SHORTEST($by_chance) } after Holm’s correction.
method-alone = That gain is as large as the best one, but for { PERCENT($as_good) } of the offered load, and no other resource alone does so. Where none alone is enough, pairs are tried.
method-holds = A portal holds when less than { PERCENT($least) } of the wanted answers come late or never.

## Protections

about-protections = Protections of “{ $scenario }”, profile { $profile }, { SHORTEST($length_s) } s each
what-protections-buy = What each protection buys
protection = { $name ->
   *[other] { $title }
}
protections-head = { $of ->
    [portal] portal
    [got_in] got in
    [of] of
    [half] half within
    [gave_up] gave up
    [in_time] in time
    [requests] requests a visit
    [turned_away] turned away
   *[in_line] in line
}
protections-caption = Got in: candidates who were logged in by the end of the load, of those who came, and half of them so long after they came. In time: of the answers that were wanted, within { SHORTEST($in_time_s) } s. To be turned away is no answer; to be sent to the waiting room is one, so its wait is told apart: in line, half of them so long. With a staggered opening fewer have come by then.
protections-void = No trial can be trusted, so nothing is said of the protections.
protections-too-few = Too few trials of the portal as it is can be trusted to hold the protections against it.
protections-alike = No protection brings more people in, but for what runs of the same differ by.
best-protection = This brings most people in: “{ $title }”, { $got_in } of { $came }; as it is { $as_it_is } at most.

## Whether lag outlasts its cause

about-trials = “{ $scenario }”, profile { $profile }, { SHORTEST($length_s) } s each
less-of-each = One load, one trigger, and less of each
arm = { $name ->
   *[other] { $title }
}
metastable-standing = { $name ->
    [metastable] The lag outlasts its cause: a metastable failure.
    [recovers] The portal recovers by itself.
    [overloaded] The portal is overloaded, not stuck.
   *[void] Nothing can be said.
}
trigger-not-played = the trigger could not be played: { $why }
arms-void = These trials cannot be trusted: { $arms }.
arms-missing = These trials are missing: { $arms }.
too-much-by-itself = Without any trigger { PERCENT($share) } is in time: this load is too much by itself.
lag-goes = When the trigger has gone, so does the lag.
no-vulnerable-state = With the trigger gone for long, { PERCENT($share) } is in time; but so it is with a smaller trigger and less load: no vulnerable state.
lag-stays = With the trigger gone for long, { PERCENT($share) } is in time, and it is not so with { $others }. { $is_way_out ->
    [yes] The way out: “{ $way_out }”.
   *[no] The protections that were tried are no way out: “{ $way_out }”.
}
arms-head = { $of ->
    [portal] portal
    [during] while it lasts
    [at_the_end] at the end
    [recovered] recovered after
   *[requests] requests a wish
}
arms-caption = Answers in time, within { SHORTEST($in_time_s) } s, of those that were wanted: while the trigger lasted, and in the last { SHORTEST($last_s) } s of the load. Recovered: from the trigger's end. Requests a wish: how often people sent what they wanted once, at the end.
