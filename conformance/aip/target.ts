import type { JsonMembers } from "./json.ts"

/** What has to be said to a partner so that its task gets somewhere. Where nothing is known, the checks of it are not reached. */
export const outcomes = ["deliver", "ask", "work", "accept", "fail", "reject"] as const
export type Outcome = (typeof outcomes)[number]

/** The partner under test, and as whom the checks speak to it. */
export interface Target {
  /** The address under which `rpc`, `stream`, … are. */
  readonly base: string
  readonly senderId: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string }
  /** The code under which it has to answer, where that is known. */
  readonly partnerAic?: string
  /** Whether it knows who speaks to it: then a forged `senderId` has to be refused. */
  readonly bindsIdentity: boolean
  readonly script: Readonly<Partial<Record<Outcome, readonly JsonMembers[]>>>
  /** An address at which the target can reach this machine; without one, notices are not checked. */
  readonly callbackHost?: string
  /** How long a task may take to where it is wanted. */
  readonly patienceMs: number
  /** How long the partner waits for its leader before it ends a task by itself; where it is not known, that is not waited for. */
  readonly partnerWaitsMs?: number
}
