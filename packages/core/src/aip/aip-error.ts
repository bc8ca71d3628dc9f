/** Every error of AIP (ACPs 07 §5.2): its code in JSON-RPC, its name, its fixed message and what it says in Chinese. */
export const aipErrors = {
  parse: { code: -32700, name: "Parse error", en: "Invalid JSON payload", zh: "JSON 格式不正确" },
  invalidRequest: {
    code: -32600,
    name: "Invalid Request",
    en: "Invalid JSON-RPC Request",
    zh: "不是有效的 JSON-RPC 请求",
  },
  methodNotFound: { code: -32601, name: "Method not found", en: "Method not found", zh: "此处没有该方法" },
  invalidParams: {
    code: -32602,
    name: "Invalid params",
    en: "Invalid method parameters",
    zh: "方法参数无效",
  },
  internal: { code: -32603, name: "Internal error", en: "Internal server error", zh: "服务器内部出错" },
  taskNotFound: { code: -32001, name: "TaskNotFoundError", en: "Task not found", zh: "未找到任务" },
  taskNotCancelable: {
    code: -32002,
    name: "TaskNotCancelableError",
    en: "Task cannot be canceled",
    zh: "任务无法取消",
  },
  notificationNotSupported: {
    code: -32003,
    name: "NotificationNotSupportedError",
    en: "Notification is not supported",
    zh: "不支持异步通知",
  },
  unsupportedOperation: {
    code: -32004,
    name: "UnsupportedOperationError",
    en: "This operation is not supported",
    zh: "不支持该操作",
  },
  contentTypeNotSupported: {
    code: -32005,
    name: "ContentTypeNotSupportedError",
    en: "Incompatible content types",
    zh: "内容类型不兼容",
  },
  invalidAgentResponse: {
    code: -32006,
    name: "InvalidAgentResponseError",
    en: "Invalid agent response type",
    zh: "智能体的响应无效",
  },
  groupNotSupported: {
    code: -32007,
    name: "GroupNotSupportedError",
    en: "Group communication is not supported",
    zh: "不支持群组交互",
  },
  authenticationRequired: {
    code: -32008,
    name: "AuthenticationRequiredError",
    en: "Authentication required",
    zh: "需要身份认证",
  },
  authorizationFailed: {
    code: -32009,
    name: "AuthorizationFailedError",
    en: "Authorization failed",
    zh: "无权执行该操作",
  },
  accessTokenInvalid: {
    code: -32010,
    name: "AccessTokenInvalidError",
    en: "Invalid access token",
    zh: "访问令牌无效",
  },
} as const satisfies Record<string, { code: number; name: string; en: string; zh: string }>

export type AipErrorKey = keyof typeof aipErrors

/** Which error a code of JSON-RPC is; undefined for what AIP does not have. */
export function aipErrorOfCode(code: number): AipErrorKey | undefined {
  // The keys of the table are what its type says.
  return (Object.keys(aipErrors) as AipErrorKey[]).find((key) => aipErrors[key].code === code)
}
