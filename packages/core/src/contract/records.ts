import { z } from "zod"
import { CredentialAbout } from "./credential-about.ts"
import { Noticed } from "./noticed.ts"
import { Decision } from "../evidence/entry.ts"
import { idSchema, Name } from "../id.ts"
import { ToolSignal } from "../profile/tool-signal.ts"
import { PassingRecord } from "./passing-asked.ts"
import { PlaceSaid } from "./place.ts"
import { TracedValue } from "../provenance/traced-value.ts"
import { DecisionMode, Effect, OutcomeKind, VerdictKind } from "../words.ts"
import { Digest } from "./digest.ts"

/** What the API shows of each noun. Times are milliseconds since 1970 (UTC). */

const At = z.int().nonnegative()

export const ReasonRecord = z.object({ rule: z.string(), en: z.string(), zh: z.string() })

export const AgentState = z.enum(["live", "suspended", "revoked"])
export const AgentRecord = z.object({
  id: idSchema("agent"),
  name: Name,
  /** `guard`: identified by the guard that this operating-system user started; `credential`: by a secret that it holds. */
  identifiedBy: z.enum(["guard", "credential"]),
  state: AgentState,
  /** Its live version: digests of model, prompt, tools and code, each attested, observed or declared. */
  version: idSchema("version"),
  demo: z.boolean(),
  createdAt: At,
  stateChangedAt: At,
})
export type AgentRecord = z.infer<typeof AgentRecord>

export const VersionPart = z.object({ digest: Digest, known: z.enum(["attested", "observed", "declared"]) })
export const VersionRecord = z.object({
  id: idSchema("version"),
  agent: idSchema("agent"),
  label: z.string().max(100),
  parts: z
    .object({ model: VersionPart, prompt: VersionPart, tools: VersionPart, code: VersionPart })
    .partial(),
  createdAt: At,
})
export type VersionRecord = z.infer<typeof VersionRecord>

export const CredentialRecord = z.object({
  id: idSchema("credential"),
  /**
   * `agent` acts at the doors; `hook` may only start a task in the user's own words, or add words to one; `key` is a key of the agent's
   * own, which signs its requests; `client` is an OAuth client that acts as the agent.
   */
  kind: z.enum(["agent", "hook", "key", "client"]),
  agent: idSchema("agent"),
  version: idSchema("version"),
  state: z.enum(["live", "revoked"]),
  createdAt: At,
  expiresAt: At,
  /** What it is where it is no secret; null where it is one, or was erased. */
  about: CredentialAbout.nullable(),
})
export type CredentialRecord = z.infer<typeof CredentialRecord>

export const TaskRecord = z.object({
  id: idSchema("task"),
  agent: idSchema("agent"),
  principal: idSchema("person"),
  /** The user's own words; empty for the agent's standing task. */
  words: z.string(),
  /** Where the words came from: only the first three count as the user's. */
  source: z.enum(["terminal", "console", "hook", "standing"]),
  state: z.enum(["live", "ended"]),
  startedAt: At,
  endedAt: At.nullable(),
})
export type TaskRecord = z.infer<typeof TaskRecord>

/** What the user said while a task went on. It is kept with the task and widens nothing. */
export const AddedWords = z.object({
  at: At,
  /** Null when they were erased. */
  words: z.string().nullable(),
  source: z.enum(["terminal", "console", "hook"]),
  /** Where the ledger commits to them. */
  index: z.int().nonnegative(),
})
export type AddedWords = z.infer<typeof AddedWords>

export const ServerRecord = z.object({
  id: idSchema("server"),
  name: Name,
  /** `a2a` and `aip`: a partner, an agent elsewhere that speaks that protocol; the others are tool servers. */
  transport: z.enum(["stdio", "http", "a2a", "aip"]),
  /** The command line or the URL; environment values and headers are never shown. */
  command: z.array(z.string()).nullable(),
  url: z.string().nullable(),
  environment: z.array(z.string()),
  state: z.enum(["live", "removed"]),
  demo: z.boolean(),
  createdAt: At,
})
export type ServerRecord = z.infer<typeof ServerRecord>

export const HoldState = z.enum(["waiting", "approved", "refused", "expired", "cancelled", "used"])
/** What a person approved once again and again, as one grant. */
export const HoldProposal = z.object({
  /** How often it was approved, each time once. */
  times: z.int().positive(),
  en: z.string(),
  zh: z.string(),
  /** Sent back with the decision, so that nothing else is allowed than what was shown. */
  digest: Digest,
})
export type HoldProposal = z.infer<typeof HoldProposal>

