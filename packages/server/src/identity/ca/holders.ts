/** Whoever a certificate can name. */
export interface Holder {
  /** The subject of its statements: an agent's id. */
  readonly id: string
  readonly aic: string
  readonly version: string
  readonly state: "live" | "suspended" | "revoked"
  readonly stateChangedAt: number
  /** Since when another version of it was seen running than is registered: its certificates are on hold. */
  readonly mismatchedAt?: number | undefined
  /** Names beside the AIC for which it may have certificates. */
  readonly dns: readonly string[]
  readonly ip: readonly string[]
  /** How long it asks that its certificates hold. */
  readonly days: number | undefined
}

/** Who holds which identity code: all that the authority knows of agents. */
export interface Holders {
  /** UNTRUSTED: an AIC in any spelling. */
  holderOf(aic: string): Holder | undefined
  find(id: string): Holder | undefined
  /** Everyone whose certificates do not hold at this moment, though nobody revoked them one by one. */
  outOfService(): Iterable<Holder>
}
