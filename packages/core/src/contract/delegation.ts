import { z } from "zod"
import { delegationOrders, DelegationState } from "../delegation/delegation-state.ts"
import { idSchema } from "../id.ts"
import { Effect, VerdictKind } from "../words.ts"
import { Digest } from "./digest.ts"
import { Noticed } from "./noticed.ts"
import { ActionRecord, ReasonRecord } from "./records.ts"
import { AgentRef, ServerRef } from "./refs.ts"

/** What a person sees of what agents ask of each other. Whatever an agent or a partner wrote is UNTRUSTED: show as text only. */

const At = z.int().nonnegative()

export const DelegationRecord = z.object({
  id: idSchema("delegation"),
  /** Who asks. */
  agent: idSchema("agent"),
  agentName: z.string(),
  /** Who is asked: a partner, or a tool server for which Hufu answers as an agent. */
  server: z.string(),
  /** How it is spoken with; null where it is not registered any more. */
  protocol: z.enum(["a2a", "aip", "mcp"]).nullable(),
  /** Hufu's task, on whose behalf it is. */
  task: idSchema("task"),
  state: DelegationState,
  /** Through which door it was last asked; `console` is a person who acted as the agent. */
  door: z.string(),
  /** As the asking agent calls the conversation and the task. UNTRUSTED. */
  context: z.string(),
  name: z.string(),
  createdAt: At,
  changedAt: At,
  /** The held action that it waits for. */
  hold: idSchema("hold").nullable(),
  /** For which failure (a code) Hufu itself ended it; null where its partner or whoever asked did. */
  ended: z.string().nullable(),
})
export type DelegationRecord = z.infer<typeof DelegationRecord>

/** One part of something said. Data is its JSON; of a file there is what it is called, and its address. UNTRUSTED. */
export const ShownPart = z.object({
  kind: z.enum(["text", "data", "file"]),
  text: z.string(),
  /** Only its beginning is shown. */
  isCut: z.boolean(),
  name: z.string().nullable(),
  mediaType: z.string().nullable(),
  /** In which language it is, where whoever said it has said so. */
  language: z.string().nullable(),
})
export type ShownPart = z.infer<typeof ShownPart>

/** One thing that happened, or was ordered. */
export const DelegationEvent = z.object({
  seq: z.int().positive(),
  at: At,
  kind: z.enum(["order", "state", "product", "reply"]),
  order: z.enum(delegationOrders).nullable(),
  state: DelegationState.nullable(),
  /** What came with it. */
  parts: z.array(ShownPart),
  /** The name of the product. UNTRUSTED. */
  product: z.string().nullable(),
  /** Why Hufu refused it, or holds it for a person. */
  reasons: z.array(ReasonRecord),
  code: z.string().nullable(),
  hold: idSchema("hold").nullable(),
  /** The action that it was: its receipt proves the verdict. */
  action: idSchema("action").nullable(),
})
export type DelegationEvent = z.infer<typeof DelegationEvent>

export const ShownProduct = z.object({ name: z.string(), parts: z.array(ShownPart) })

export const DelegationShown = z.object({
  delegation: DelegationRecord,
  /** The newest, oldest first. */
  events: z.array(DelegationEvent),
  /** How many came before these. */
  earlier: z.int().nonnegative(),
  /** What the partner made, as far as it came with these events. */
  products: z.array(ShownProduct),
})
export type DelegationShown = z.infer<typeof DelegationShown>

/** What was spent of one budget under which a delegation goes; null where there is no bound. */
export const BudgetSpent = z.object({
  mandate: idSchema("mandate"),
  /** The place of the grant, from 0; -1 is the mandate as a whole. */
  grant: z.int(),
  currency: z.string().nullable(),
  most: z.object({ count: z.int().nullable(), amount: z.int().nullable() }),
  spent: z.object({ count: z.int(), amount: z.int() }),
})
export type BudgetSpent = z.infer<typeof BudgetSpent>

/** One delegation of a trace. */
export const TracedDelegation = z.object({
  delegation: DelegationRecord,
  /** The delegation because of which it was asked; null where it is the first one, or where that is not known. */
  above: idSchema("delegation").nullable(),
  /** The newest, oldest first, without what was said. */
  events: z.array(DelegationEvent.omit({ parts: true, product: true })),
  /** Of the mandate that covers its latest order, where it has budgets. */
  budgets: z.array(BudgetSpent),
  /** What else whoever was asked did because of it, as far as it said so; the oldest first. */
  actions: z.array(ActionRecord),
})
export type TracedDelegation = z.infer<typeof TracedDelegation>

/** Everything that was asked because of one first order. */
export const DelegationTrace = z.object({
  /** The oldest first. */
  items: z.array(TracedDelegation),
  /** Only the oldest are there: there were too many. */
  isCut: z.boolean(),
})
export type DelegationTrace = z.infer<typeof DelegationTrace>

/**
 * What a person would have an agent ask: a message in words, or the call of a tool. The same draft twice is the same delegation, so that
 * what was tried is what is sent, and a repetition asks nothing again.
 */
export const DelegationDraft = z.object({
  agent: AgentRef,
  server: ServerRef,
  /** Made up by whoever asks; it names the delegation. */
  name: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  text: z.string().min(1).max(16_000).optional(),
  tool: z.string().min(1).max(128).optional(),
  arguments: z.record(z.string(), z.json()).optional(),
})
export type DelegationDraft = z.infer<typeof DelegationDraft>

/** What an action would take of one budget, and what is left of it now; null where there is no bound. */
export const WouldSpend = z.object({
  mandate: idSchema("mandate"),
  /** The place of the grant, from 0; -1 is the mandate as a whole. */
  grant: z.int(),
  amount: z.int().nonnegative(),
  currency: z.string().nullable(),
  left: z.object({ count: z.int().nullable(), amount: z.int().nullable() }),
})
export type WouldSpend = z.infer<typeof WouldSpend>

/** What would become of a draft. */
export const DelegationTried = z.object({
  verdict: VerdictKind,
  effect: Effect,
  /** What it attempts, as the pipeline sees it. */
  attempt: z.object({ server: z.string(), tool: z.string(), arguments: z.record(z.string(), z.json()) }),
  reasons: z.array(ReasonRecord),
  mandate: idSchema("mandate").nullable(),
  /** In whose words that mandate, or the task, is. */
  words: z.string().nullable(),
  /** What detectors notice in it, and in what the task has read. */
  noticed: z.array(Noticed),
  spends: z.array(WouldSpend),
  /** What would be taken out of the answer. */
  redacts: z.array(z.string()),
  policy: Digest,
})
export type DelegationTried = z.infer<typeof DelegationTried>

/** A tool as an agent may see it. UNTRUSTED: show as text only. */
export const OfferedTool = z.object({
  tool: z.string(),
  description: z.string(),
  /** What arguments it takes (JSON Schema); null where that is not said, or too large. */
  schema: z.record(z.string(), z.json()).nullable(),
})
export type OfferedTool = z.infer<typeof OfferedTool>
