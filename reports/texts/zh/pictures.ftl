# 图表：标题中的结论、带单位的坐标轴、图例与说明。

series-planned = 计划到达
series-started = 实际到达
series-came-back = 放弃后回来
series-one-in-twenty = p95（每 20 个页面有 1 个更慢）
series-every-second = p50（半数页面更慢）
series-wanted = 想要的页面（到达负载）
series-in-time = 2 s 内返回（有效吞吐）
opening-kept-up = 峰值 { FIXED($most_per_s, 0) } 页/秒，{ $is_true ->
    [yes] 全程
   *[other] 真实速率的时段内
} 95% 的页面在 { DURATION($most_ms) } 内返回
opening-lagged = 峰值 { FIXED($most_per_s, 0) } 页/秒；{ $since } 起 p95 超过 2 s，最差时刻（{ $at }）达 { DURATION($most_ms) }
opening-note = 上图：考生想要的页面（按最初想打开的时刻）与其中 2 s 内返回的页面。下图：从想打开页面到得到响应的时间，取各时刻的全部响应。
axis-pages = 页/秒
arrivals-not-as-planned = 到达没有按计划进行：见本次运行作废的原因
arrivals-as-planned = 到达按计划进行：共 { $started } 次，99% 的迟到不超过 { DURATION($late_p99_ms) }
arrivals-note = 实际开始的访问与计划对比；放弃后又回来的单独计数。
axis-visits = 访问/秒
axis-seconds-to-answer = 到得到响应的秒数
series-answered = 正常响应
series-refused = 按规则拒绝
series-failed = 失败
series-given-up = 被放弃
series-cut-off = 被截断
series-sent = 发出
requests-sent = 请求峰值 { FIXED($peak_per_s, 0) } 次/秒（{ $at }）；{ $failed_share ->
    [0] 没有页面失败或被放弃
   *[other] { PERCENT($failed_share) } 的页面失败或被放弃
}
requests-note = 含静态文件。面积记在响应到达或被放弃的时刻，虚线记在请求发出的时刻。
axis-requests = 请求/秒
latencies = 预期时刻时延 p95 为 { DURATION($intended_ms) }{ $is_apart ->
    [yes] ，而从最后一次发出算只有 { DURATION($service_ms) }：其余耗在之前的尝试上
   *[other] { "" }
}
latencies-note = 上图从最初想打开页面的时刻算起，下图从请求发出算起。被放弃的请求按截至放弃的时间计入。
axis-from-wanting = 预期时刻时延（秒）
axis-from-sending = 服务时延（秒）
series-went-on = 继续下一步
series-finished-here = 在此完成
series-still-inside = 结束时仍在站内
series-gave-up-after = 之后放弃
funnel = “{ $purpose }”访问共 { $visits } 次：完成 { PERCENT($finished_share) }，放弃 { PERCENT($gave_up_share) }，仍在站内 { PERCENT($inside_share) }
funnel-note = 按最后一个得到正常响应的步骤统计访问数，步骤按考生经历的先后排列。
axis-visits-by-step = 访问数
began-the-visit = 开始访问
series-other-resources = 其他资源
series-outside-handlers = 处理函数之外
waiting = 响应时间的构成：等待资源 { PERCENT($waited_share) }，实际处理 { PERCENT($served_share) }，处理函数之外 { PERCENT($outside_share) }
waiting-note = 各时刻得到响应的页面的均值，取自 Server-Timing。上图为等待，下图为实际处理。处理函数之外：accept 队列、事件循环、网络、上传、压测机。
axis-waiting = 每页等待（秒）
axis-work = 每页处理（秒）
series-work = 处理
busiest = 整个负载期间最忙的是{ $resource }，利用率 { PERCENT($utilisation) }
longest-queue = 最长队列在{ $resource }，{ $requests } 个请求
utilisation-note = 取自服务端计数器，与请求数据相互独立。空白处表示服务端没有给出采样。
axis-utilised = 利用率（%）
axis-queue = 队列中的请求数
cpu = { $cores } 核中最多用到 { FIXED($peak_cores, 1) } 核（{ $at }）
cpu-note = 各进程的 CPU 用量，堆叠显示。
axis-cores = CPU 用量（核）
generator-late = 到达迟到 p99 为 { DURATION($late_p99_ms) }
generator-busiest = 最忙的压测进程 p95 占用单核的 { PERCENT($share) }
generator-note = 压测机若迟到或 CPU 不足，就会把自己的延误算到系统头上；这样的运行作废。
axis-of-a-core = 占单核（%）
axis-late = 迟到（毫秒）
series-busiest-worker = 最忙的压测进程
void-above = p95 超过此线即作废
series-latest-arrival = 最晚的到达
series-worst-loop-lag = 事件循环最大滞后

## 日历

calendar-day = { MOMENT($day, "M月d日 EEE") }
calendar-hour = { MOMENT($day, "M月d日") } { $hour } 时
minutes = { SHORTEST($minutes) } 分钟
level-under = { $figure }以下
level-to = 至 { $figure }
level-over = { $figure }以上
level-and-more = { $figure }及以上
level-from = { $figure }起
calendar-lag-not-measured = 报名窗口内没有真实速率的时段，时延未测量
calendar-lag = 测量到的 { $hours } 个小时中最慢的是 { $when }：p95 为 { DURATION($p95_ms) }
calendar-lag-note = 预期时刻时延 p95，按系统日期和小时统计。只取真实速率时段，且该小时至少有 { $least } 个页面。
calendar-lag-shows = 预期时刻时延 p95（秒）
calendar-filing-too-few = 完成备案的太少，无法统计填报耗时
calendar-filing = { $quick }来的考生填报中位数为 { FIXED($quick_min, 0) } 分钟，{ $slow }来的为 { FIXED($slow_min, 0) } 分钟
calendar-filing-note = 从访问开始到完成备案的系统分钟数，按到来的小时取中位数，含同一次访问中的注册。每小时至少 { $least } 次备案。{ $filings } 次备案中有 { $at_true_rate } 次处于真实速率时段；其余的只有考生自身的操作时间符合比例，等待系统的时间按真实秒数计，未测量。
calendar-filing-shows = 填报耗时中位数（分钟）
calendar-promise-too-few = 完成备案的太少，无法判断 { FIXED($promised_min, 0) } 分钟够不够
calendar-promise = { $hours } 个小时中有 { $kept } 个小时，95% 的考生在打开报名表首页后 { FIXED($promised_min, 0) } 分钟内完成备案
calendar-promise-note = 打开报名表首页后 { FIXED($promised_min, 0) } 个系统分钟内完成备案的比例，按访问开始的小时统计。每小时至少 { $least } 次备案；等待的口径同上。
calendar-promise-shows = 按时完成备案（%）
