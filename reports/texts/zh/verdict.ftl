# 首屏：结论、状态、目标、关键指标，以及瓶颈的证据。

between-facts = ，
cores = { $count } 核

## 结论

word-broken = 系统失信：{ $broken }。
void-because = 本次演练作废：{ $reason }
lag-not-measured = 全程没有真实速率的时段，时延未测量。
books-balance = { $visits } 次访问的账目平衡。
measured-in = 测量范围：{ $how_much }。
would-lag = { $scenario }会卡顿：{ $worst }。
kept-up = 系统扛住了：{ $worst }。
would-miss-nobody-came = { $scenario }达不到目标：没有人走到“{ $step }”这一步{ $where }。
would-miss-resource = { $scenario }达不到目标：{ $name } 为 { $measured }，未低于 { $limit }。
within-phase = （“{ $phase }”阶段）
would-turn-away = { $scenario }会把考生拒之门外：{ $of_all ->
    [yes] 全部页面请求
   *[other] “{ $step }”步骤的请求
}中有 { PERCENT($share) } 失败或被放弃{ $where }。
worst-only-static-files = 只有静态文件请求
worst-kept-up = 即使在最差的一分钟（{ $at }），100 个页面中也有 95 个在 { DURATION($p95_ms) } 内返回
worst-every-second = 最差一分钟（{ $at }）内，一半的页面要等 { DURATION($p50_ms) } 以上
worst-one-in-twenty = 最差一分钟（{ $at }）内，每 20 个页面就有 1 个要等 { DURATION($p95_ms) } 以上
limit-not-told = 无法判断时间耗在哪里：系统既没有返回 Server-Timing，也没有计数器。
limit-outside = 系统没有任何资源耗尽：{ PERCENT($share) } 的时间耗在系统之外。
limit-none = 系统没有任何资源耗尽。
limit-likely = 瓶颈很可能是{ $resource }（{ $size }）{ $waiting }。
limit-nearest = 最接近上限的是{ $resource }（{ $size }）{ $waiting }。
one-core = 单核
busy = 利用率 { PERCENT($utilisation) }
capacity-not-known = 容量未知
waiting-around-handlers = ：{ PERCENT($share) } 的时间耗在请求处理函数之外
waiting-here = ：全部等待时间的 { PERCENT($share) } 耗在这里
waiting-here-and-outside = ：全部等待时间的 { PERCENT($share) } 耗在这里，另有 { PERCENT($outer_share) } 耗在{ $outer }，而后者正是被它拖满的

## 证据

evidence-while = { $begin } 至 { $end }（绝大部分等待发生在此期间）：{ $size }。
evidence-whole-load = 整个负载期间：{ $size }。
evidence-queue = 最长队列：{ $requests } 个请求。
evidence-since = { $at } 起，请求的平均等待时间首次超过 1 s。
evidence-cores-busy = 同期机器 CPU 利用率为 { PERCENT($share) }，因此部分时延可能源于 CPU 不足。
evidence-hardly-waited = 目前几乎没有等待；列出它只是因为它已接近上限。
evidence-share-at = { PERCENT($share) } 在{ $resource }
evidence-shares = 全部等待时间中，{ $shares }。
evidence-filled-up = 占用{ $outer }的请求有 { PERCENT($share) } 的占用时间在等待或使用{ $inner }，所以{ $outer }是被{ $inner }拖满的。
evidence-outside = { PERCENT($outside) } 的时间耗在请求处理函数之外（accept 队列、事件循环、网络、压测机），{ PERCENT($waited) } 耗在等待系统资源。
evidence-cores-used = 同期 CPU 用量（核）：{ $used }。
settles-more-cores = 单次运行只能怀疑，不能定论。要定论：用相同的种子、相同的负载，在更多 CPU 核上再跑一次。
settles-more-workers = 单次运行只能怀疑，不能定论。要定论：用相同的种子、相同的负载，加上 { $option } 再跑一次。
settles-operators = 单次运行只能怀疑，不能定论。要定论：请系统运维方把{ $resource }扩到三倍，再用相同的种子、相同的负载跑一次。
settles-opening-day = 单次运行只能怀疑，不能定论。要证明，请对卡顿的时刻做诊断：{ $command }。
settles-diagnose = 单次运行只能怀疑，不能定论。要证明，需在相同负载下只把这一项容量扩到三倍再跑，下面的命令正是这样做的：{ $command }

