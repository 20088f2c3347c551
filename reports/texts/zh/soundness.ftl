# 测量检查、作废原因与未测量的内容。

duration = { DURATION($ms) }
check-title = { $name ->
    [lateness] 到达准时开始
    [achieved_rate] 到达率符合计划
    [gaps] 到达间隔符合计划
    [persistence] 迟到相互独立
    [coordinated_omission] 到达不等待系统（无协调遗漏）
    [stationarity] 平稳段确实平稳
    [percentile] 分位数可信
    [generator_cpu] 压测机 CPU 有余量
    [loop_lag] 压测机事件循环及时
    [other_work] 没有其他程序占用本机
    [open_files] 压测机还能打开更多连接
    [workers] 压测进程按时上报
    [lost_workers] 没有丢失压测进程
    [littles_law] 利特尔法则成立
    [rate_ceiling] 没有请求因目标速率上限而等待
   *[clock_steps] 时钟没有被拨动
}
lateness-unknown = 真实速率时段内没有应到的到达。
lateness = { $is_late ->
    [yes] 到达迟到：p99 为 { FIXED($late_p99_ms, 0) } ms，允许 { FIXED($allowed_ms, 0) } ms。
   *[other] 99% 的到达在预定时刻后 { DURATION($late_p99_ms) } 内开始。
}
achieved-rate-unknown = 没有一秒处于真实速率。
achieved-rate = { $passes ->
    [yes] 99% 的秒内到达率与计划的偏差不超过 { PERCENT($share) }，最大 { PERCENT($most) }。
   *[other] 到达率不符合计划：1% 的秒内偏差超过 { PERCENT($share) }，最大 { PERCENT($most) }。
}
too-few-arrivals = 真实速率时段内的到达不足 { $least } 次。
gaps-torn = { PERCENT($share) } 的到达其间隔不符合计划（Anderson-Darling 检验），最早从运行第 { FIXED($from_s, 0) } 秒开始：压测机把它们挤在一起或推迟了。
gaps-follow = { $arrivals } 次到达的间隔符合计划。
persistence = 相邻两次到达的迟到相关系数为 { FIXED($rho, 2) }{ $passes ->
    [yes] 。
   *[other] ：迟到是成串发生的。
}
too-few-seconds = 真实速率时段不足 { $least } 秒。
coordinated-omission = 较慢的一半秒内，到达比较快的一半晚 { DURATION($later_ms) }（相关系数 { FIXED($rho, 2) }）{ $passes ->
    [yes] 。
   *[other] ：压测机等待变慢的系统，会漏掉最差的时刻。
}
stationarity-not-claimed = 未声明：该场景的负载本来就随时间变化。
stationarity-too-short = 平稳段中有请求的不足 { $least } 秒。
stationarity = 平稳段内等待时间中位数{ $rises ->
    [yes] 上升
   *[other] 下降
} { PERCENT($share) }（tau { FIXED($tau, 2) }）{ $is_notable ->
    [yes] 。
   *[other] ，不超过偶然波动。
}
percentile-title = { $step }{ $where }的{ $kind ->
    [intended] 预期时刻时延
   *[service] 服务时延
} { $q } 可信
percentile-unknown = 真实速率时段内没有最初想发出的请求。
no-end = 请求太少，无法给出上界
percentile = 95% 置信区间：{ DURATION($low_ms) } 至 { $high }，估计值 { DURATION($value_ms) }。
percentile-unsure = 95% 置信区间：{ DURATION($low_ms) } 至 { $high }，估计值 { DURATION($value_ms) }。目标值 { FIXED($limit_ms, 0) } ms 落在区间内：无法判断是否达成。
generator-cpu-unknown = 真实速率时段内未记录压测机 CPU。
generator-cpu = { $is_short ->
    [yes] 压测机 CPU 不足：
   *[other] 最忙的
}压测进程 { $worker } 的 CPU p95 为单核的 { PERCENT($p95) }，平均 { PERCENT($mean) }，允许 { PERCENT($allowed) }。
loop-lag-unknown = 真实速率时段内未记录事件循环滞后。
loop-lag = { $passes ->
    [yes] 95% 的秒内最大滞后低于 { DURATION($p95_ms) }，全程最大 { DURATION($most_ms) }。
   *[other] 压测机事件循环过慢：5% 的秒内滞后达 { DURATION($p95_ms) } 以上，全程最大 { DURATION($most_ms) }。
}
other-work-unknown = 未记录本机上的其他负载。
other-work = { $passes ->
    [yes] 每 20 段 5 秒中有 19 段，其他程序最多占用全部核心的 { PERCENT($share) }。
   *[other] 其他程序占用了本机：每 20 段 5 秒中有 1 段超过全部核心的 { PERCENT($share) }，最多 { PERCENT($most) }，约在运行第 { FIXED($at_s, 0) } 秒。系统只得到剩下的核心，可能显得比实际慢，瓶颈也可能不同。
}
open-files-unknown = 未记录打开的文件数。
open-files = { $passes ->
    [yes] 最多
   *[other] 压测机接近可打开连接数的上限：最多
}同时打开 { $most } 个文件和连接，允许 { $allowed } 个。
no-worker-lost = 全部 { $workers } 个压测进程坚持到最后。
worker-lost = 压测进程 { $worker } 在负载的第 { FIXED($heard_s, 1) } s 丢失；其上正在进行的 { $broken_off } 次访问中断。{ $then ->
    [void] 负载随即结束（--when-lost void）。
   *[other] 尚未到达的 { $handed_on } 名考生由其他进程接手，{ $overdue ->
        [0] 全部准时
       *[other] 其中 { $overdue } 名最多晚到 { FIXED($overdue_most_s, 1) } s，这段时间不计入任何延迟
    }。
}
workers-unknown = 未记录压测机的健康状况。
workers = { $passes ->
    [yes] 压测进程最长 { FIXED($silent_s, 1) } s 没有上报（压测进程 { $worker }）。
   *[other] 压测进程 { $worker } 有 { FIXED($silent_s, 1) } s 没有上报，允许 { FIXED($allowed_s, 1) } s。
}
littles-law-unknown = 真实速率时段内对站内人数的采样太少。
littles-law = { $closes ->
    [yes] 按压测机采样，平均站内 { FIXED($sampled, 1) } 人；按访问记录 { FIXED($by_visits, 1) } 人；差别只在采样误差之内。
   *[other] 利特尔法则不成立：按压测机采样，平均站内 { FIXED($sampled, 1) } 人；按访问记录 { FIXED($by_visits, 1) } 人。
}
clock-steps-unknown = 未记录系统时钟。
clock-steps = 系统时钟在一秒内最多跳变 { DURATION($jump_ms) }{ $passes ->
    [yes] 。
   *[other] ，发生在运行第 { FIXED($at_s, 0) } 秒。
}

