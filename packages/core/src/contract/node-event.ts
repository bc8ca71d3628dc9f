import { z } from "zod"
import { DelegationState } from "../delegation/delegation-state.ts"
import { HoldState } from "./records.ts"

const Id = z.string().max(80)

/**
 * What a node tells whoever follows it: ids and fixed words only, each worth a look at the record itself.
 * Every event comes from one entry of the ledger, in its order, but for `ready`, `reset`, `bye` and `delegation`.
 */
export const NodeEvent = z.discriminatedUnion("type", [
  /** From here on nothing is missed. */
  z.object({ type: z.literal("ready"), size: z.int() }),
  /** An entry of the ledger. */
  z.object({
    type: z.literal("entry"),
    index: z.int(),
    at: z.int(),
    kind: z.enum(["statement", "intent", "hold", "approval", "outcome"]),
    fact: z.string().optional(),
    action: Id.optional(),
    hold: Id.optional(),
    agent: Id.optional(),
    task: Id.optional(),
    verdict: z.string().optional(),
    outcome: z.string().optional(),
  }),
  /** A held action came to be, was decided, or was used. */
  z.object({ type: z.literal("hold"), id: Id, state: HoldState }),
  /** The node started, was stopped, or goes on. */
  z.object({ type: z.literal("node"), state: z.enum(["started", "stopped", "resumed"]) }),
  /** A record changed: `noun` is what its id names. */
  z.object({ type: z.literal("record"), noun: z.string().max(32), id: Id }),
  /**
   * A delegation changed, and stands so now. It has no place in the ledger: after a connection broke it is not told again, so whoever
   * shows delegations reads them after `ready`.
   */
  z.object({ type: z.literal("delegation"), id: Id, state: DelegationState }),
  /** What came before cannot be told one by one: read again. */
  z.object({ type: z.literal("reset"), reason: z.enum(["behind", "unknown"]), size: z.int() }),
  /** The node ends this stream; `slow`: too little of it was read, `signed_out`: what opened it ended. */
  z.object({ type: z.literal("bye"), reason: z.enum(["slow", "signed_out", "closing"]) }),
])
export type NodeEvent = z.infer<typeof NodeEvent>
