import type { Effect } from "@hufu/core/words"

/**
 * The words that tell an effect, as data. `verbs` are verbs wherever they stand; `doubtful` ones are as often
 * nouns ("get order", "list posts") and count only where a verb must be.
 */
export interface EffectWords {
  readonly verbs: readonly string[]
  readonly doubtful: readonly string[]
  readonly zh: readonly string[]
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "")

/* oxfmt-ignore */
export const effectWords: Readonly<Record<Effect, EffectWords>> = {
  read: {
    verbs: words(`get list read search find fetch view show lookup retrieve describe inspect query count check
      access display browse see peek grep glob ls cat whoami preview`),
    doubtful: words("status info information details stats statistics history tree summary balance metadata schema"),
    zh: words("读取 查询 获取 查看 列出 搜索 检索 查找 浏览 显示 返回 统计"),
  },
  compute: {
    verbs: words(`calculate compute convert parse validate estimate predict analyze analyse compare summarize
      summarise encode decode hash echo think tokenize translate solve multiply divide subtract sum`),
    doubtful: words("sequentialthinking sequential thinking math"),
    zh: words("计算 换算 解析 校验 估算 预测 分析 比较 总结 翻译 编码 解码 思考"),
  },
  write: {
    verbs: words(`write create update set add edit modify change save insert upsert put patch append rename move
      copy download import export generate assign enable disable toggle configure register place draft archive
      restore replace increment attach detach manage organize organise sync adjust make apply complete reopen
      manipulate handle setup refill reschedule`),
    doubtful: words("mark label tag log record store schedule pin star commit merge close join leave note import"),
    zh: words("写入 创建 新建 新增 添加 增加 修改 更新 编辑 设置 保存 上传 下载 移动 复制 重命名 替换 启用 禁用 归档 生成 导入 导出 同步 标记 分配"),
  },
  delete: {
    verbs: words(`delete remove drop destroy erase purge clear wipe truncate unlink rm uninstall revoke cancel
      discard prune deactivate unsubscribe terminate kill overwrite flush evict unregister`),
    doubtful: words("reset trash empty clean"),
    zh: words("删除 移除 清空 清除 销毁 抹除 撤销 取消 注销 卸载 覆盖 作废 丢弃"),
  },
  send: {
    verbs: words(`send forward reply notify invite transmit grant authorize authorise subscribe follow
      unfollow navigate visit crawl scrape ask submit deliver resend cc`),
    doubtful: words("email mail message share call request contact alert upload push webhook consult sms dm ping track monitor dispatch redirect"),
    zh: words("发送 发信 发邮件 发短信 转发 回复 通知 邀请 分享 共享 提交 推送 授权 呼叫 拨打 访问网页 抓取"),
  },
  publish: {
    verbs: words("publish announce broadcast retweet repost like unlike"),
    doubtful: words("post tweet comment review rate release blog stream"),
    zh: words("发布 公开 发表 公告 上线 评论 点赞 发帖 发推 直播"),
  },
  decide: {
    verbs: words(`approve reject hire admit diagnose prescribe shortlist promote demote ban suspend blacklist enroll
      expel confirm accept decline`),
    doubtful: words("grade score rank fire block unblock sentence"),
    zh: words("审批 批准 驳回 拒绝 录用 录取 解雇 评分 定级 诊断 开处方 处罚 封禁 拉黑"),
  },
  pay: {
    verbs: words("pay buy sell withdraw donate invest remit redeem repay prepay reimburse bid"),
    doubtful: words(`purchase transfer deposit refund checkout order book booking reserve bill charge tip trade wire
      exchange stake swap lend borrow rent topup recharge`),
    zh: words("支付 付款 转账 汇款 购买 下单 订购 预订 退款 充值 提现 结算 扣款 打赏 投资 买入 卖出 交易"),
  },
  execute: {
    verbs: words(`execute exec eval invoke spawn install deploy launch reboot restart impersonate login automate
      compile`),
    doubtful: words("run start stop trigger build shell bash terminal command script sudo test sign simulate"),
    zh: words("执行 运行 调用命令 启动 停止 重启 安装 部署 编译 登录 触发"),
  },
  control: {
    verbs: words("unlock actuate disarm dispense inject dim steer"),
    doubtful: words("control lock turn switch open arm drive fly play pause land dock"),
    zh: words("控制 操控 开锁 上锁 开门 关门 开灯 关灯 打开设备 关闭设备 调节 启停 合闸 分闸 起飞 降落"),
  },
}

/** Verbs that send an address to get what lies there. */
export const fetchVerbs: ReadonlySet<string> = new Set(words("navigate visit crawl scrape browse"))

/** Nouns that give a changing verb a graver effect: creating a payment pays, setting a thermostat controls. */
/* oxfmt-ignore */
export const gravingNouns: readonly { readonly effect: Effect; readonly nouns: ReadonlySet<string> }[] = [
  {
    effect: "pay",
    nouns: new Set(words(`payment payments transaction transactions transfer transfers order orders invoice invoices
      bill bills money fund funds ether wallet purchase purchases refund refunds subscription stock stocks loan loans crypto checkout charge charges payout payouts reservation reservations booking bookings`)),
  },
  {
    effect: "publish",
    nouns: new Set(words("tweet tweets post posts comment comments review reviews story stories webpage website page pages")),
  },
  {
    effect: "send",
    nouns: new Set(words(`email emails mail message messages invitation invitations invite invites notification
      notifications sms link collaborator collaborators collaborators access permission permissions member guest dispatch
      request requests`)),
  },
  {
    effect: "control",
    nouns: new Set(words(`device devices light lights lock locks door doors thermostat temperature valve valves robot
      robots motor motors camera cameras alarm alarms vehicle vehicles car drone heater pump breaker gripper garage
      oven appliance hvac arm traffic gate siren sprinkler`)),
  },
  {
    effect: "decide",
    nouns: new Set(words("prescription prescriptions diagnosis diagnostic verdict grade grades sentence credit eligibility")),
  },
]

/** Things that are moved only by whoever does not merely rent them. */
export const rentedNouns: ReadonlySet<string> = new Set(words("car vehicle vehicles"))
export const rentWords: ReadonlySet<string> = new Set(
  words("rent rental rentals hire booking bookings reservation reservations"),
)

/** Words about giving away what opens other doors; a tool that has one gives out secrets. */
export const secretWords: ReadonlySet<string> = new Set(
  words(`password passwords passwd secret secrets credential credentials token tokens apikey env environment
    keychain keyring cookie cookies otp passcode mnemonic`),
)

/** The same in Chinese, and for two words together. */
export const secretPhrases: readonly RegExp[] = [
  /密码|口令|密钥|凭证|令牌|验证码|环境变量|私钥|助记词/,
  /\b(?:api|private|access|signing|secret|ssh) keys?\b/,
]
