# 各节的表格及其上方的句子。

head-requests = 请求数
head-refused = 被拒绝
head-failed = 失败
head-given-up = 被放弃
head-measured = 已测量
head-sent = 上传
head-received = 下载
head-bodies = 数据量
intended-latency = 预期时刻时延
service-latency = 服务时延
steps-caption = “全部页面”是除静态文件（asset）以外所有步骤之和。
steps-measured = 时延只取已测量的请求，即在真实速率时段内最初想发出的请求。
steps-cut-off = 因负载结束或设备断电而中断的请求：{ $requests } 个。
not-named = 未命名
other-problems = 其他
head-problem = 问题代码
head-outcome = 结果
head-resource = 资源
head-share = 占比
head-waited = 等待（秒）
head-held = 占用（秒）
head-uses = 使用次数
head-capacity = 容量
head-utilised = 利用率
head-longest-queue = 最长队列
by-server-timing = 按响应的 Server-Timing
by-counters = 按服务端计数器
resources-caption = 占比指占全部等待时间的比例{ $is_true ->
    [yes] 。利用率按整个负载期间计算，含空闲时段。
   *[other] ；包括利用率在内，均只取真实速率时段。
}
head-visits = 访问
head-number = 数量
visits-planned = 计划在负载期间到达
visits-started = 按计划开始
visits-came-back = 放弃后又回来
visits-finished = 完成
visits-gave-up = 放弃
visits-inside = 负载结束时仍在站内
visits-lost = 随丢失的压测进程中断
visits-balance = 账目平衡。
books-missing = 计划的 { $planned } 次到达中有 { $missing } 次从未开始。
books-surplus = 有 { $surplus } 次访问按计划开始，却不在计划里。
books-no-end = { $visits } 次访问中有 { $no_end } 次既未完成、也未放弃、也不在站内{ $broke_off ->
    [0] 。
   *[other] ：其中 { $broke_off } 次因压测机自身的错误中断。
}
no-reason-noted = 未记录原因
no-step-reached = 无
other-reasons = 其他原因和步骤
head-reason = 原因
head-last-step = 最后得到响应的步骤
head-of-who-gave-up = 占放弃者
head-process = 进程
head-cores = CPU（核），{ $of ->
    [mean] 均值
    [p95] p95
   *[most] 最大
}
head-most-memory = 内存峰值
head-niceness = nice 值
head-generator = 压测机
worker = 压测进程 { $number }
head-cpu = CPU，{ $of ->
    [mean] 均值
   *[p95] p95
}
head-busy-seconds = 超过 90% 的秒数
seconds-of = { $busy } / { $seconds }
head-loop-lag = 事件循环滞后，{ $of ->
    [p99] p99
   *[most] 最大
}

## 故障与恢复

fault = { $name ->
    [database_crash] 数据库崩溃后重新启动
    [database_restart] 数据库正常重启
    [database_down] 数据库停机
    [disk_full] 磁盘写满
    [clock_step] 时钟跳变（{ $title }）
    [portal_frozen] 全部服务进程停顿
    [portal_killed] 全部服务进程被杀，系统重新启动
    [server_killed] 一个服务进程被杀
    [service_silent] 外部服务接受连接但不应答（{ $title }）
    [service_failing] 外部服务报错（{ $title }）
    [service_slow] 外部服务变慢（{ $title }）
    [latency] 网络时延（{ $title }）
    [bandwidth] 网络带宽受限（{ $title }）
    [slow_close] 连接缓慢关闭（{ $title }）
    [timeout] 网络超时（{ $title }）
    [reset_peer] 连接被重置（{ $title }）
    [slicer] 数据被切碎（{ $title }）
    [limit_data] 连接传输量受限（{ $title }）
    [down] 链路中断（{ $title }）
   *[other] { $title }
}
fault-mark = { $name ->
    [database_crash] 数据库崩溃
    [database_restart] 数据库重启
    [disk_full] 磁盘写满
    [clock_step] 时钟跳变
    [portal_frozen] 系统停顿
    [portal_killed] 系统被杀
    [server_killed] 服务进程被杀
    [service_silent] 外部服务不应答
    [service_failing] 外部服务报错
    [service_slow] 外部服务变慢
    [latency] 网络时延
    [bandwidth] 带宽受限
    [slow_close] 缓慢关闭
    [timeout] 网络超时
    [reset_peer] 连接重置
    [slicer] 数据切碎
    [limit_data] 传输量受限
    [down] 链路中断
   *[other] { $title }
}
faults-felt = { $faults } 次故障中有 { $felt } 次使有效吞吐下降。
faults-recovered = 其中 { $count } 次之后系统恢复正常，最慢的一次在故障结束后 { DURATION($took_ms) }（{ $fault }）。
faults-stuck = 直到下一次故障或负载结束仍未恢复：{ $fault }。
faults-failed = 未能注入：{ $fault }（{ $why }）。
recovery-head = { $of ->
    [fault] 故障
    [from] 开始
    [for] 持续
    [before] 之前
    [during] 期间
    [after] 之后
    [felt] 有感
    [recovered] 恢复
    [latency] 时延恢复
    [requests] 请求
   *[candidates] 考生
}
head-goodput = 有效吞吐
head-seconds-until = 所用秒数
head-lost = 损失
recovery-caption = 有效吞吐指 2 s 内得到响应的请求占想要的请求的比例。有感：从故障开始到有效吞吐下降超过 { PERCENT($within) }；恢复：从故障结束到有效吞吐连续 5 s 回到此前水平；时延恢复：同上，按时延目标判断。损失：到那时为止失败或被放弃的请求，以及放弃后没有再回来的考生。时间为运行秒。