## 真实速率时段

how-much-true = { $stretches } 个真实速率时段，合计 { SPAN($true_s) }（整个运行 { SPAN($length_s) }）
true-stretch = { $dates }（{ SPAN($length_s) }）
shorter-stretches = 另有 { $count } 个较短的时段
dates = { MOMENT($begin, "y年M月d日 HH:mm:ss") } 至 { $is_one_day ->
    [yes] { MOMENT($end, "HH:mm:ss") }
   *[other] { MOMENT($end, "M月d日 HH:mm:ss") }
}

## 状态、目标与关键指标

standing-held = 全部目标达成
standing-valid = 有效
standing-missed = { $objectives } 项目标中 { $missed } 项未达成
standing-void = 作废
standing-promise-broken = 有承诺未兑现
standing-not-measured = { $objectives } 项目标中 { $unmeasured } 项未测量
where-rehearsal = 演练“{ $name }”
where-portal-time = 系统时间 { $time }
where-candidates = { $candidates } 名考生
where-seed = 种子 { $seed }
where-run-on = 运行于 { MOMENT($at, "y年M月d日 HH:mm") }
where-interrupted = 已中断
portal-time = { MOMENT($at, "y年M月d日") } { $begin } 至 { $end }
void-until-mended = 以下问题解决之前，后面的数字都不能说明系统的表现：
objective = { $metric ->
    [wait_p50_ms] 使用{ $subject }的请求：50% 等待不足 { SHORTEST($limit) } ms
    [wait_p95_ms] 使用{ $subject }的请求：95% 等待不足 { SHORTEST($limit) } ms
    [wait_p99_ms] 使用{ $subject }的请求：99% 等待不足 { SHORTEST($limit) } ms
    [utilisation] { $subject }：利用率低于 { IN_PERCENT($limit) }%
    [queue_max] { $subject }：排队请求少于 { SHORTEST($limit) } 个
   *[other] { $of_all ->
        [yes] 全部页面
       *[other] “{ $subject }”步骤
    }：{ $metric ->
        [intended_p50_ms] 50% 的请求自预期时刻起等待不足 { SHORTEST($limit) } ms
        [intended_p95_ms] 95% 的请求自预期时刻起等待不足 { SHORTEST($limit) } ms
        [intended_p99_ms] 99% 的请求自预期时刻起等待不足 { SHORTEST($limit) } ms
        [service_p50_ms] 50% 的请求在发出后 { SHORTEST($limit) } ms 内返回
        [service_p95_ms] 95% 的请求在发出后 { SHORTEST($limit) } ms 内返回
        [service_p99_ms] 99% 的请求在发出后 { SHORTEST($limit) } ms 内返回
       *[failed_share] 失败或被放弃的比例低于 { IN_PERCENT($limit) }%
    }
}{ $where }
in-phase = （“{ $phase }”阶段）
with-unit = { $metric ->
    [failed_share] { PERCENT($value) }
    [utilisation] { PERCENT($value) }
    [queue_max] { $value } 个请求
   *[other] { FIXED($value, 0) } ms
}
objective-held = 达成
objective-missed = 未达成
objective-nobody-came = 没有这类请求
no-objectives = 该场景未设目标。
key-arrivals = 已到达
key-arrivals-note = 计划 { $planned }，p99 迟到 { DURATION($late_p99_ms) }
key-requests = 请求数
key-requests-note = 其中 { $beside } 个不是页面请求
key-failed = 页面失败或被放弃
key-failed-note = 失败 { $failed }，放弃 { $abandoned }
key-latency = 预期时刻时延 p95
key-latency-note = p50 为 { DURATION($p50_ms) }
key-latency-not-measured = 没有真实速率时段
key-finished = 完成的访问
key-finished-note = 中途放弃 { $gave_up }，仍在站内 { $inside }
