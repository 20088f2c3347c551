# 报名规则与报名表的状态流转。

rule = { $number ->
    [r1] 账号注册
    [r2] 手机号绑定
    [r3] 身份证正反面
    [r4] 户籍与居住地
    [r5] 人脸识别
    [r6] 级别
    [r7] 初级报考条件
    [r8] 中级报考条件
    [r9] 高级报考条件
    [r10] 学历核验
    [r11] 学历证书
    [r12] 工作证明
    [r13] 社保证明
    [r14] 报考地
    [r15] 预约备案
    [r16] 审核
    [r17] 材料补交
    [r18] 缴费
    [r19] 电子发票
    [r20] 报名状态
    [r21] 撤回修改
    [r22] 保留科目
    [r23] 准考证
    [r24] 成绩与证书
   *[other] 未知规则
}
state = { $name ->
    [draft] 填报中
    [under_review] 审核中
    [supplement_requested] 待补交
    [approved] 审核通过
    [rejected] 审核不通过
    [paid] 已缴费
    [withdrawn] 已撤回
    [closed] 逾期关闭
    [given_up] 自动放弃
    [expired] 逾期不予受理
   *[other] { $title }
}
act = { $name ->
    [submit-draft] 提交备案
    [window_closes-draft] 截止时草稿失效
    [approve-under_review] 审核通过
    [reject-under_review] 审核不通过
    [request_supplement-under_review] 要求补交材料
    [supplement-supplement_requested] 已补交材料
    [supplement_lapses-supplement_requested] 逾期 5 天未补交，关闭
    [pay-approved] 缴费
    [payment_lapses-approved] 逾期 7 天未缴费，放弃
    [withdraw-under_review] 审核中撤回
    [withdraw-supplement_requested] 不补交而撤回
    [withdraw-approved] 审核通过后撤回
    [withdraw-paid] 缴费后撤回
    [change-withdrawn] 修改
    [phones-freed] 客服解绑手机号
    [accounts-lapsed] 账号失效
    [invoices-issued] 开出发票
    [results-published] 公布成绩
    [certificates-issued] 颁发证书
   *[other] { $title }
}

not-visited = 未涉及
rule-head = { $of ->
    [rule] 编号
    [name] 规则
    [used] 使用
    [refused] 拒绝
   *[followed] 结果
}
rules-caption = { $rules } 条规则中有 { $visited } 条发挥了作用。使用：该规则各步骤得到正常响应的请求数，一个步骤涉及多条规则时各计一次。拒绝：按拒绝代码统计。结果：按系统在负载结束时自己的统计。
state-head = { $of ->
    [state] 状态
    [came] 到达次数
   *[at_end] 结束时处于该状态
}
states-caption = { $states } 个状态中到达过 { $visited } 个。共发出 { $numbers } 个备案号，对应 { $accounts } 个账号的 { $applications } 份报名表。
move-head = { $of ->
    [move] 流转
    [from] 从
    [to] 到
   *[applications] 报名表数
}
moves-caption = { $moves } 种流转中发生了 { $taken } 种。