## 排队等候室

room-called = 取号 { $taken } 个，叫号 { $called } 个，其中一半在 { SPAN($half_s) } 内叫到；{ $left } 人离开队伍。
room-none-called = 取号 { $taken } 个，一个也没有叫到。
room-inversions = { $count } 人晚于后来者被叫到。
room-overshoot = 同时在内 { $inside } 人，超出 { $too_many } 人。
room-row-taken = 取号数
room-row-called = 已叫号
room-row-left = 离开队伍
room-row-in-line = 负载结束时仍在排队
room-row-waited = 排队时间：一半、95%、最长
room-row-promise-error = 与预告等待时间的偏差：一半、95%
room-row-inversions = 晚于更大号码被叫到（应为 0）
room-row-inside = 同时在内人数峰值
room-row-over-limit = 超出上限 { $limit } 的人数
head-figure = 数值
room-caption = 按考生所见，从取号到得知被叫到。与他人相差不到 { SHORTEST($poll_s) } s 被叫到的视为同时。在内：从那时起到访问结束。

## 承诺与账目

promises-audited = { $promises } 个请求要求系统保存不可丢失的内容，其中 { $kept } 个得到确认。
promises-broken = { $count } 项承诺未兑现：{ $broken }。
promises-kept = 凡得到确认的内容都在，且与发送时一致。
promises-unknown = 另有 { $count } 个没有人收到答复：可能已保存一次，也可能根本没有。
broken-promise = { $what }（{ $count }）
more-kinds-broken = 另有 { $count } 类
promise = { $name ->
    [account_lost] 已确认的账号不存在
    [account_twice] 同一人有两个未失效的账号
    [phone_lost] 已绑定的手机号没有绑定
    [paper_lost] 已接收的材料不存在
    [paper_differs] 材料不是最后一次接收的那份
    [file_lost] 材料文件不在系统磁盘上
    [file_differs] 材料文件内容与记录不符
    [identity_lost] 已提交的身份信息没有提交
    [face_check_lost] 已通过的人脸识别没有通过
    [application_lost] 已开始的报名表不存在
    [application_twice] 同一人有两份报名表
    [filing_lost] 已备案的报名表未按所给号码备案
    [filing_twice] 报名表的备案号多于应有的个数
    [withdrawal_lost] 已确认的撤回没有生效
    [withdrawal_twice] 报名表撤回次数多于备案次数
    [supplement_lost] 已确认的补交没有接收
    [supplement_twice] 补交接收次数多于要求次数
    [order_lost] 已创建的订单不存在
    [order_twice] 一份报名表有两个未付或已付的订单
    [payment_lost] 考生看到已到账的缴费不在账上
    [charged_not_recorded] 支付平台已扣款并已通知，账上却没有
    [recorded_not_charged] 订单记为已付，支付平台却没有扣款
    [amount_differs] 支付平台扣款金额与订单不符
    [lie_believed] 接受了金额不符或签名错误的支付通知
    [charged_twice] 同一报名表被扣款两次且未登记退款
    [invoice_lost] 已申请的发票不存在
    [invoice_twice] 一个订单有两张发票
    [unbinding_lost] 客服答应解绑的手机号不在其工单中
    [unbinding_twice] 同一手机号的客服工单多于申请次数
   *[other] { $name }
}
violation-line = { $rule }：{ $title }（{ $count }），例如{ $whose }：{ $said }
violation-of-books = { $rule }：{ $count }{ $number ->
    [0] { $examples }
   *[other] ，例如 { $examples }
}
violation = { $title }：{ $whose }，{ $said }
item-of = 考生 { $candidate } 的 { $item }
found = { $name ->
    [other-phone] 账号绑定的手机号是 { $one }
    [no-paper] 没有这份材料
    [other-paper] 系统所存材料的 sha256 为 { $one }…
    [no-file] 没有文件 { $one }
    [other-bytes] 记录的 sha256 为 { $one }…，磁盘上为 { $two }…
    [fewer-there] 确认 { $one } 次，实有 { $two } 次
    [no-application] 该考生没有这份报名表
    [other-number] 给出的备案号为 { $one }，实际备案号为 { $two }
    [too-often] { $one } 次，最多应为 { $two } 次
    [fewer-made] 确认 { $one } 次，生效 { $two } 次
    [no-order] 没有这个订单
    [several] 有 { $one } 个：{ $two }
    [order-state] 订单状态为 { $one }
    [charged] 已扣款 { $one } 分，订单状态为 { $two }
    [other-amount] 扣款 { $one } 分，订单金额 { $two } 分
    [notified] 通知金额 { $one } 分，订单状态为 { $two }
    [charges] 扣款 { $one } 次：{ $two }
    [no-invoice] 没有发票 { $one }
    [no-ticket] 没有这个手机号的工单
    [tickets] 申请 { $one } 次，工单 { $two } 个
   *[other] { $name }: { $one } { $two }
}
promise-sort = { $sort ->
    [lost] 丢失
    [duplicated] 重复
   *[wrong] 错误
}
promise-kind = { $name ->
    [account] 账号
    [phone] 手机号
    [paper] 材料
    [identity] 身份信息
    [face_check] 人脸识别
    [application] 报名表
    [filing] 备案
    [withdrawal] 撤回
    [supplement] 补交
    [order] 订单
    [payment] 缴费
    [invoice] 发票
    [unbinding] 手机号解绑
   *[other] { $title }
}
history-candidate = 考生，{ FIXED($from_s, 3) } 至 { FIXED($to_s, 3) } s，访问 { $visit }：{ $kind } { $about } { $outcome ->
    [ok] 已确认
    [fail] 被拒绝
   *[info] 没有响应
}
history-portal-moved = 系统，{ $at }：{ $act }，{ $before } → { $after }
history-portal-order = 系统：订单 { $number }，{ $fen } 分，状态 { $state ->
    [open] 待支付
    [paid] 已支付
    [cancelled] 已取消
    [refund_owed] 待退款
   *[other] { $state }
}
history-gateway-order = 支付平台：订单 { $number }，{ $fen } 分，状态 { $state ->
    [open] 待支付
    [paid] 已支付
   *[other] { $state }
}{ $heard ->
    [none] {""}
    [yes] ，{ $since } 起，系统已接到通知
   *[no] ，{ $since } 起，系统未接到通知
}
open-charges = 已扣款、但支付平台尚未能通知系统：{ $count } 笔。系统是否会入账未知。
files-not-checked = 系统没有保存文件，因此未能将磁盘内容与发送的内容核对。
promises-acknowledged = 已确认：{ $kept }。
promises-none-acknowledged = 已确认：无。
refunds-owed = 待退款：{ $count } 笔。
head-must-not-be = 不应出现的情况
head-would-be = 性质
head-found = 发现
rules-broken = 系统账目的 { $rules } 条规则中有 { $broken } 条被违反。
rules-hold = 负载结束时系统账目的 { $rules } 条规则全部成立。
head-rule-of-books = 账目规则
head-violations = 违反次数
head-such-as = 例如

