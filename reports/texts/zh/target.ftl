# 并非由我们启动的系统：谁许可了这次演练、在什么限度内，以及哪些内容无从得知。

target-address = 目标
target-address-said = { $url }（{ $ip }）
target-allowed-by = 许可人
target-ceiling = 速率上限
target-ceiling-said = 每秒 { $per_s } 个请求
target-headers = 附加请求头
target-missing-steps = 目标没有的步骤
target-not-audited = 未审计：无法读取系统账目，因此已确认的内容是否都在未知。
target-left-out = 因目标缺少所需步骤而未进行的计划访问：{ $visits } 次，目的为{ $purposes }。
rate-ceiling = { $passes ->
    [yes] 没有请求因目标文件的速率上限而等待。
   *[other] 目标文件的速率上限推迟了 { $held } 个请求（{ PERCENT($share) }），平均 { DURATION($mean_ms) }，因此时延中有一部分来自上限本身。请减少考生人数（--scale），或请对方提高上限。
}
