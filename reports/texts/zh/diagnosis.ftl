# 成组的试验：诊断、保护措施对比、卡顿是否在诱因消失后仍然持续。

quoted = “{ $text }”
so-many = { $resource } { $units }
between-or = { " 或 " }
so-many-of = { $some } / { $all }
one-thing-changed = 同样的考生在同样的时刻来到同样的系统，每次只改一处。
trials-are-runs = 每次试验在 { $folder } 下各有一个运行目录，用下面的命令生成它的报告：
trial-void = { $trial }（作废：{ $reasons }）
head-portal = 系统
head-in-time = 按时返回
head-goodput-a-second = 有效吞吐（次/秒）

## 诊断

about-diagnosis = “{ $scenario }”的诊断，配置 { $profile } · 开始于 { MOMENT($begun, "y年M月d日 HH:mm") }（UTC） · { $trials } 次试验，每次 { SPAN($length_s) }
diagnosis-standing = { $name ->
    [holds] 系统能承受这一负载
    [confirmed] 已证实
    [suspected] 疑似，未证实
    [not_identified] 未能确定
   *[void] 作废
}
diagnosis-headline = { $name ->
    [holds] 在这一负载下系统没有瓶颈。
    [not_identified] 系统存在瓶颈，但没有哪一项容量被证实就是它。
   *[void] 试验结果不可信，因此对系统不作结论。
}
with-capacity = { $resource }（{ $capacity }）
limit-is = 瓶颈是{ $limits }；扩到 { $enough } 即可承受。
limit-suspected = 疑似瓶颈：{ $resources }。
diagnosis-holds = 想要的响应中有 { FIXED($in_time_percent, 1) }% 按时返回。
diagnosis-no-capacity = { FIXED($loss_percent, 1) }% 的响应迟到或没有返回，而所有容量都扩大后只改善 { FIXED($gain_percent, 1) }%：瓶颈不在任何一项容量。剩下的可能是 CPU 核数、事件循环和停顿。
diagnosis-several = 单独扩大其中不止一项就够，或够用的都不会占满：{ $resources }。
diagnosis-none-restores = 预测会占满的资源，单独或两两扩大都不能恢复有效吞吐；已试：{ $tried ->
    [0] 无{ $resources }
   *[other] { $resources }
}。
diagnosis-confirmed = 扩大{ $resources }使按时返回的响应增加，相当于全部负载的 { FIXED($gain_percent, 1) }%（95% 置信区间 { FIXED($low_percent, 1) }% 至 { FIXED($high_percent, 1) }%，{ $pairs } 对运行），不亚于任何其他做法。
diagnosis-not-repeated = 扩大{ $resources }的改善相当于全部负载的 { FIXED($gain_percent, 1) }%，但 { $pairs } 对运行的 95% 置信区间下限为 { FIXED($low_percent, 1) }%，要求至少 { SHORTEST($least_percent) }%（p = { SHORTEST($p, 2) }）。
diagnosis-void = 试验 { $trial } 两次作废：{ $reasons }
diagnosis-light-load-lost = 负载只有 { PERCENT($share) } 时也有响应丢失：问题不在负载大小。
diagnosis-nothing-told = 负载为 { PERCENT($well) } 时系统正常，但在它报告的资源中，没有哪一项预测会在全部负载下占满。剩下的可能是 CPU 核数、事件循环、停顿，或它没有报告的资源。
diagnosis-suspected = 负载为 { PERCENT($well) } 时系统正常；全部负载下，按利用率定律预测：{ $suspects }。要定论：把{ $resource }从 { $capacity } 扩到 { $wanted }，再用同样的负载跑一次。
predicted-busy = { $resource }（利用率 { FIXED($whole_percent, 0) }%，前者为 { FIXED($well_percent, 0) }%）
before-and-after = 扩容前后
nothing-else-changed = 同样的考生在同样的时刻到来；此外什么都没有改。
portal-with = { $kind ->
    [baseline] 现状
    [cure] 按利用率定律所需
   *[relief] 充分扩容
}
for-and-against = 各项资源的证据
no-gain = 没有改善
gains-most = 扩大{ $resource }改善最多：相当于全部负载的 { FIXED($gain_percent, 1) }%
gains-note = 只扩大这一项资源时有效吞吐的改善，用第一个种子。远未占满的资源没有试。
axis-of-load = 占全部负载（%）
series-gain = 改善
diagnosis-head = { $of ->
    [resource] 资源
    [capacity] 容量
    [demand] 服务需求
    [busy] 预测利用率
    [gain] 改善
    [behind] 与最佳之差
    [repeated] 全部种子
    [enough] 够用的容量
   *[growth] 负载下的需求
}
diagnosis-caption = 服务需求：低负载下每次使用的占用时间。改善按占全部负载的比例计。{ $grown ->
    [yes] 负载下的需求：90% 负载与低负载之比。
   *[no] { "" }
}
rules-of-thumb = 作为对照：第一次基线试验中，等待最多的是{ $longest }，利用率最高的是{ $busiest }（{ PERCENT($share) }）。两者都不足为证。
goodput-grows = 有效吞吐随负载的变化
no-knee = 直到全部负载，有效吞吐曲线没有拐点。
knee = 拐点在负载的 { PERCENT($share) } 处：此后再加负载，有效吞吐的增长变小。
scalability-law = 通用可扩展性定律（USL）：争用 { $contention }，一致性开销 { $coherency }（± 为标准误）{ $peak }。
curve-peak = ，峰值在负载的 { PERCENT($share) } 处
curve-without-peak = ，没有峰值
head-of-load = 负载比例
the-trials = 各次试验
head-trial = 试验
head-load = 负载
head-seed = 种子
head-measurement = 测量
measurement-of = { $is_void ->
    [yes] 作废：{ $reasons }
   *[no] 有效{ $reasons }
}
when-confirmed = 怎样才算证实
method-in-time = 从最初想要的时刻起 { SHORTEST($in_time_s) } s 内返回的响应算按时；有效吞吐是每秒按时返回的响应数，不计静态文件。
method-full = 预测利用率不低于 { PERCENT($full) }：全部负载的到达率，乘以在十分之一负载下测得的每次访问的使用次数和服务需求，再除以容量（利用率定律）。
method-gain = 容量扩到 { $times } 倍（利用率定律要求更多时则按其要求）后有效吞吐提高：至少 { $seeds } 对到达完全相同的运行，95% 置信区间高于全部负载的 { PERCENT($least) }，经 Holm 校正后 p 小于 { SHORTEST($by_chance) }。
method-alone = 这一改善与最佳者相差不超过全部负载的 { PERCENT($as_good) }，且没有其他资源单独能做到。单独一项都不够时，再试两项一起扩大。
method-holds = 想要的响应中迟到或没有返回的不足 { PERCENT($least) }，就算系统能承受。

