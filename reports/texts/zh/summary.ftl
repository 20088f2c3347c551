# 供其他程序使用：summary.md，以及 junit.xml 中的消息。

summary-head = { $scenario }：{ $name ->
    [held] ✅ 全部达成
    [not_measured] ⚪ 有目标未测量
    [objective_missed] ❌ 有目标未达成
    [void] ⚪ 作废
   *[promise_broken] ❌ 有承诺未兑现
}
summary-void-because = 作废原因：
summary-broken = 未兑现：
summary-more = 另有 { $count } 项
summary-suspect = { $name ->
    [confirmed] 已证实的瓶颈
    [suspected] 疑似瓶颈
   *[nearest] 最接近上限
}：{ $title }。
summary-where = 种子 { $seed }。完整报告见运行目录 { $folder } 中的 { $page }：单个文件，可离线打开。
summary-objectives-head = { $of ->
    [objective] 目标
    [words] 要求
   *[measured] 实测
}
summary-objective = { $name ->
    [held] ✅ 达成
    [missed] ❌ 未达成
    [void] – 作废
   *[unknown] –
}
summary-latencies = 时延为全部页面的预期时刻时延。

objective-measured = { $objective }：{ $measured }
run-void-so = 本次运行作废；{ $said }
check-warning = 警告：{ $sentence }
