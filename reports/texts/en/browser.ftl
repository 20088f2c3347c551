# Real browsers: what people at them saw.

browser-no-page = No page was loaded at { COUNT($browsers, "browser") }.
browser-pages = At { COUNT($browsers, "browser") } { COUNT($loads, "page") } were waited for: half of them stood there within { DURATION($half_ms) } of the click, { $few ->
    [yes] the slowest after { DURATION($upper_ms) }.
   *[other] 95 of 100 within { DURATION($upper_ms) }.
}
browser-slowest = The slowest was { $page }: half of its loads took { DURATION($half_ms) } or more.
browser-unwell = { $count } of { $loads } never came.
browser-none-filed = None of { COUNT($people, "person", "people") } came as far as a filing number.
browser-filed = { $filed } of { COUNT($people, "person", "people") } filed, half of them within { SPAN($half_s) }.
browser-protocol-filed = Of the load’s own candidates who registered and filed in one visit, half took up to { SPAN($half_s) }.
browser-cost = The browsers kept { FIXED($used, 2) } of { COUNT($cores, "core") } busy, { PERCENT($share) } of the machine: part of the lag, theirs and everybody’s, is of their own making.
browser-cost-unknown = What the browsers took of the cores was not sampled, so how much of the lag is of their own making is not known.
browser-head = { $of ->
    [page] page
    [loads] loads
    [unwell] never came
    [half] half
    [upper] p95
    [ttfb] first byte (TTFB)
    [lcp] largest paint (LCP)
    [waited] from click to paint
    [step] the load’s p95
    [who] who
   *[filed] filed
}
browser-most = max { $said }
browser-pages-caption = First byte and largest paint count from the request of the page, from click to paint also what is before it: an upload, or a form that is checked. Under { $few } there is no 95th percentile: “max” is the largest. A page that was given up or cut off counts with the time until then. The load’s: intended latency of its own candidates in the same step. A dash: nothing was painted anew, or the load has no such step.
browser-row = { $of ->
    [browser] at browsers
   *[protocol] the load’s own candidates
}
browser-filing-caption = From the home page to the filing number, with pauses for thinking and typing, which are drawn alike for both. Who was still on the way as the load ended is not in it, so in a short load only the quick ones are.
browser-time-to-file = Time to file
browser-why-ended = Why visits at browsers ended early
browser-apart = No other figure of this report counts them, but for the portal’s own: its counters, its books and its CPU.
