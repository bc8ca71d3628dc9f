/**
 * The errors of A2A (1.0.1, §3.3.2 and §5.4): their code in JSON-RPC, their status over HTTP, their word in `google.rpc.Status` and their
 * reason in `google.rpc.ErrorInfo`.
 */
export const a2aErrors = {
  TaskNotFound: { rpc: -32001, http: 404, status: "NOT_FOUND", reason: "TASK_NOT_FOUND" },
  TaskNotCancelable: { rpc: -32002, http: 400, status: "FAILED_PRECONDITION", reason: "TASK_NOT_CANCELABLE" },
  PushNotificationNotSupported: {
    rpc: -32003,
    http: 400,
    status: "FAILED_PRECONDITION",
    reason: "PUSH_NOTIFICATION_NOT_SUPPORTED",
  },
  UnsupportedOperation: {
    rpc: -32004,
    http: 400,
    status: "FAILED_PRECONDITION",
    reason: "UNSUPPORTED_OPERATION",
  },
  ContentTypeNotSupported: {
    rpc: -32005,
    http: 400,
    status: "INVALID_ARGUMENT",
    reason: "CONTENT_TYPE_NOT_SUPPORTED",
  },
  InvalidAgentResponse: { rpc: -32006, http: 500, status: "INTERNAL", reason: "INVALID_AGENT_RESPONSE" },
  ExtendedAgentCardNotConfigured: {
    rpc: -32007,
    http: 400,
    status: "FAILED_PRECONDITION",
    reason: "EXTENDED_AGENT_CARD_NOT_CONFIGURED",
  },
  ExtensionSupportRequired: {
    rpc: -32008,
    http: 400,
    status: "FAILED_PRECONDITION",
    reason: "EXTENSION_SUPPORT_REQUIRED",
  },
  VersionNotSupported: {
    rpc: -32009,
    http: 400,
    status: "FAILED_PRECONDITION",
    reason: "VERSION_NOT_SUPPORTED",
  },
} as const satisfies Record<string, { rpc: number; http: number; status: string; reason: string }>

export type A2aErrorName = keyof typeof a2aErrors

/** Whose words the reasons are. */
export const a2aErrorDomain = "a2a-protocol.org"
export const errorInfoType = "type.googleapis.com/google.rpc.ErrorInfo"

/** The error that a code of JSON-RPC or a reason names. */
export function a2aErrorBy(key: number | string | undefined): A2aErrorName | undefined {
  // The keys of a table are its names.
  return (Object.keys(a2aErrors) as A2aErrorName[]).find(
    (name) => a2aErrors[name].rpc === key || a2aErrors[name].reason === key,
  )
}
