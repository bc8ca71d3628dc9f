/**
 * What AMP (ACPs spec 09, revision 02.02) says when it cannot answer. `AMP_INVALID_RECORD`, `AMP_REQUEST_TOO_LARGE` and
 * `AMP_METHOD_NOT_ALLOWED` are Hufu's own: AMP says nothing of how records come in.
 */
const ampErrors = {
  AMP_INVALID_RECORD: { status: 400, title: "this is no record of AMP" },
  AMP_INVALID_FILTER: { status: 400, title: "the filter is not one of AMP" },
  AMP_INVALID_TIME_RANGE: { status: 400, title: "the time range is missing or cannot be used" },
  AMP_SLO_RULE_INVALID: { status: 400, title: "this is no rule for an objective" },
  AMP_CURSOR_INVALID: { status: 400, title: "the cursor is not one that was given for this question" },
  AMP_QUERY_REQUIRES_SELECTIVE_FILTER: { status: 400, title: "say of which agents" },
  AMP_HEARTBEAT_SILENCE_RANGE_INVALID: { status: 400, title: "the range of silence is turned around" },
  AMP_UNAUTHENTICATED: { status: 401, title: "say who you are" },
  AMP_ACCESS_DENIED: { status: 403, title: "this is not yours to see or to say" },
  AMP_NOT_FOUND: { status: 404, title: "there is nothing here" },
  AMP_HEARTBEAT_AIC_UNKNOWN: { status: 404, title: "nobody was heard under this code" },
  AMP_HEARTBEAT_SYNC_DISABLED: { status: 404, title: "what is alive is not synchronised here" },
  AMP_METHOD_NOT_ALLOWED: { status: 405, title: "another method is needed here" },
  AMP_REQUEST_TOO_LARGE: { status: 413, title: "the request is too large" },
  AMP_UNSUPPORTED_FIELD: { status: 422, title: "this field is not supported here" },
  AMP_UNSUPPORTED_OPERATOR: { status: 422, title: "this operator is not supported here" },
  AMP_METRIC_UNSUPPORTED: { status: 422, title: "this metric is not supported here" },
  AMP_STEP_TOO_FINE: { status: 422, title: "the step is too fine for this range" },
  AMP_OUT_OF_RETENTION: { status: 422, title: "so long ago nothing is kept" },
  AMP_RATE_LIMITED: { status: 429, title: "this is too often" },
  AMP_INTERNAL_ERROR: { status: 500, title: "something went wrong here" },
} as const
export type AmpErrorCode = keyof typeof ampErrors

/** A request that is not answered, as AMP says it: its code, and what to do about it. */
export class AmpError extends Error {
  readonly code: AmpErrorCode
  readonly status: number
  readonly retryAfterSeconds: number | undefined

  constructor(code: AmpErrorCode, detail: string, retryAfterSeconds?: number) {
    super(detail)
    this.code = code
    this.status = ampErrors[code].status
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The body of an answer that is an error (RFC 9457). */
export function ampProblem({ code, status, message }: AmpError) {
  return { type: `urn:acps:amp:${code}`, title: ampErrors[code].title, status, detail: message, code }
}