## 截止

bell-close = 截止时刻（系统时间）
bell-moment = { MOMENT($at, "y年M月d日 HH:mm:ss") }
bell-last-answered = 最后一次被接受的备案：响应到达
bell-last-sent = 最后一次被接受的备案：发出
bell-accepted-late = 截止后发出却被接受的备案（必须为 0）
bell-first-refused = 首次拒绝：响应到达
bell-refused = 因窗口关闭而拒绝
bell-refused-by = { $number ->
    [0] 0{ $by_step }
   *[other] { $number }：{ $by_step }
}
bell-drafts-left = 结束时剩余草稿（应为 0：草稿会失效）
bell-drafts-expired = 失效草稿
bell-violations = 半注册状态：系统账目违反规则次数（必须为 0）
head-what-happened = 情况
bell-caption = 系统时间。系统按开始处理请求的时刻判定，因此截止前发出的请求可能被拒绝，而被接受的请求其响应可能在截止之后才到。
not-audited = 未审计
never = 从未
since-close = 截止{ $is_before ->
    [yes] 前
   *[other] 后
} { $length }

## 省份

provinces-too-few = 没有两个省份的页面数足以相互比较。
provinces-alike = 在哪个省份报名几乎没有差别：{ $between }。
provinces-apart = 在哪个省份报名有明显差别：{ $between }。
provinces-between = 页面时延 p95 在{ $quick }为 { DURATION($quick_ms) }，在{ $slow }为 { DURATION($slow_ms) }
province-head = { $of ->
    [province] 省份
    [candidates] 考生
    [visits] 访问
    [gave_up] 放弃
    [pages] 页面
   *[failed] 失败或被放弃
}
