/** One leaf of a target's ledger as this run reads it. */
export interface SeenEntry {
  index: number
  hash: string
  kind: "intent" | "outcome" | "other"
  action?: string
  /** Of an intent: only `allow` lets a call leave. */
  verdict?: "allow" | "ask" | "deny"
  outcome?: "done" | "failed" | "unknown"
  /** Of an intent: a person approved this one, so it need not be drawn from the mandate's budget. */
  approved?: boolean
  /** Of an intent: the id that the client put into the call's arguments. */
  call?: string
}

/** A call that waits for a person. */
export interface SeenHold {
  id: string
  call: string
}

/** What one start cost: on a machine with other work the time says less than the CPU time. */
export interface Restart {
  tookMs: number
  cpuMs: number
}

/** What the run needs from a governed node, so that the same checks also run against one with planted faults. */
export interface KillTarget {
  /** Address of the door in front of the recording upstream. */
  door(): string
  credential?: string
  kill9(): Promise<void>
  /** Start again on what is on disk; answers how long it took to be ready, and how much CPU time that needed. */
  restart(): Promise<Restart>
  entriesFrom(index: number): Promise<SeenEntry[]>
  holds(): Promise<SeenHold[]>
  approve(hold: string): Promise<void>
  /** Registers one more agent; answers its id. Left out by what keeps no registrations. */
  register?(name: string): Promise<string>
  /** The ids of all registrations. */
  registered?(): Promise<string[]>
  /** Calls drawn from the mandate's budget so far. */
  spent(): Promise<number>
  /** What the ledger's own verification finds wrong. */
  fault(): Promise<string | undefined>
  dispose(): Promise<void>
}
