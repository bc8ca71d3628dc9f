/**
 * Every way in which Hufu says "could not do it": a stable code, an HTTP status and a title in both languages.
 * INVARIANT: a code is never renamed or reused; clients and translations key on it.
 */
export const failureCodes = {
  internal: { status: 500, en: "Something went wrong inside Hufu", zh: "虎符内部出错" },
  invalid_input: { status: 400, en: "The request is not valid", zh: "请求无效" },
  not_found: { status: 404, en: "There is no such thing", zh: "未找到" },
  too_large: { status: 413, en: "The request is too large", zh: "请求过大" },
  unauthenticated: { status: 401, en: "A credential is needed", zh: "需要凭证" },
} as const satisfies Record<string, { status: number; en: string; zh: string }>

export type FailureCode = keyof typeof failureCodes

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
