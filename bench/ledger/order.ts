/** What the process that holds a ledger is asked to do; one line of JSON each way. */
export type LedgerOrder =
  /** Writers that append one entry each, wait until it is durable, and go on. */
  | { kind: "append"; writers: number; seconds: number }
  /** Append until the ledger has so many entries. */
  | { kind: "grow"; to: number }
  /** Prove entries at random, each in the tree of the latest checkpoint. */
  | { kind: "prove"; proofs: number; seed: number }
  /** Read every byte again. */
  | { kind: "verify" }

export interface AppendFigures {
  entries: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

export interface GrowFigures {
  perSecond: number
}

export interface ProveFigures {
  p50Ms: number
  p99Ms: number
}

export interface VerifyFigures {
  ok: boolean
  perSecond: number
  /** Entries for each second of the processor's time, on all its cores. */
  perCpuSecond: number
}

export interface OrderFigures {
  append: AppendFigures
  grow: GrowFigures
  prove: ProveFigures
  verify: VerifyFigures
}
