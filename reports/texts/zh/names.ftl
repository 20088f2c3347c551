# 运行记录中的名称、单位和连接符。

language-name = 中文
days = { FIXED($days, 1) } 天
percent = { $figure }%
between-sentences = { "" }
between-items = 、
and-last = { $items }、{ $last }
between-clauses = ；
between-suspects = 、
clock-of-day = { MOMENT($at, "M月d日") } { $time }

scenario = { $name ->
    [opening-day] 开放首日
    [closing-day] 截止日
    [closing-day-with-faults] 截止日（带故障）
    [ordinary-day] 平日
    [payment-wave] 缴费高峰
    [admission-tickets] 准考证打印日
    [results-day] 成绩公布日
    [stress-opening] 首日压力场景
    [stress-closing] 截止日压力场景
    [upload-storm] 上传风暴
    [retry-storm] 重试风暴
    [whole-window] 完整报名窗口
   *[other] { $title }
}
step = { $name ->
    [all] 全部页面
    [home] 首页
    [register] 注册页
    [window] 报名窗口信息
    [sms_code] 短信验证码
    [account] 账号注册
    [log_in] 登录
    [identity] 身份信息
    [scan_front] 身份证正面
    [scan_back] 身份证反面
    [addresses] 户籍与居住地
    [identity_submission] 身份信息提交
    [face_check] 人脸识别
    [catalogue] 考试目录
    [application] 报名表
    [degree_check] 学历核验
    [material] 材料上传
    [submission] 预约备案
    [status] 报名状态
    [withdrawal] 撤回
    [supplement] 材料补交
    [payment] 缴费
    [payment_status] 缴费状态
    [invoice] 开具发票
    [invoice_file] 发票下载
    [admission_ticket] 准考证
    [results] 成绩查询
    [certificate] 证书
    [unbinding] 手机号解绑
    [asset] 静态文件
    [queue] 排队
    [queue_first] 取号
   *[other] { $title }
}
purpose = { $name ->
    [register] 注册账号
    [face_check] 补做人脸识别
    [apply] 填报
    [change] 撤回修改
    [supplement] 补交材料
    [status] 查询状态
    [pay] 缴费
    [invoice] 开具发票
    [ticket] 打印准考证
    [results] 查询成绩
    [certificate] 领取证书
   *[other] { $title }
}
resource = { $name ->
    [worker_slots] 工作槽位
    [session] 会话查询
    [database_connections] 数据库连接
    [database] 数据库语句
    [filing_row] 备案号行锁
    [password_hash] 密码哈希
    [image_check] 图像检查
    [storage] 文件存储
    [sms] 短信网关线路
    [face_check] 人脸识别线路
    [degree_record] 学历核验线路
    [alipay] 支付宝线路
    [unionpay] 银联线路
   *[other] { $title }
}
the-resource = { $name ->
    [server_cpu] 服务器 CPU
    [event_loop] 单个服务进程的事件循环
   *[other] { $title }
}
outcome = { $name ->
    [ok] 成功
    [refused] 被拒绝
    [failed] 失败
    [abandoned] 被放弃
    [cut_off] 被截断
   *[other] { $title }
}
phase = { $name ->
    [gate] 开放前
    [open] 已开放
    [closed] 已截止
    [opening] 开放后
    [closing] 截止
   *[other] { $title }
}
capacity = { $name ->
    [lines] { $units } 条线路
    [threads] { $units } 个线程
    [units] { $units } 个单位
   *[other] { COUNT($units, $noun, $nouns) }
}