export const HoldRecord = z.object({
  id: idSchema("hold"),
  action: idSchema("action"),
  agent: idSchema("agent"),
  agentName: Name,
  task: idSchema("task"),
  principal: idSchema("person"),
  server: Name,
  tool: z.string(),
  effect: Effect,
  mode: DecisionMode,
  /** UNTRUSTED: show as text only. Null when it was erased. */
  arguments: z.record(z.string(), z.json()).nullable(),
  targets: z.array(z.object({ kind: z.string(), value: z.string() })),
  reasons: z.array(ReasonRecord),
  /** Where its values came from: what it is aimed at, what it passes on. UNTRUSTED: show as text only. */
  traced: z.array(TracedValue),
  /** What detectors noticed; they decide nothing. */
  noticed: z.array(Noticed),
  /** The places that have a say in it, in their owners' words. UNTRUSTED: show as text only. */
  places: z.array(PlaceSaid),
  /** Where more than a part of a mandate is to be passed on. UNTRUSTED: show as text only. */
  passing: PassingRecord.nullable(),
  /** The digest that an approval is bound to; sent back with the decision so that a stale page cannot approve. */
  digest: Digest,
  state: HoldState,
  createdAt: At,
  expiresAt: At,
  decidedAt: At.nullable(),
  /** What approving for the task or until a time would add, in one sentence. */
  standing: z.object({ en: z.string(), zh: z.string() }).nullable(),
  /** A narrow grant that Hufu proposes, because the person approved much the same so many times. It is never made without them. */
  proposal: HoldProposal.nullable(),
})
export type HoldRecord = z.infer<typeof HoldRecord>

export const ActionRecord = z.object({
  id: idSchema("action"),
  at: At,
  agent: idSchema("agent"),
  agentName: z.string(),
  task: idSchema("task"),
  server: z.string(),
  tool: z.string(),
  effect: Effect,
  verdict: VerdictKind,
  rules: z.array(z.string()),
  mandate: idSchema("mandate").nullable(),
  hold: idSchema("hold").nullable(),
  outcome: OutcomeKind.nullable(),
  reason: z.string().nullable(),
  index: z.int().nonnegative(),
})
export type ActionRecord = z.infer<typeof ActionRecord>

/** Who decided about an action that asked, when and how. */
export const ApprovalRecord = z.object({
  hold: idSchema("hold"),
  state: HoldState,
  /** Null while nobody has decided. */
  decision: Decision.nullable(),
  /** A person; `node`: time, or this operating-system account without proof of a person; else a browser, a hook or the agent itself. */
  by: z.string().nullable(),
  at: At.nullable(),
  until: At.nullable(),
  /** What the person said to the agent in refusing. */
  refusal: z.string(),
  /** What the agent had asked for, when the person approved other arguments. */
  asked: z.record(z.string(), z.json()).nullable(),
})
export type ApprovalRecord = z.infer<typeof ApprovalRecord>

/** What a mandate says of one action. */
export const MandateSaid = z.object({
  id: idSchema("mandate"),
  /** Hufu starts with it; otherwise a person gave it. */
  starting: z.boolean(),
  /** The one sentence that was about this action; null when that cannot be told any more. */
  says: z.object({ en: z.string(), zh: z.string() }).nullable(),
})
export type MandateSaid = z.infer<typeof MandateSaid>

export const ToolRecord = z.object({
  server: Name,
  tool: z.string(),
  effect: Effect,
  source: z.enum(["automatic", "reviewed", "user"]),
  confirmed: z.boolean(),
  changed: z.boolean(),
  /** What was noticed in its definition, or about it among the tools of other servers. */
  signals: z.array(ToolSignal),
  /** Its definition as the server gives it, where something was noticed; cut where it is long. UNTRUSTED: show as text only. */
  text: z.string().nullable(),
  definition: Digest,
  profile: z.json(),
  /** Word by word, when the definition changed since the profile was pinned. */
  difference: z.array(z.object({ kind: z.enum(["same", "added", "removed"]), text: z.string() })).nullable(),
})
export type ToolRecord = z.infer<typeof ToolRecord>

export const StopReport = z.object({
  /** Time from the commit of the stop to the last acknowledgement, in milliseconds. */
  tookMs: z.number(),
  doors: z.array(
    z.object({ connection: z.string(), door: z.string(), agent: z.string(), acknowledgedMs: z.number() }),
  ),
  cancelledHolds: z.array(z.string()),
  /** Calls already forwarded: cancelled as best possible. */
  inFlight: z.array(z.object({ action: z.string(), server: z.string(), tool: z.string(), effect: Effect })),
})
export type StopReport = z.infer<typeof StopReport>

/** How much room a node's data takes, and when it ends at the pace of the last days. */
export const RoomRecord = z.object({
  bytes: z.int(),
  freeBytes: z.int(),
  /** Null while the ledger is too young to say. */
  bytesPerDay: z.int().nullable(),
  /** What the operator allows; null where only the disk is a bound. */
  maxBytes: z.int().nullable(),
  /** Null where nobody can say. */
  fullAt: z.int().nullable(),
  /** New actions are refused. */
  isFull: z.boolean(),
})
export type RoomRecord = z.infer<typeof RoomRecord>

/** After how many days private content is erased; 0 keeps it. */
export const RetentionRecord = z.object({
  /** What actions were: tool, arguments, facts and reasons, from the moment of the action. */
  actions: z.int(),
  /** Everything private of a task, its words too, from its end. */
  tasks: z.int(),
})
export type RetentionRecord = z.infer<typeof RetentionRecord>
