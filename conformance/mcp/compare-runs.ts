import type { Check, Status } from "./run-suite.ts"

/** A check that did not end the same way directly and through the gateway. */
export type Difference = {
  readonly scenario: string
  readonly id: string
  readonly name: string
  readonly direct: Status | "ABSENT"
  readonly through: Status | "ABSENT"
  readonly isWorse: boolean
  readonly message?: string
}

const rank: Readonly<Record<Status | "ABSENT", number>> = {
  SUCCESS: 0,
  INFO: 1,
  SKIPPED: 2,
  ABSENT: 2,
  WARNING: 3,
  FAILURE: 4,
}

/** Compares two runs check by check; a scenario may report one id several times, so they pair up in order. */
export function compareRuns(direct: readonly Check[], through: readonly Check[]): Difference[] {
  const before = byKey(direct)
  const after = byKey(through)
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    difference(before.get(key), after.get(key)),
  )
}

function byKey(checks: readonly Check[]): Map<string, Check> {
  const seen = new Map<string, number>()
  return new Map(
    checks.map((check) => {
      const name = `${check.scenario} ${check.id} ${check.name}`
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      return [`${name} ${count}`, check] as const
    }),
  )
}

function difference(direct: Check | undefined, through: Check | undefined): Difference[] {
  const check = through ?? direct
  const from = direct?.status ?? "ABSENT"
  const to = through?.status ?? "ABSENT"
  // notes on what travelled (one per event seen) depend on timing and judge nothing
  const isNote = (status: string): boolean => status === "INFO" || status === "ABSENT"
  if (!check || from === to || (isNote(from) && isNote(to))) return []
  const message = through?.message === undefined ? {} : { message: through.message }
  const { scenario, id, name } = check
  return [{ scenario, id, name, direct: from, through: to, isWorse: rank[to] > rank[from], ...message }]
}

/** How many checks of a run ended in each way that counts. */
export function countChecks(checks: readonly Check[]): { passed: number; warned: number; failed: number } {
  const count = (status: Status): number => checks.filter((check) => check.status === status).length
  return { passed: count("SUCCESS"), warned: count("WARNING"), failed: count("FAILURE") }
}
