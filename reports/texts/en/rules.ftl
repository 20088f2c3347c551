# The rules of a registration, and the life of an application.

rule = { $number ->
    [r1] Account 账号注册
    [r2] One phone, one account 手机号绑定
    [r3] ID scans 身份证正反面
    [r4] Addresses 户籍与居住地
    [r5] Face check within 48 hours 人脸识别
    [r6] Level 级别
    [r7] Eligibility, junior 初级报考条件
    [r8] Eligibility, intermediate 中级报考条件
    [r9] Eligibility, senior 高级报考条件
    [r10] Degrees 学历核验
    [r11] Degree certificate 学历证书
    [r12] Work proof 工作证明
    [r13] Social insurance 社保证明
    [r14] Where to register 报考地
    [r15] Filing, before the close 预约备案
    [r16] Review by the office 审核
    [r17] Supplement within 5 days 材料补交
    [r18] Payment within 7 days 缴费
    [r19] E-invoice 电子发票
    [r20] Status 报名状态
    [r21] Withdraw and change 撤回修改
    [r22] Retained subjects 保留科目
    [r23] Admission ticket 准考证
    [r24] Results and certificate 成绩与证书
   *[other] of no number known here
}
state = { $name ->
    [draft] draft 填报中
    [under_review] under review 审核中
    [supplement_requested] supplement asked for 待补交
    [approved] approved, to be paid 审核通过
    [rejected] rejected 审核不通过
    [paid] paid 已缴费
    [withdrawn] withdrawn 已撤回
    [closed] closed: no supplement in time 逾期关闭
    [given_up] given up: not paid in time 自动放弃
    [expired] expired: not filed before the close 逾期不予受理
   *[other] { $title }
}
act = { $name ->
    [submit-draft] filed
    [window_closes-draft] drafts expired at the close
    [approve-under_review] approved by the office
    [reject-under_review] rejected by the office
    [request_supplement-under_review] asked for better papers
    [supplement-supplement_requested] better papers handed in
    [supplement_lapses-supplement_requested] closed: 5 days passed
    [pay-approved] paid
    [payment_lapses-approved] given up: 7 days passed
    [withdraw-under_review] withdrawn from review
    [withdraw-supplement_requested] withdrawn instead of a supplement
    [withdraw-approved] withdrawn after approval
    [withdraw-paid] withdrawn after payment
    [change-withdrawn] changed
    [phones-freed] phones freed by support
    [accounts-lapsed] accounts lapsed
    [invoices-issued] invoices issued
    [results-published] results published
    [certificates-issued] certificates issued
   *[other] { $title }
}

not-visited = not visited
rule-head = { $of ->
    [rule] rule
    [name] name
    [used] used
    [refused] refused
   *[followed] what followed
}
rules-caption = { $visited } of { $rules } rules played a part. Used: requests of the rule's steps that were answered ok; a step of several rules counts to each. Refused: by the code of the refusal. What followed: by the portal's own count at the end of the load.
state-head = { $of ->
    [state] state
    [came] came to it
   *[at_end] in it at the end
}
states-caption = { $visited } of { $states } states were visited. { $numbers } filing numbers went to { COUNT($applications, "application") } of { COUNT($accounts, "account") }.
move-head = { $of ->
    [move] move
    [from] from
    [to] to
   *[applications] applications
}
moves-caption = { $taken } of { $moves } moves were made.
