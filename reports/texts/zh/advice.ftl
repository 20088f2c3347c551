# 对考生建议的检验。

days-of = { $kind ->
    [first] 首日
    [last] 末日
   *[other] 其他日子
}
gain-not-measured = 避开{ $days }：未测量，因为{ $unknown }在真实速率时段开始的访问不足 { $least } 次。
gain = 避开{ $days }：{ $others }的页面时延 p95 为 { DURATION($others_p95_ms) }（该日 { DURATION($day_p95_ms) }），p50 为 { DURATION($others_p50_ms) }（该日 { DURATION($day_p50_ms) }）；{ $filing }
gain-filing = 填报耗时中位数 { FIXED($others_min, 1) } 分钟（该日 { FIXED($day_min, 1) } 分钟）。
gain-filing-not-measured = 填报耗时的差别未测量，真实速率时段内的备案不足 { $least } 次。
cache-not-asked = 清空缓存：没有静态文件请求。
cache-cost = 清空缓存：静态文件占全部请求的 { PERCENT($requests) }、考生下载字节的 { PERCENT($bytes) }
cache-time-not-measured = { $cost }；其时间代价未测量。
cache-time = { $cost }、服务端时间的 { PERCENT($server) }，加载静态文件的访问中有一半因此多等 { DURATION($added_ms) } 以上。
uplink-not-measured = 上行慢：未测量，真实速率时段内没有得到响应的上传。
uplink-none-slow = 上行慢：没有低于 { SHORTEST($slow_mbit) } Mbit/s 的上传。
uplink-own = 上行慢（低于 { SHORTEST($slow_mbit) } Mbit/s）的考生每次上传的中位耗时为 { $took }{ $others ->
    [none] 。
   *[other] ，其他考生为 { $others }。
}
uplink-others-not-known = 对其他人的影响未知：系统没有返回工作槽位的 Server-Timing。
uplink-others = 对其他人也有影响：{ PERCENT($uploads) } 的上传如此之慢，占去{ $slot }总占用时间的 { PERCENT($held) }。
range = { $least } 至 { $most }
since-visit = 从来填报的访问开始算起
since-first-page = 从打开报名表首页算起
since-application-page = 从打开报名表首页算起
promise-nobody-filed = { FIXED($minutes, 0) } 分钟填报承诺，{ $since }：没有人这样完成备案。
promise-enough = { FIXED($minutes, 0) } 分钟填报承诺，{ $since }：{ $filings } 次备案中有 { PERCENT($share) } 够用。
in-minutes = { FIXED($minutes, 1) } 分钟
head-days = 日子
head-filings = 备案
head-median = 中位数
lag-of-page = 页面时延
to-file-from-visit = 填报耗时（从访问开始）
to-file-from-page = 从报名表首页
gains-caption = 只取真实速率时段：在其中开始的访问、在其中想打开的页面、全程处于其中的备案。少于 { $least } 个的记为未测量。
head-static-files = 静态文件
head-amount = 数量
head-share-of-all = 占全部
files-requests = 请求
files-bytes = 下载字节
files-server = 服务端时间（真实速率时段）
files-visits = 加载过静态文件的访问（真实速率时段）
files-added = 使这类访问增加的时间，中位数
files-added-p95 = 同上，p95
files-caption = 冷缓存：已有这些文件的浏览器一个也不会请求。并行下载的文件在增加的时间里只计一次。
uplink-class = { $number ->
    [0] 250 kbit/s 以下
    [1] 250 kbit/s 至 1 Mbit/s
    [2] 1 至 4 Mbit/s
    [3] 4 至 16 Mbit/s
    [4] 16 Mbit/s 以上
   *[other] { $title }
}
head-uplink = 上行速率
head-uploads = 上传
head-bytes-sent = 上传字节
head-one-upload = 单次上传，中位数
head-slot-held = { $slot }占用时间
head-of-slot-held = 占全部{ $slot }占用
uplinks-caption = 真实速率时段内得到响应的上传，按“发送比特数 / 从发出到响应的时间”分档，其中含系统自身的处理时间。慢：低于 { SHORTEST($slow_mbit) } Mbit/s。
hours-of-day = { $begin }–{ $end } 时
head-hour-of-coming = 到来的小时
filed-within = { FIXED($minutes, 0) } 分钟内完成备案
