import { z } from "zod"
import { Budget, Grant, Never, UserOnly } from "../mandate/mandate.ts"

const Count = z.int().nonnegative()

/**
 * How a record in the tables is not what the ledger says. `missing`: the tables lack it; `extra`: the ledger knows nothing of it;
 * `differs`: a member is another; `unreadable`: its row does not open or has no form; `forged`, `damaged`: what a statement said is
 * not in the vault as the ledger commits to it; `lost`: it is not there, and no statement says that it was erased; `unproven`: the row
 * says nothing else than the ledger, as far as that can tell, and this node did not write it.
 */
export const StateFault = z.enum([
  "missing",
  "extra",
  "differs",
  "unreadable",
  "forged",
  "damaged",
  "lost",
  "unproven",
])
export type StateFault = z.infer<typeof StateFault>

export const StateDifference = z.object({
  /** What kind of record: `mandate`, `spent`, `open_intent`. */
  kind: z.string(),
  id: z.string(),
  fault: StateFault,
  /** Null where the whole record differs. */
  member: z.string().nullable(),
  /** Both are left out where they are secret. UNTRUSTED: show as text only. */
  ledger: z.json().optional(),
  table: z.json().optional(),
  /** The entry that says otherwise; null where none does. */
  index: Count.nullable(),
  /** What the ledger says lets nobody do more than what the tables say. */
  narrows: z.boolean(),
})
export type StateDifference = z.infer<typeof StateDifference>

export const RebuildReport = z.object({
  entries: Count,
  /** Every byte of the ledger is sound; else the first fault, and nothing was compared. */
  fault: z.object({ en: z.string(), zh: z.string() }).nullable(),
  /** Records and members that were compared. */
  records: Count,
  members: Count,
  /** The first thousand. */
  differences: z.array(StateDifference),
  /** How many there are. */
  differing: Count,
  /** How many members of each kind nobody can know any more, because they were erased. */
  erased: z.record(z.string(), Count),
  /** How many of each member (`kind.member`) no statement of an earlier version carries. */
  unstated: z.record(z.string(), Count),
})
export type RebuildReport = z.infer<typeof RebuildReport>

/** Long work is done in steps: `run` names it for the next one, and is null at the end, with what it has shown. */
export const Run = z.object({ run: z.string().nullable(), done: Count, of: Count })
export type Run = z.infer<typeof Run>

const Known = z.object({
  /** Members that were erased, or that no statement of an earlier version carries: they are null here, and nobody guesses them. */
  erased: z.array(z.string()),
  unstated: z.array(z.string()),
})

const Text = z.string().nullable()

/** What a budget had left, of one grant or of the mandate as a whole (-1). */
export const BudgetThen = z.object({
  grant: z.int(),
  spent: z.object({ count: Count, amount: Count }),
  /** Null where the budget bounds it not. */
  left: z.object({ count: z.int().nullable(), amount: z.int().nullable() }),
})

export const MandateThen = Known.extend({
  id: z.string(),
  agent: Text,
  task: Text,
  principal: Text,
  words: Text,
  grants: z.array(Grant).nullable(),
  never: z.array(Never).nullable(),
  userOnly: z.array(UserOnly).nullable(),
  otherwise: Text,
  budget: Budget.nullable(),
  from: Count.nullable(),
  until: Count.nullable(),
  /** Only those that are bounded or drawn from. */
  budgets: z.array(BudgetThen),
  /** Whether all that was spent is known. */
  spending: z.enum(["all", "unstated", "erased"]),
})
export type MandateThen = z.infer<typeof MandateThen>

export const AgentThen = Known.extend({
  id: z.string(),
  name: Text,
  state: Text,
  version: Text,
  label: Text,
  since: Count.nullable(),
  mandates: z.array(MandateThen),
})
export type AgentThen = z.infer<typeof AgentThen>

export const ServerThen = Known.extend({
  id: z.string(),
  name: Text,
  transport: Text,
  command: z.array(z.string()).nullable(),
  url: Text,
  tools: z.array(
    z.object({
      tool: z.string(),
      definition: Text,
      effect: Text,
      changed: z.boolean(),
      confirmed: z.boolean().nullable(),
    }),
  ),
})
export type ServerThen = z.infer<typeof ServerThen>

/** What was known and in force at a moment, from the ledger alone. */
export const StateAt = z.object({
  /** How many entries there were, and the moment. */
  entries: Count,
  at: Count,
  stopped: z.boolean(),
  /** The person of the node, and how many proofs of being it there were; null where that was erased or not stated. */
  person: z.object({ id: z.string(), hasSecret: z.boolean().nullable(), passkeys: Count }).nullable(),
  /** The digest of the rules in force, and the entry that says so. */
  rules: z.object({ digest: z.string(), index: Count }).nullable(),
  /** Each with the mandates in force. */
  agents: z.array(AgentThen),
  /** Live ones. */
  servers: z.array(ServerThen),
  /** There were more agents or servers than are listed. */
  cut: z.boolean(),
})
export type StateAt = z.infer<typeof StateAt>