checks-all-passed = { $checks } 项检查全部通过。
checks-worse = { $checks } 项检查中，{ $found }。
checks-void = { $count } 项使运行作废
checks-warn = { $count } 项警告
checks-left-out = 另有 { $checks } 项没有可检查的数据。
check-standing = { $standing ->
    [pass] 通过
    [warn] 警告
    [void] 作废
    [not-measured] 未测量
   *[not-claimed] 未声明
}
head-must-hold = 应当成立
head-standing = 结论
head-was-found = 检查结果

## 作废原因

books-do-not-balance = 访问账目不平：{ $fault }
void-no-requests = 什么都没测到：运行记录中没有请求。
void-no-arrivals = 什么都没测到：负载期间没有应到的到达。

## 未测量的内容

no-audit-of-books = 未将系统账目与规则核对：本次运行没有账目审计。
no-books = 本次运行没有系统最终账目
promises-not-audited = 未审计承诺，因此已确认的内容是否都在未知：{ $why }。
interrupted = 运行在 { FIXED($planned_s, 0) } s 中的第 { FIXED($length_s, 0) } s { $because ->
    [stop_file] 因出现停止文件而中断
    [allowed_until] 因许可时间结束而中断
   *[other] 中断
}：{ $never_due } 次计划的到达没有轮到。
clock-never-true = 系统时钟{ $is_one ->
    [yes] 以 { SHORTEST($speed) } 倍速运行
   *[other] 始终快于真实时间
}：没有真实速率的时段，时延、目标、到达迟到和 CPU 均未测量。
partly-true = { $how_much }。时延、到达迟到、目标、压测机 CPU 和瓶颈只取自这些时段；其余时段只知道发生了什么，不知道响应有多快。
clocks-apart = 到达应在何时，计划与系统时钟相差最多 { SPAN($apart_s) }（系统时间）：本报告中的日期精度不高于此。
broken-parts = 写入时被截断、未计入：运行记录中的 { $files } 个文件，{ $named }。
bound-abandoned = 得到响应前被放弃的请求：{ $requests } 个（{ PERCENT($share) }）。它们按截至放弃的时间计入所有时延，低于真正得到响应所需的时间。
bound-cut-off = 因负载结束或设备断电而中断的请求：{ $requests } 个，同样按截至当时的时间计入。
bound-inside = 负载结束时仍在站内的访问：{ $visits } 次，之后会怎样未知。
without-header = 响应不带 Server-Timing 的请求：{ $requests } 个（{ PERCENT($share) }），其时间耗在哪里未知。
without-answer = 没有响应、因而没有 Server-Timing 的请求：{ $requests } 个，其等待只见于服务端计数器。
counters-not-read = 未读取服务端计数器：利用率和队列未知。
longest-gap = ，最长一段从 { $begin } 至 { $end }
samples-missed = 没有服务端计数器采样的秒数：{ $missed } / { FIXED($length_s, 0) }{ $gap }。停顿或过载的服务端无法应答采样。
generator-not-recorded = 未记录压测机自身的健康状况：其 CPU 是否充足未知。
generator-was-busy = 压测进程 { $worker } 在 { $seconds } 秒中有 { $busy } 秒占用单核超过 90%：这些秒的时延含有它自己的延误。
cpu-not-recorded = 未记录各进程的 CPU 用量。
portal-elsewhere = 系统运行在别处：其 CPU 用量未知。
one-machine = 压测机与系统共用同一台机器的 { $cores } 核（nice 值 { $generator } 和 { $portal }）：若分机部署，系统会有更多 CPU，两者之间也会有网络。
only-suspected = 瓶颈只是疑似，未经证实：要证实，需只改变这一项容量再跑一次。
