# 页面的标题与说明文字。

page-title = { $scenario }：{ $standing }
contents = 目录
section = { $name ->
    [felt] 考生感受到了什么
    [browser] 在真实浏览器中
    [time] 时间耗在哪里
    [suspect] 疑似瓶颈
    [reach] 考生走到了哪一步
    [faults] 故障与恢复
    [waiting-room] 排队等候室
    [promises] 有没有丢失或重复？
    [advice] 什么时候报名最好？
    [bell] 截止时刻
    [rules] 规则与报名表的状态流转
    [soundness] 测量可信吗？
    [machine] 机器与压测机
    [unmeasured] 本次运行没能测到的
   *[how] 运行方式
}
true-rate-only = 时延只在以下时段测量：{ $how_much }。这些时段里系统时钟与真实时间同速，其余时段加速运行。所有时延、目标、到达迟到、压测机 CPU 和疑似瓶颈都只取自这些时段：
never-true-rate = 全程没有真实速率的时段，时延未测量。系统时钟始终快于真实时间，因此本报告只能说明发生了什么，不能说明响应有多快。
pictures-in-run-time = 时序图的横轴按运行时间展开，标注的是系统日期：真实速率的一小时很宽，加速跳过的几天很窄。时延曲线的空白表示未测量。
two-latencies = 始终给出两种时延：“预期时刻时延”从考生最初想打开页面的时刻算起，包含此前的刷新重试；“服务时延”从最终得到响应的那次请求发出时算起。
by-step = 按步骤
refusals-and-failures = 拒绝与失败
waiting-and-holding = 等待资源与占用资源分开计量。等待时间互不重叠，可以相加；占用时间会重叠，例如占着工作槽位的请求可能正在等数据库连接。
resources-over-load = 整个负载期间的资源
suspected-not-proven = （疑似，尚未证实）
no-suspect-not-measured = 没有判定瓶颈：全程没有真实速率的时段，系统和考生的等待不说明问题。
no-suspect-not-told = 无法判定瓶颈：系统既没有返回 Server-Timing，也没有计数器。
no-suspect = 没有疑似瓶颈：等待资源只占服务端时间的 { PERCENT($share) }，可以忽略，也没有资源的利用率超过 80%。
resource-title = { $name ->
    [server_cpu] 服务器 CPU
    [event_loop] 单个服务进程的事件循环
   *[other] { $title }
}
agreement-unknown = 两个数据来源无法比较：其中之一没有等待记录。
agreement = 两个来源给出的占比最多相差 { FIXED($points, 1) } 个百分点（{ $resource }）。
agreement-coverage = 服务端计数的{ $resource }使用次数中，{ PERCENT($share) } 能在响应里看到。
agreement-rest = 其余是被考生放弃、或结束时仍未返回的请求：它们同样在服务端排队，但其 Server-Timing 无人收到。反过来，计数器缺少首次采样之前的部分。
visits-heading = 访问
why-gave-up = 考生为什么放弃
advice-lead = 官方建议考生避开首日和末日、清理缓存、更换网络来避开卡顿，并承诺 3 分钟即可完成填报。本次运行对每一条的结论：
first-and-last-day = 首日和末日的代价
three-minutes = 三分钟够不够
empty-cache = 清空缓存的代价
slow-uplink = 上行慢的代价
every-rule = 全部规则
states-come-to = 报名表到达过的状态
moves-made = 状态流转
to-repeat = 复现命令
scenario-as-used = 实际使用的场景
figures-made = 数字是怎样得出的
method = { $part ->
    [exact] 分位数是精确值：基于负载期间的每一个请求，而非抽样或直方图。
    [given-up] 被放弃、或因负载结束而中断的请求，按截至当时的时间计入，是下界；若不计入，就会美化一个把考生赶走的系统。
    [every-page] “全部页面”（目标中的 all）指静态文件（步骤 asset）以外的所有请求：静态文件多、并行且便宜，会把数字冲淡。
    [moment] 时序图中，请求记在响应到达或被放弃的时刻。
    [void] 任一测量检查判定作废、访问账目不平、或什么都没测到时，本次运行作废。
   *[suspect] 疑似瓶颈从等待最多的资源开始向内追查：只要它一半以上的占用时间花在另一个被嵌套占用且自身紧张的资源上，就转而怀疑后者。
}
footer = 由 rehearse { $version } 仅根据运行目录生成。图表：Apache ECharts（Apache License 2.0），已打包在本页内；本页不访问任何网络。

## 脚本用到的文字

figures-as-table = 以表格查看数据
chart-empty = 无数据：{ $shows }
chart-empty-note = 本次运行没有这项数据。
chart-above = 上图
chart-below = 下图
portal-time-head = 系统时间
step-head = 步骤
day-head = 日期
not-measured = 未测量
range-from = 从
range-to = 到
range-whole = 整个负载
by-province = 按省份
every-province = 全部省份
script-date = { MOMENT($month, "M月") }{ $day }日
script-hour = { $hour }时
script-hours = { $day } { $begin }–{ $end } 时

## 运行方式

cores-not-recorded = 未记录 CPU 核的分配方式。
cores-shared = 全部进程共用 { $count } 核：压测机 nice 值 { $generator }，系统 nice 值 { $portal }。CPU 不足时 nice 值小的优先。
how-portal = 系统
how-capacities = 容量配置
how-load = 负载
how-scale = 规模
how-scale-said = 各项容量与考生人数均为 { PERCENT($share) }
how-machine = 机器
how-versions = 版本
how-folder = 运行目录
how-profile = 配置 { $profile }
how-server-processes = { $count } 个服务进程
how-database = { $kind } 数据库
how-load-said = { FIXED($length_s, 0) } s，{ $is_one ->
    [yes] 速率 { SHORTEST($least) } 倍
   *[other] 速率 { SHORTEST($least, 3) } 至 { SHORTEST($most, 3) } 倍
}，种子 { $seed }
how-memory = 内存
