import type {
  ApprovalEntry,
  Decision,
  Entry,
  HoldEntry,
  IntentEntry,
  OutcomeEntry,
  StatementEntry,
} from "./entry.ts"

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
  const subject =
    ofKind<IntentEntry>(logged, "intent")[0]?.entry ?? ofKind<HoldEntry>(logged, "hold")[0]?.entry
  if (!subject) {
    return {
      en: "The receipt holds neither an intent nor a held action.",
      zh: "回执中既无意图条目也无待批条目。",
    }
  }
  const named = namesOf(logged, subject)
  const stranger = logged.find(({ entry }) => !belongs(entry, subject, named))
  if (!stranger) return null
  const name = subject.kind === "intent" ? subject.action : subject.hold
  return {
    en: `Entry ${stranger.index} is not about ${name}.`,
    zh: `条目 ${stranger.index} 与 ${name} 无关。`,
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

/**
 * Whether a decision lets exactly this intent run. INVARIANT: an approval fits one action digest; only a
 * standing one (for a task, or until a time) reaches actions that came after the one it was given on.
 */
function coversIntent(approval: ApprovalEntry, intent: IntentEntry): boolean {
  const { decision, until } = approval
  if (decision === "until" && (until === undefined || intent.at > until)) return false
  if (approval.hold === intent.hold) return grants.has(decision) && approval.digest === intent.digest
  return decision === "task" || decision === "until"
}

const grants: ReadonlySet<Decision> = new Set<Decision>(["once", "task", "until", "edited"])

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

function namesOf(logged: readonly LoggedEntry[], subject: IntentEntry | HoldEntry): Names {
  if (subject.kind === "hold") return { holds: new Set([subject.hold]), approvals: new Set() }
  const intents = ofKind<IntentEntry>(logged, "intent")
  const approvals = new Set(intents.map(({ entry }) => entry.approval))
  const asked = intents.map(({ entry }) => entry.hold)
  // A standing approval was given on an earlier hold.
  const standing = ofKind<ApprovalEntry>(logged, "approval").filter(({ entry }) =>
    approvals.has(entry.approval),
  )
  return { holds: new Set([...asked, ...standing.map(({ entry }) => entry.hold)]), approvals }
}

function belongs(entry: Entry, subject: IntentEntry | HoldEntry, named: Names): boolean {
  switch (entry.kind) {
    case "intent":
      return subject.kind === "intent" && sameAction(entry, subject)
    case "outcome":
      return subject.kind === "intent" && entry.action === subject.action
    case "hold":
      return named.holds.has(entry.hold) && entry.agent === subject.agent
    case "approval":
      return named.approvals.has(entry.approval) || named.holds.has(entry.hold)
    case "statement":
      return isAuthority(entry, subject)
    default:
      return entry satisfies never
  }
}

function sameAction(one: IntentEntry, other: IntentEntry): boolean {
  return one.action === other.action && one.agent === other.agent && one.task === other.task
}

/** Whether a statement is about somebody or something that the action rests on. */
function isAuthority(statement: StatementEntry, subject: IntentEntry | HoldEntry): boolean {
  const { agent, task } = subject
  if (subject.kind === "hold") return [agent, task].includes(statement.subject)
  if (statement.subject === "rules") return statement.digest === subject.policy
  const { mandate, chain = [], version, principal, server } = subject
  return [agent, task, mandate, ...chain, version, principal, server].includes(statement.subject)
}

function ofKind<E extends Entry>(logged: readonly LoggedEntry[], kind: E["kind"]): LoggedEntry<E>[] {
  // `kind` discriminates the union, so an entry of that kind is an E.
  return logged.filter(({ entry }) => entry.kind === kind) as LoggedEntry<E>[]
}
