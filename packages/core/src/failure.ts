/**
 * Every way in which Hufu says "could not do it": a stable code, an HTTP status and a title in both languages.
 * INVARIANT: a code is never renamed or reused; clients and translations key on it.
 */
export const failureCodes = {
  access_token_refused: { status: 401, en: "The access token does not count here", zh: "该访问令牌在此无效" },
  agent_revoked: { status: 409, en: "The agent is revoked", zh: "智能体已被停用" },
  agent_suspended: { status: 403, en: "The agent is suspended", zh: "智能体已被暂停" },
  agent_unknown: { status: 403, en: "The agent is not known here", zh: "本节点没有该智能体" },
  already_enrolled: { status: 409, en: "A person is enrolled already", zh: "已有委托人登记" },
  already_exists: { status: 409, en: "This exists already", zh: "已存在" },
  clock_stepped_back: { status: 503, en: "The clock has stepped back", zh: "系统时钟倒退" },
  credential_revoked: { status: 403, en: "The credential is revoked", zh: "凭证已被吊销" },
  crypto_unavailable: {
    status: 501,
    en: "This runtime cannot check signatures",
    zh: "当前运行环境无法验证签名",
  },
  data_folder_in_use: { status: 409, en: "The data folder is in use", zh: "数据目录正被占用" },
  entry_too_large: { status: 413, en: "The ledger entry is too large", zh: "账本条目过大" },
  erased: { status: 410, en: "The content has been erased", zh: "内容已被擦除" },
  forbidden: { status: 403, en: "This is not allowed here", zh: "此处不允许" },
  foreign_origin: { status: 403, en: "The request comes from elsewhere", zh: "请求来源不被允许" },
  hold_decided: { status: 409, en: "This was decided already", zh: "此项已有决定" },
  hold_expired: { status: 409, en: "The time to decide has passed", zh: "批准期限已过" },
  hold_used: { status: 409, en: "The approval was used already", zh: "该批准已被使用" },
  insufficient_scope: { status: 403, en: "The token is good for less than this", zh: "令牌权限不足" },
  internal: { status: 500, en: "Something went wrong inside Hufu", zh: "虎符内部出错" },
  invalid_definition: {
    status: 400,
    en: "The tool's definition is not acceptable",
    zh: "工具定义不符合要求",
  },
  invalid_entry: { status: 400, en: "The ledger entry is not valid", zh: "账本条目无效" },
  invalid_evidence: { status: 400, en: "The evidence is not well formed", zh: "证据格式有误" },
  invalid_input: { status: 400, en: "The request is not valid", zh: "请求无效" },
  invalid_json: { status: 400, en: "The JSON is not acceptable", zh: "JSON 不符合要求" },
  kept_by_law: { status: 409, en: "A statute keeps this for a time", zh: "依法仍须保存" },
  ledger_ambiguous: { status: 500, en: "The ledger is in an ambiguous state", zh: "账本状态不明确" },
  ledger_forked: {
    status: 500,
    en: "The ledger shows another history than it showed before",
    zh: "账本的历史与此前出示的不同",
  },
  ledger_rolled_back: { status: 500, en: "The ledger has lost entries", zh: "账本丢失了条目" },
  locked_out: { status: 429, en: "Too many wrong secrets", zh: "口令错误次数过多" },
  method_not_allowed: { status: 405, en: "This method is not served here", zh: "此处不支持该方法" },
  name_taken: { status: 409, en: "The name is taken", zh: "名称已被占用" },
  node_unavailable: { status: 503, en: "No node is running", zh: "没有正在运行的节点" },
  not_enrolled: { status: 409, en: "No person is enrolled yet", zh: "尚无委托人登记" },
  not_acceptable: { status: 406, en: "This answer cannot be had in that form", zh: "无法以所要求的格式回应" },
  not_found: { status: 404, en: "There is no such thing", zh: "未找到" },
  not_narrower: { status: 409, en: "The mandate would be wider", zh: "授权范围会扩大" },
  overloaded: { status: 503, en: "Too many requests are waiting", zh: "等待处理的请求过多" },
  passkey_refused: { status: 401, en: "The passkey proves nothing here", zh: "该通行密钥在此无效" },
  pattern_invalid: { status: 400, en: "The pattern is not valid", zh: "模式无效" },
  peer_refused: {
    status: 409,
    en: "The other registry is not believed any more",
    zh: "已不再信任该登记平台",
  },
  peer_unavailable: {
    status: 502,
    en: "The other registry cannot be reached or understood",
    zh: "无法连接或理解该登记平台",
  },
  port_in_use: { status: 500, en: "The port is in use", zh: "端口被占用" },
  position_refused: {
    status: 401,
    en: "The statement of a position does not count",
    zh: "该位置声明不予采信",
  },
  proof_refused: { status: 403, en: "The proof of ownership does not count", zh: "归属证明不予采信" },
  records_altered: {
    status: 500,
    en: "The tables were altered",
    zh: "数据表被改动",
  },
  signature_refused: { status: 401, en: "The request's signature does not count", zh: "请求签名不予采信" },
  sign_in_refused: { status: 401, en: "The sign-in does not count", zh: "登录不予采信" },
  sign_in_link_invalid: { status: 401, en: "The sign-in link is not valid", zh: "登录链接无效" },
  stale: { status: 409, en: "What was shown has changed", zh: "所示内容已变化" },
  stopped: { status: 503, en: "Everything is stopped", zh: "已全部停止" },
  rule_invalid: { status: 400, en: "A rule is not valid", zh: "规则无效" },
  rules_self_test_failed: {
    status: 500,
    en: "The rules let a known-bad action through",
    zh: "规则放行了已知的违规行为",
  },
  store_full: { status: 507, en: "The store has no room left", zh: "存储空间已满" },
  store_newer: {
    status: 500,
    en: "The data folder belongs to a newer Hufu",
    zh: "数据目录属于更新版本的虎符",
  },
  store_unavailable: { status: 503, en: "The store cannot write at the moment", zh: "存储暂时无法写入" },
  token_refused: { status: 403, en: "The tokens of a mandate do not count", zh: "授权令牌不予采信" },
  too_large: { status: 413, en: "The request is too large", zh: "请求过大" },
  too_many: { status: 429, en: "There are too many", zh: "数量过多" },
  unauthenticated: { status: 401, en: "A credential is needed", zh: "需要凭证" },
  unsafe_permissions: { status: 500, en: "A file or folder is open to others", zh: "文件或目录的权限不安全" },
  unsupported_media_type: { status: 415, en: "This content type is not accepted", zh: "不支持此内容类型" },
  upstream_lost: {
    status: 502,
    en: "The tool server was lost during the call",
    zh: "调用过程中与工具服务失去连接",
  },
  upstream_unavailable: { status: 502, en: "The server cannot be reached", zh: "无法连接服务器" },
  vault_damaged: { status: 500, en: "The vault holds damaged content", zh: "保险库内容已损坏" },
  vault_sealed: { status: 503, en: "The vault's key is not at hand", zh: "保险库密钥不可用" },
  version_changed: { status: 403, en: "Another version of the agent is live", zh: "智能体版本已更换" },
  wrong_secret: { status: 401, en: "Wrong secret", zh: "口令错误" },
} as const satisfies Record<string, { status: number; en: string; zh: string }>

export type FailureCode = keyof typeof failureCodes

export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(failureCodes, code)
}

/**
 * A failure with a stable code. `message` is public: one clear sentence that says what to do next;
 * `cause` is internal and only ever logged.
 */
export class Failure extends Error {
  readonly code: FailureCode
  readonly status: number
  /** Machine-readable, public extra members of the problem document. */
  readonly extra: Readonly<Record<string, unknown>>

  constructor(
    code: FailureCode,
    detail: string,
    options: { cause?: unknown; extra?: Record<string, unknown> } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "Failure"
    this.code = code
    this.status = failureCodes[code].status
    this.extra = options.extra ?? {}
  }
}

/** Whether a caught value is a Failure, optionally of one code. */
export function isFailure(error: unknown, code?: FailureCode): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code)
}

/** Any caught value as a Failure; what was not one becomes `internal`, with its cause kept for the log alone. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure(
    "internal",
    "something went wrong inside Hufu: try again, and look into its log if it stays",
    {
      cause: error,
    },
  )
}
