/** What ADP (ACPs spec 06, revision 02.02) says when it cannot answer, by its names. `InvalidRequest` and `RequestTooLarge` are Hufu's own. */
const adpErrors = {
  CapacityRedirect: { code: 30701, status: 307 },
  RegionRedirect: { code: 30702, status: 307 },
  MaxRedirectsExceeded: { code: 30703, status: 400 },
  InvalidRequest: { code: 40000, status: 400 },
  MissingQuery: { code: 40001, status: 400 },
  ForwardDepthLimitInvalid: { code: 40002, status: 400 },
  ForwardChainInvalid: { code: 40003, status: 400 },
  FilterInvalid: { code: 40004, status: 400 },
  ForwardFanoutLimitInvalid: { code: 40005, status: 400 },
  CertificateInvalid: { code: 40101, status: 401 },
  RequestTooLarge: { code: 41300, status: 413 },
  CallerRateLimited: { code: 42901, status: 429 },
  TenantRateLimited: { code: 42902, status: 429 },
  InternalError: { code: 50001, status: 500 },
  ForwardLoopDetected: { code: 50801, status: 508 },
  ForwardDepthExceeded: { code: 50802, status: 508 },
  ForwardChainTampered: { code: 50803, status: 508 },
  ForwardFanoutExceeded: { code: 50804, status: 508 },
  ForwardSignatureInvalid: { code: 50805, status: 508 },
} as const
export type AdpErrorName = keyof typeof adpErrors

/** A request that is not answered, as ADP says it: a name, its code and status, and what to do about it. */
export class AdpError extends Error {
  readonly code: number
  readonly status: number
  readonly kind: AdpErrorName
  readonly data: Readonly<Record<string, number>> | undefined

  constructor(kind: AdpErrorName, detail: string, data?: Readonly<Record<string, number>>) {
    super(detail)
    this.kind = kind
    this.code = adpErrors[kind].code
    this.status = adpErrors[kind].status
    this.data = data
  }
}

/** The body of an answer that is an error. */
export function adpErrorBody({ kind, code, message, data }: AdpError) {
  return { error: { code, message: kind, data: { detail: message, ...data } } }
}
