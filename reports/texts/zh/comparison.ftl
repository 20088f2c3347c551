# 几次运行的对比，以及多次运行的历史。

comparison-of = “{ $scenario }”的演练对比
comparison-standing = { $name ->
    [void] 作废
    [worse] 变慢
    [mixed] 有的变慢，有的变快
    [unclear] 未见差异
    [better] 变快
   *[same] 没有变化
}
machine-unlike = 这几次运行时机器快慢不一：按压测端每个请求所用的 CPU 推算，各次的处理时间相差 { SHORTEST($noise_percent) }%（标准差）。比这更小的变化这里不作结论；同一配置多跑几次，能看得更清楚。
machine-shared = { $runs } 运行时有其他程序占用本机（见其报告“没有其他程序占用本机”一项）：其中的差别可能由此而来。
same-candidates = 各次运行中，同样的考生在同样的时刻到来。
one-against-another = { $name } 与 { $base } 对比
what-was-changed = 改了什么
nothing-was-changed = 有记录的设置都没有改：同一配置的两次运行。
how-sure = 结论有多大把握
comparison-method = { $part ->
    [blocks] 一起排队的请求，信息量少于同样多的独立请求：所有运行都切成同样的 { $blocks } 个时段，反复抽取的是时段而不是请求（配对分块自助法）。
    [noise] 机器本身也有波动，同一配置的各次运行因此相差更多：每次运行的处理时间另加 { SHORTEST($noise_percent) }%（标准差），压测端自身每个请求的 CPU 显示出的更大差异也计入，等待时间加得更多，越接近饱和加得越多。同一配置多跑几次可以减小这一项：请把各次运行都列上。
    [together] 一张表里的置信区间不论有多少个，都同时成立。
   *[docs] 方法，以及判断出错频率的基准测试，见 docs/compare.md。
}
footer-without-charts = 由 rehearse 仅根据运行目录生成；本页不访问任何网络。
footer-with-charts = 由 rehearse 仅根据运行目录生成。图表：Apache ECharts（Apache License 2.0），已打包在本页内；本页不访问任何网络。

## 改动的效果

nothing-compared = 未作对比：{ $count } 次运行作废（{ $names }）。
run-is-void = { $run }：{ $reasons }
set-up-unchanged = { $name }{ $runs ->
    [1] { "" }
   *[other] （合并统计）
}与基线相比没有变化：差别都不超过 { SHORTEST($limit_percent) }%。
set-up-unclear = { $name } 与基线之间未见差异；但{ $of }的请求太少，小于 { SHORTEST($limit_percent) }% 的差别分辨不出。
set-up-changed = { $name }{ $runs ->
    [1] { "" }
   *[other] （合并统计）
}与基线相比：{ $changes }{ $rest }。
between-ways = ；
change-at = { $of_all ->
    [yes] 全部页面
   *[no] { $step }
}{ $change }
changes-elsewhere = 另有 { $steps } 个步骤也有同样方向的变化
rest-unchanged = ；{ $steps }没有变化
rest-unclear = ；{ $steps }未见差异
all-pages = 全部页面
so-many-steps = { $count } 个步骤
other-steps = 其余 { $count } 个步骤
percent-slower = { $is_slower ->
    [yes] 变慢
   *[no] 变快
} { FIXED($low, 0) }% 至 { FIXED($high, 0) }%
points-failing = 失败率{ $is_more ->
    [yes] 上升
   *[no] 下降
} { FIXED($low, 1) } 至 { FIXED($high, 1) } 个百分点
times-as-slow = 耗时增至 { FIXED($low, 1) } 至 { FIXED($high, 1) } 倍

## 对比的表格

metric = { $name ->
    [intended_p50_ms] p50
    [intended_p95_ms] p95
    [intended_p99_ms] p99
    [service_p50_ms] 服务时延 p50
    [service_p95_ms] 服务时延 p95
    [service_p99_ms] 服务时延 p99
    [failed_share] 失败率
    [wait_ms] 等待
    [service_ms] 处理
   *[other] { $title }
}
figure-of = { $of } { $figure }
change-standing = { $name ->
    [worse] 变慢
    [better] 变快
    [same] 没有变化
   *[unclear] 不明
}
points = { $points } 个百分点
interval = { $low } 至 { $high }
interval-not-known = 未知
head-waits = 等待
head-are = 结论
head-difference = 差值
head-change = 变化
head-interval = 95% 置信区间
head-setting = 设置
felt-caption = 取请求的中位数（p50）和 95% 分位（p95）；等待从考生最初想得到响应的时刻算起。所有置信区间在 100 次对比中有 95 次同时成立。没有变化：区间在 { SHORTEST($limit_percent) }% 或 { SHORTEST($least_ms) } ms 以内（失败率为 { SHORTEST($least_percent) } 个百分点）。变慢、变快：区间在零的一侧，且变化超过上述幅度。不明：两者都有可能。
compared-resources-caption = 取自响应的 Server-Timing，为每次使用的均值。只用来解释考生的感受，不作为判断依据。

## 多次运行的历史

history-of = { $folder } 的运行历史
history-unchanged = 共 { $runs } 次运行，没有指标发生变化。
history-changed = 共 { $runs } 次运行：指标变化过 { $times } 次，最近一次从 { $run } 开始。
history-about = { $scenario }{ $candidates ->
    [0] { "" }
   *[other] ，{ $candidates } 名考生
}，{ SPAN($length_s) }：{ $runs } 次运行
other-rehearsals = 其他演练
no-change-found = 没有发现变点。
the-runs = 各次运行
left-out = 未计入
figure-title = { $step }{ $metric ->
    [intended_p50_ms] 等待中位数
    [intended_p95_ms] 等待 p95
    [intended_p99_ms] 等待 p99
    [service_p50_ms] 服务时延中位数
    [service_p95_ms] 服务时延 p95
    [service_p99_ms] 服务时延 p99
    [failed_share] 失败或被放弃的比例
   *[other] { $title }
}{ $where }
figure-head = { $of_all ->
    [yes] { $figure }
   *[no] { $step } { $figure }
}{ $where }
since-run = 从 { $run } 起：{ $turns }。{ $is_same ->
    [yes] 配置与前一次相同。
   *[no] 配置改动：{ $changes }。
}
figure-turned = { $figure }：{ $before } → { $after }
chart-turned = { $figure }：由 { $before } 变为 { $after }
chart-unchanged = { $figure }：没有发现变点
history-chart-note = 每次运行一个点，横轴为运行日期。作废的运行不计入。
series-level = 水平
more-changes = { $changes }等，另有 { $more } 项
held-at = { MOMENT($at, "y-MM-dd HH:mm") }{ $is_void ->
    [yes] （作废）
   *[no] { "" }
}
head-run = 运行
head-held-at = 时间
head-changed-before = 之前的改动
runs-caption = 全部页面的等待（从想得到响应的时刻算起）、失败率，以及目标中列出的指标。加粗标色：从这次运行起有指标变化（变点）。作废的运行只列出，不参与变点判断。
