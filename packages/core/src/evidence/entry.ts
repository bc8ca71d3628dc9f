import { z } from "zod"
import { Effect, OutcomeKind, VerdictKind } from "../words.ts"

/**
 * INVARIANT: an entry holds ids, enumerations, digests and times; every free or identifying value is a salted
 * commitment. Nothing in a permanent log can be taken back, so no schema below may accept free text. Each
 * pattern is plain ASCII without quotes or backslashes, which the encoder relies on.
 */
export const entryPatterns = {
  id: /^[a-z]{3}_[A-Za-z0-9]{1,76}$/,
  digest: /^[0-9a-f]{64}$/,
  token: /^[a-z][a-z0-9_-]{0,79}$/,
  ruleId: /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$/,
  refKey: /^[a-z][A-Za-z0-9]{0,31}$/,
} as const

/** A prefixed pseudonym such as `agt_…`. */
export const EntryId = z.string().regex(entryPatterns.id)
/** A SHA-256 digest or salted commitment in lower-case hex. */
export const Digest = z.string().regex(entryPatterns.digest)
/** A word out of some enumeration, never a name or an address. */
export const EntryToken = z.string().regex(entryPatterns.token)

const RuleId = z.string().regex(entryPatterns.ruleId)
const Version = z.union([EntryId, Digest])
const Time = z.int().min(0).max(8_640_000_000_000_000)

/** Everything that a statement can say about its subject. */
export const facts = [
  "agent.created",
  "agent.suspended",
  "agent.resumed",
  "agent.revoked",
  "agent.refused",
  "version.declared",
  "credential.issued",
  "credential.revoked",
  "task.started",
  "task.worded",
  "task.ended",
  "mandate.granted",
  "mandate.passed",
  "mandate.narrowed",
  "mandate.revoked",
  "token.issued",
  "authority.created",
  "authority.crossed",
  "authority.retired",
  "authority.revoked",
  "certificate.issued",
  "certificate.revoked",
  "binding.issued",
  "account.opened",
  "account.changed",
  "account.closed",
  "server.registered",
  "server.removed",
  "profile.set",
  "profile.confirmed",
  "profile.changed",
  "rules.loaded",
  "rules.staged",
  "stop.declared",
  "stop.lifted",
  "person.created",
  "person.enrolled",
  "person.changed",
  "passkey.added",
  "passkey.renamed",
  "passkey.removed",
  "browser.admitted",
  "browser.revoked",
  "place.added",
  "place.removed",
  "place.entered",
  "place.left",
  "device.added",
  "device.removed",
  "position.stated",
  "position.forgotten",
  "protection.set",
  "protection.removed",
  "registration.claimed",
  "registration.changed",
  "registration.submitted",
  "registration.withdrawn",
  "registration.approved",
  "registration.rejected",
  "registration.disabled",
  "registration.enabled",
  "registration.retired",
  "registration.offered",
  "registration.transferred",
  "registration.mismatched",
  "registration.matched",
  "registration.proved",
  "developer.registered",
  "developer.changed",
  "developer.proved",
  "developer.documented",
  "developer.reviewed",
  "developer.removed",
  "registrar.opened",
  "delegation.canceled",
  "delegation.failed",
  "peer.added",
  "peer.followed",
  "peer.refused",
  "peer.removed",
  "peer.trusted",
  "node.started",
  "ledger.restored",
  "ledger.rekeyed",
  "vault.rekeyed",
  "records.proven",
  "retention.set",
  "content.erased",
  "subject.erased",
  "state.rebuilt",
  "note",
] as const
export const Fact = z.enum(facts)
export type Fact = z.infer<typeof Fact>

/** What a person, or time, did with a held action. */
export const decisions = ["once", "task", "until", "edited", "refused", "expired", "cancelled"] as const
export const Decision = z.enum(decisions)
export type Decision = z.infer<typeof Decision>

/** Subjects that need no id, because a ledger has one of each. */
export const fixedSubjects = ["all", "ledger", "node", "rules"] as const
const Subject = z.union([EntryId, z.enum(fixedSubjects)])

