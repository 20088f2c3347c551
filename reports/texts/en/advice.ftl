# The section on the advice that candidates are given.

days-of = { $kind ->
    [first] first day
    [last] last day
   *[other] other days
}
gain-not-measured = Avoiding the { $days }: not measured, as fewer than { $least } visits began at true rate on the { $unknown }.
gain = Avoiding the { $days }: 95 of 100 pages come within { DURATION($others_p95_ms) } on { $others } instead of { DURATION($day_p95_ms) }, half within { DURATION($others_p50_ms) } instead of { DURATION($day_p50_ms) }; { $filing }
gain-filing = the application is filed in { FIXED($others_min, 1) } min instead of { FIXED($day_min, 1) } at the median.
gain-filing-not-measured = what it gains in filing was not measured, with fewer than { $least } filings at true rate.
cache-not-asked = An empty cache: no static file was asked for.
cache-cost = An empty cache: static files were { PERCENT($requests) } of all requests and { PERCENT($bytes) } of all bytes that candidates received
cache-time-not-measured = { $cost }; what they cost in time was not measured.
cache-time = { $cost }, { PERCENT($server) } of the time in the server, and kept half of the visits that loaded them for over { DURATION($added_ms) }.
uplink-not-measured = A slow uplink: not measured, as no upload was answered at true rate.
uplink-none-slow = A slow uplink: no upload went at under { SHORTEST($slow_mbit) } Mbit/s.
uplink-own = A slow uplink (under { SHORTEST($slow_mbit) } Mbit/s) costs its owner { $took } an upload at the median{ $others ->
    [none] .
   *[other] , others { $others }.
}
uplink-others-not-known = What it costs everybody else is not known: the portal sent no Server-Timing of worker slots.
uplink-others = It costs everybody else: { PERCENT($uploads) } of the uploads came that slowly, and held { PERCENT($held) } of all the time for which { $slot } were held.
range = { $least } to { $most }
since-visit = from the start of a visit to apply
since-first-page = from the first page of the application
since-application-page = from the application's first page
promise-nobody-filed = { FIXED($minutes, 0) } minutes for filing, { $since }: nobody filed so.
promise-enough = { FIXED($minutes, 0) } minutes for filing, { $since }: enough for { PERCENT($share) } of { COUNT($filings, "filing") }.
in-minutes = { FIXED($minutes, 1) } min
head-days = days
head-filings = filings
head-median = median
lag-of-page = lag of a page
to-file-from-visit = to file, from the visit
to-file-from-page = from the first page
gains-caption = At true rate alone: visits that began there, the pages wanted there, filings of which all lay there. Not measured: fewer than { $least }.
head-static-files = static files
head-amount = amount
head-share-of-all = share of all
files-requests = requests
files-bytes = bytes received
files-server = time in the server, at true rate
files-visits = visits that loaded any, at true rate
files-added = time that this added to such a visit, median
files-added-p95 = the same, p95
files-caption = A cold cache: a browser that has the files asks for none of them. Files that come side by side are counted once in the time added.
uplink-class = { $number ->
   *[other] { $title }
}
head-uplink = uplink
head-uploads = uploads
head-bytes-sent = bytes sent
head-one-upload = one upload, median
head-slot-held = { $slot } held
head-of-slot-held = of all { $slot } held
uplinks-caption = Uploads answered at true rate, by bits sent over the time from sending to answer; the portal's own time is in it. Slow: under { SHORTEST($slow_mbit) } Mbit/s.
hours-of-day = { $begin } to { $end } h
head-hour-of-coming = hour of coming
filed-within = filed within { FIXED($minutes, 0) } minutes
