import type { ApprovalEntry, Entry, HoldEntry, IntentEntry, OutcomeEntry, StatementEntry } from "./entry.ts"

/** An entry with its place in the log. */
export interface LoggedEntry<E extends Entry = Entry> {
  index: number
  entry: E
}

/** A sentence in both languages of Hufu. */
export interface Sentence {
  en: string
  zh: string
}

/** Why entries do not belong to one action, or null when they do. */
export function whyNotOneAction(logged: readonly LoggedEntry[]): Sentence | null {
  const intents = ofKind<IntentEntry>(logged, "intent")
  const first = intents[0]?.entry
  if (!first) return { en: "The receipt holds no intent.", zh: "回执中没有意图条目。" }
  const named = namesOf(intents, ofKind<ApprovalEntry>(logged, "approval"))
  const stranger = logged.find(({ entry }) => !belongs(entry, first, named))
  if (!stranger) return null
  return {
    en: `Entry ${stranger.index} is not about action ${first.action}.`,
    zh: `条目 ${stranger.index} 与行动 ${first.action} 无关。`,
  }
}

/** Why the recorded decisions do not permit what was done, or null when they do. */
export function whyNotAuthorised(logged: readonly LoggedEntry[]): Sentence | null {
  const intents = ofKind<IntentEntry>(logged, "intent")
  const approvals = ofKind<ApprovalEntry>(logged, "approval")
  const holds = ofKind<HoldEntry>(logged, "hold")
  const allowed = intents.filter(({ entry }) => entry.verdict === "allow")
  for (const intent of allowed) {
    const problem = whyNotAllowed(intent, approvals, holds)
    if (problem) return problem
  }
  const early = ofKind<OutcomeEntry>(logged, "outcome").find(
    (outcome) => !allowed.some((intent) => intent.index < outcome.index),
  )
  if (!early) return null
  return {
    en: `Outcome ${early.index} follows no intent that was allowed.`,
    zh: `结果条目 ${early.index} 之前没有获准的意图。`,
  }
}

function whyNotAllowed(
  intent: LoggedEntry<IntentEntry>,
  approvals: readonly LoggedEntry<ApprovalEntry>[],
  holds: readonly LoggedEntry<HoldEntry>[],
): Sentence | null {
  const { entry, index } = intent
  if (entry.approval === undefined) {
    if (entry.mandate !== null) return null
    return {
      en: `Intent ${index} was allowed with neither a mandate nor an approval.`,
      zh: `意图条目 ${index} 既无授权也无批准却被允许。`,
    }
  }
  const approval = approvals.find((other) => other.entry.approval === entry.approval && other.index < index)
  if (!approval) {
    return {
      en: `Intent ${index} names an approval that the receipt does not hold before it.`,
      zh: `意图条目 ${index} 所称的批准未在其之前出现。`,
    }
  }
  if (coversIntent(approval.entry, entry) && inTime(approval.entry, holds)) return null
  return {
    en: `Approval ${approval.index} does not cover intent ${index}.`,
    zh: `批准条目 ${approval.index} 不涵盖意图条目 ${index}。`,
  }
}

/** Whether a decision lets exactly this intent run: a single approval fits one action digest. */
function coversIntent(approval: ApprovalEntry, intent: IntentEntry): boolean {
  switch (approval.decision) {
    case "once":
    case "edited":
      return approval.hold === intent.hold && approval.digest === intent.digest
    case "task":
      return true
    case "until":
      return approval.until !== undefined && intent.at <= approval.until
    case "refused":
    case "expired":
    case "cancelled":
      return false
    default:
      return approval.decision satisfies never
  }
}

/** Whether the decision was about what was asked, before the question expired. */
function inTime(approval: ApprovalEntry, holds: readonly LoggedEntry<HoldEntry>[]): boolean {
  const hold = holds.find(({ entry }) => entry.hold === approval.hold)?.entry
  if (!hold) return true
  const sameAction = approval.decision === "edited" || hold.digest === approval.digest
  return sameAction && approval.at <= hold.expires
}

/** The ids by which an action's entries refer to each other. */
interface Names {
  holds: ReadonlySet<string | undefined>
  approvals: ReadonlySet<string | undefined>
}

function namesOf(
  intents: readonly LoggedEntry<IntentEntry>[],
  approvals: readonly LoggedEntry<ApprovalEntry>[],
): Names {
  const named = new Set(intents.map(({ entry }) => entry.approval))
  const asked = intents.map(({ entry }) => entry.hold)
  // A standing approval was given on an earlier hold.
  const standing = approvals.filter(({ entry }) => named.has(entry.approval)).map(({ entry }) => entry.hold)
  return { holds: new Set([...asked, ...standing]), approvals: named }
}

function belongs(entry: Entry, first: IntentEntry, named: Names): boolean {
  switch (entry.kind) {
    case "intent":
      return entry.action === first.action && entry.agent === first.agent && entry.task === first.task
    case "outcome":
      return entry.action === first.action
    case "hold":
      return named.holds.has(entry.hold) && entry.agent === first.agent
    case "approval":
      return named.approvals.has(entry.approval) || named.holds.has(entry.hold)
    case "statement":
      return isAuthority(entry, first)
    default:
      return entry satisfies never
  }
}

/** Whether a statement is about somebody or something that the action rests on. */
function isAuthority(statement: StatementEntry, intent: IntentEntry): boolean {
  if (statement.subject === "rules") return statement.digest === intent.policy
  const subjects = [
    intent.mandate,
    intent.agent,
    intent.version,
    intent.principal,
    intent.task,
    intent.server,
  ]
  return subjects.includes(statement.subject)
}

function ofKind<E extends Entry>(logged: readonly LoggedEntry[], kind: E["kind"]): LoggedEntry<E>[] {
  // `kind` discriminates the union, so an entry of that kind is an E.
  return logged.filter(({ entry }) => entry.kind === kind) as LoggedEntry<E>[]
}
