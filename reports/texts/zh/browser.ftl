# 真实浏览器：坐在浏览器前的人看到了什么。

browser-no-page = { $browsers } 个浏览器没有加载任何页面。
browser-pages = { $browsers } 个浏览器共等待 { $loads } 个页面：半数在点击后 { DURATION($half_ms) } 内显示，{ $few ->
    [yes] 最慢的用了 { DURATION($upper_ms) }。
   *[other] 95% 在 { DURATION($upper_ms) } 内显示。
}
browser-slowest = 最慢的是{ $page }：半数加载用时不少于 { DURATION($half_ms) }。
browser-unwell = { $loads } 个页面中有 { $count } 个始终没有出现。
browser-none-filed = { $people } 人中无人取得备案编号。
browser-filed = { $people } 人中有 { $filed } 人完成备案，半数用时不超过 { SPAN($half_s) }。
browser-protocol-filed = 负载自身的考生中，在一次访问内注册并备案的，半数用时不超过 { SPAN($half_s) }。
browser-cost = 浏览器平均占用 { $cores } 个核心中的 { FIXED($used, 2) } 个，即整台机器的 { PERCENT($share) }：因此一部分卡顿（它们自己的和所有人的）由浏览器自身造成。
browser-cost-unknown = 未采样浏览器占用的核心，因此不知道有多少卡顿由浏览器自身造成。
browser-head = { $of ->
    [page] 页面
    [loads] 次数
    [unwell] 未出现
    [half] 半数
    [upper] p95
    [ttfb] 首字节（TTFB）
    [lcp] 最大内容绘制（LCP）
    [waited] 从点击到显示
    [step] 负载的 p95
    [who] 谁
   *[filed] 已备案
}
browser-most = 最大 { $said }
browser-pages-caption = 首字节和最大内容绘制从页面请求算起；从点击到显示还包括之前的时间：上传，或表单检查。少于 { $few } 次时没有 p95：“最大”是其中最大的一个。被放弃或被截断的页面按到那时为止的时间计入。负载的 p95：负载自身考生在同一步骤的预期时刻时延。短横线：没有重新绘制，或负载没有这一步骤。
browser-row = { $of ->
    [browser] 浏览器前的人
   *[protocol] 负载自身的考生
}
browser-filing-caption = 从首页到备案编号，包括思考和输入的停顿，两者的停顿规律相同。负载结束时仍在途中的人不计入，因此在短负载中只有快的人。
browser-time-to-file = 备案用时
browser-why-ended = 浏览器访问提前结束的原因
browser-apart = 本报告的其他数字都不包含这些人，只有系统自身的除外：它的计数器、账目和 CPU。