/** A signed fact about a subject; its full content, if any, is in the vault behind `digest`. */
export const StatementEntry = z.strictObject({
  v: z.literal(1),
  kind: z.literal("statement"),
  at: Time,
  fact: Fact,
  subject: Subject,
  by: Subject.optional(),
  refs: z
    .record(z.string().regex(entryPatterns.refKey), z.union([EntryId, Digest, EntryToken]))
    .refine((refs) => Object.keys(refs).length <= 32)
    .optional(),
  digest: Digest.optional(),
})

/** What an agent was about to do and what the fence said of it; a refusal is an intent with verdict `deny`. */
export const IntentEntry = z.strictObject({
  v: z.literal(1),
  kind: z.literal("intent"),
  at: Time,
  action: EntryId,
  agent: EntryId,
  version: Version,
  principal: EntryId,
  task: EntryId,
  /** The open order of another agent because of which it is done: it was looked up, and is not the agent's word. */
  under: EntryId.optional(),
  mandate: EntryId.nullable(),
  /** Where its mandate was passed on: the mandates above it, the one that the principal gave last. */
  chain: z.array(EntryId).min(1).max(8).optional(),
  server: EntryId,
  /** Commitment to the tool's name. */
  tool: Digest,
  effect: Effect,
  door: EntryToken,
  verdict: VerdictKind,
  rules: z.array(RuleId).max(16),
  /** Digest of the policy set that decided. */
  policy: Digest,
  /** Digest of the tool's definition; null when the action was refused before a profile was known. */
  profile: Digest.nullable(),
  /** Commitment to the facts that the rules saw, labels included. */
  facts: Digest,
  /** Commitment to the arguments. */
  arguments: Digest,
  /** Digest of the exact action, to be compared with what was approved. */
  digest: Digest.optional(),
  approval: EntryId.optional(),
  hold: EntryId.optional(),
  /** Commitment to what it takes of its mandate's budgets; absent when it draws on none. */
  spent: Digest.optional(),
})

/** An action that waits for a person. */
export const HoldEntry = z.strictObject({
  v: z.literal(1),
  kind: z.literal("hold"),
  at: Time,
  hold: EntryId,
  /** Digest of the exact action that is asked about. */
  digest: Digest,
  agent: EntryId,
  task: EntryId,
  effect: Effect,
  expires: Time,
})

/** A decision on one held action. */
export const ApprovalEntry = z.strictObject({
  v: z.literal(1),
  kind: z.literal("approval"),
  at: Time,
  approval: EntryId,
  hold: EntryId,
  decision: Decision,
  by: Subject,
  /** Digest of the exact action that was decided; after an edit, of the action as edited. */
  digest: Digest,
  until: Time.optional(),
})

/** How a performed action ended. */
export const OutcomeEntry = z.strictObject({
  v: z.literal(1),
  kind: z.literal("outcome"),
  at: Time,
  action: EntryId,
  outcome: OutcomeKind,
  /** Of an order to another agent under which something was attempted: the digest of the list of these actions. */
  below: Digest.optional(),
  /** Commitment to the result. */
  result: Digest.optional(),
  reason: EntryToken.optional(),
  /** The action never left, and what it had taken of budgets was given back. */
  spent: z.literal("returned").optional(),
  /** How long the call took in milliseconds. */
  ms: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
})

/** One leaf of the ledger. */
export const Entry = z.discriminatedUnion("kind", [
  StatementEntry,
  IntentEntry,
  HoldEntry,
  ApprovalEntry,
  OutcomeEntry,
])

export type StatementEntry = z.infer<typeof StatementEntry>
export type IntentEntry = z.infer<typeof IntentEntry>
export type HoldEntry = z.infer<typeof HoldEntry>
export type ApprovalEntry = z.infer<typeof ApprovalEntry>
export type OutcomeEntry = z.infer<typeof OutcomeEntry>
export type Entry = z.infer<typeof Entry>
