# Names of what a run holds, units, and what stands between them.

language-name = English
days = { FIXED($days, 1) } days
percent = { $figure } %
between-sentences = { " " }
between-items = { ", " }
and-last = { $items } and { $last }
between-clauses = { "; " }
between-suspects = { " and " }
clock-of-day = { MOMENT($at, "d MMM") } { $time }

scenario = { $name ->
   *[other] { RAISED($title) }
}
step = { $name ->
    [all] every page
   *[other] { $title }
}
purpose = { $name ->
   *[other] { $title }
}
resource = { $name ->
   *[other] { $title }
}
the-resource = { $name ->
    [server_cpu] the CPU of the machine
    [event_loop] the event loop of one server process
   *[other] the { $title }
}
outcome = { $name ->
   *[other] { $title }
}
phase = { $name ->
   *[other] { $title }
}
capacity = { $name ->
   *[other] { COUNT($units, $noun, $nouns) }
}
