/** What ATR (ACPs spec 04, revision 02.02) says when it cannot answer, by its names. */
const atrErrors = {
  INVALID_REQUEST: { code: 40001, status: 400 },
  UNAUTHORIZED: { code: 40101, status: 401 },
  ACCESS_DENIED: { code: 40301, status: 403 },
  ONTOLOGY_INACTIVE: { code: 40302, status: 403 },
  ENTITY_LIMIT_EXCEEDED: { code: 40303, status: 403 },
  AGENT_INACTIVE: { code: 40310, status: 403 },
  ONTOLOGY_NOT_FOUND: { code: 40401, status: 404 },
  AGENT_NOT_FOUND: { code: 40410, status: 404 },
  AGENT_UNSUPPORTED: { code: 40411, status: 404 },
  AGENT_ACS_MISSING: { code: 40412, status: 404 },
  ENDPOINT_CONFLICT: { code: 40901, status: 409 },
  INTERNAL: { code: 50000, status: 500 },
} as const
export type AtrErrorName = keyof typeof atrErrors

/** A request that is not answered: a name of ATR, its code and status, and what to do about it. */
export class AtrError extends Error {
  readonly kind: AtrErrorName
  readonly code: number
  readonly status: number

  constructor(kind: AtrErrorName, detail: string, options: { cause?: unknown } = {}) {
    super(detail, options)
    this.kind = kind
    this.code = atrErrors[kind].code
    this.status = atrErrors[kind].status
  }
}

/** The body of an answer that is an error. */
export function atrErrorBody({ kind, code, message }: AtrError) {
  return { status: "error", error: { code, message: kind, data: { detail: message } } }
}