## 保护措施

about-protections = “{ $scenario }”的保护措施对比，配置 { $profile }，每次 { SHORTEST($length_s) } s
what-protections-buy = 各项保护措施的效果
protection = { $name ->
    [as_it_is] 现状
    [queue_limit] 限制工作槽位的排队长度
    [deadline] 等候过久或已离开的请求不再处理
    [shedding] 过载保护：优先拒绝最不紧急的请求（DAGOR）
    [as_it_is_again] 现状，第二次
    [retry_budget] 限制重试占首次请求的比例
    [breaker] 熔断：外部服务连续失败后暂停调用
    [waiting_room] 排队等候室，匀速放行
    [staggered] 错峰开放：各省份分批开放
    [no_caches] 反向对照：目录与静态文件不缓存
    [as_it_is_at_last] 现状，第三次：同一配置各次之间的差别
   *[other] { $title }
}
protections-head = { $of ->
    [portal] 系统
    [got_in] 登录成功
    [of] 到来人数
    [half] 半数用时
    [gave_up] 放弃
    [in_time] 按时返回
    [requests] 每次访问请求数
    [turned_away] 被拒绝
   *[in_line] 排队
}
protections-caption = 登录成功：负载结束时已登录的考生；半数用时：其中一半从到来到登录所用的时间。按时返回：想要的响应中在 { SHORTEST($in_time_s) } s 内返回的比例。被拒绝不算响应；被引到排队等候室算响应，因此排队时间另列，为中位数。错峰开放时，到负载结束为止到来的人较少。
protections-void = 没有一次试验可信，因此对保护措施不作结论。
protections-too-few = 可信的现状试验太少，无法与各项保护措施对比。
protections-alike = 没有哪项保护措施让更多人登录成功：差别都在同一配置各次之间的波动以内。
best-protection = 登录成功人数最多的是“{ $title }”：{ $came } 人中有 { $got_in } 人；现状最多 { $as_it_is } 人。

## 卡顿是否在诱因消失后仍然持续

about-trials = “{ $scenario }”，配置 { $profile }，每次 { SHORTEST($length_s) } s
less-of-each = 同一负载、同一诱因，再分别减小
arm = { $name ->
    [baseline] 没有诱因
    [trigger] 有诱因
    [smaller] 诱因时间缩短
    [lower_load] 诱因不变，负载降低
    [way_out] 有诱因，启用请求时限
   *[other] { $title }
}
metastable-standing = { $name ->
    [metastable] 诱因消失后卡顿仍在持续：亚稳态故障。
    [recovers] 系统自行恢复。
    [overloaded] 系统是过载，而不是陷住。
   *[void] 无法得出结论。
}
trigger-not-played = 诱因未能注入：{ $why }
arms-void = 以下试验不可信：{ $arms }。
arms-missing = 缺少以下试验：{ $arms }。
too-much-by-itself = 没有诱因时也只有 { PERCENT($share) } 按时返回：这一负载本身就太大。
lag-goes = 诱因消失后，卡顿随之消失。
no-vulnerable-state = 诱因早已消失，只有 { PERCENT($share) } 按时返回；但诱因缩短、负载降低时也是如此：不存在脆弱状态。
lag-stays = 诱因早已消失，只有 { PERCENT($share) } 按时返回；而{ $others }时并非如此。{ $is_way_out ->
    [yes] 出路：“{ $way_out }”。
   *[no] 所试的保护措施（“{ $way_out }”）不能使它恢复。
}
arms-head = { $of ->
    [portal] 系统
    [during] 诱因期间
    [at_the_end] 结束时
    [recovered] 恢复用时
   *[requests] 每次需求的请求数
}
arms-caption = 想要的响应中在 { SHORTEST($in_time_s) } s 内返回的比例：诱因期间，以及负载的最后 { SHORTEST($last_s) } s。恢复用时从诱因结束算起。每次需求的请求数：结束时考生为一次需求平均发出的请求。
