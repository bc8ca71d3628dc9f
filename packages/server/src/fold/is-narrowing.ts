import type { StateFault } from "@hufu/core/contract/state"

interface Change {
  readonly kind: string
  readonly fault: StateFault
  readonly member: string | null
  readonly ledger?: unknown
  readonly table?: unknown
}

const ranks: Readonly<Record<string, number>> = {
  live: 2,
  issued: 2,
  active: 2,
  open: 2,
  suspended: 1,
  retired: 1,
  revoked: 0,
  removed: 0,
  ended: 0,
  used: 0,
  closed: 0,
}
/** Nobody may do more when one of these is gone. */
const grants = new Set([
  "agent",
  "version",
  "credential",
  "task",
  "words",
  "server",
  "tool",
  "hold",
  "passkey",
  "browser",
  "token",
  "certificate",
  "binding",
  "account",
])

/**
 * Whether bringing the tables to what the ledger says only narrows what anybody may do: whoever has the account may do that, and
 * everything else needs the person. What cannot be told for certain does not narrow.
 */
export function isNarrowing({ kind, fault, member, ledger, table }: Change): boolean {
  if (fault === "extra") return grants.has(kind) || (kind === "mandate" && forbidsNothing(table))
  if (fault !== "differs") return false
  if (member === "state") return kind === "hold" ? ledger !== "approved" : rankOf(ledger) < rankOf(table)
  if (kind === "stop" && member === "stopped") return ledger === true
  if (member === "expiresAt" || (kind === "spent" && member !== null))
    return isLess(ledger, table, kind === "spent")
  return false
}

function rankOf(state: unknown): number {
  return (typeof state === "string" ? ranks[state] : undefined) ?? Number.NaN
}

/** Less time narrows, and more that is spent. */
function isLess(ledger: unknown, table: unknown, isSpent: boolean): boolean {
  if (typeof ledger !== "number" || typeof table !== "number") return false
  return isSpent ? ledger > table : ledger < table
}

/** What a mandate forbids or reserves holds against the agent's other mandates too. */
function forbidsNothing(mandate: unknown): boolean {
  if (typeof mandate !== "object" || mandate === null) return false
  const { never, userOnly } = mandate as Record<string, unknown>
  return [never, userOnly].every((each) => Array.isArray(each) && each.length === 0)
}
