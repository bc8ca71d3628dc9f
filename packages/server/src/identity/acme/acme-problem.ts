/**
 * The errors that ACPs' authority names (ATR), with the status of each. They are spelled unlike RFC 8555 spells its own.
 */
export const acmeErrors = {
  ACCOUNT_EXISTS: 409,
  ACCOUNT_NOT_FOUND: 400,
  ALREADY_REVOKED: 400,
  AUTHORIZATION_NOT_FOUND: 404,
  BAD_NONCE: 400,
  BAD_SIGNATURE: 401,
  CERTIFICATE_EXPIRED: 400,
  CERTIFICATE_NOT_FOUND: 404,
  CERTIFICATE_REVOKED: 410,
  EXTERNAL_ACCOUNT_REQUIRED: 401,
  INVALID_CERTIFICATE_FORMAT: 400,
  INVALID_CONTACT: 400,
  INVALID_IDENTIFIER: 400,
  KEY_IN_USE: 409,
  MALFORMED: 400,
  MALFORMED_REQUEST: 400,
  ORDER_NOT_FOUND: 404,
  ORDER_NOT_READY: 403,
  RATE_LIMITED: 429,
  SERVER_INTERNAL: 500,
  UNAUTHORIZED: 403,
  UNSUPPORTED_ALGORITHM: 400,
  UNSUPPORTED_CONTACT: 400,
  UNSUPPORTED_IDENTIFIER: 400,
} as const
export type AcmeError = keyof typeof acmeErrors

/** A request that is refused by name. `message` is public and says what to do next. */
export class AcmeProblem extends Error {
  readonly error: AcmeError
  readonly status: number
  /** Further headers and members of the answer. */
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, unknown>>

  constructor(
    error: AcmeError,
    detail: string,
    more: { headers?: Record<string, string>; members?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = "AcmeProblem"
    this.error = error
    this.status = acmeErrors[error]
    this.headers = more.headers ?? {}
    this.members = more.members ?? {}
  }
}
