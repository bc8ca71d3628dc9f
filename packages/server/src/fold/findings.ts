import type { Tx } from "../store/store.ts"
import type { StateDifference } from "@hufu/core/contract/state"
import { secretMembers } from "./table-classes.ts"

const maxShown = 1000

/** How a difference is mended; null where too much of the record was erased or never stated. */
export type Repair = ((tx: Tx) => void) | null

export interface Found {
  readonly difference: StateDifference
  readonly repair: Repair
}

/** What a comparison has shown. */
export interface Findings {
  records: number
  members: number
  /** The first of them; all are counted. */
  readonly found: Found[]
  differing: number
  readonly erased: Map<string, number>
  readonly unstated: Map<string, number>
}

export function noFindings(): Findings {
  return { records: 0, members: 0, found: [], differing: 0, erased: new Map(), unstated: new Map() }
}

export function report(
  to: Findings,
  difference: Omit<StateDifference, "ledger" | "table"> & {
    readonly ledger?: unknown
    readonly table?: unknown
  },
  repair: Repair,
): void {
  to.differing += 1
  if (to.found.length >= maxShown) return
  const { ledger, table, ...rest } = difference
  const isSecret = difference.member !== null && secretMembers[rest.kind]?.includes(difference.member)
  const shown = isSecret ? {} : { ...asJson("ledger", ledger), ...asJson("table", table) }
  to.found.push({ difference: { ...rest, ...shown }, repair })
}

export function count(in_: Map<string, number>, name: string, by = 1): void {
  in_.set(name, (in_.get(name) ?? 0) + by)
}

function asJson(name: string, value: unknown): Record<string, never> | Partial<StateDifference> {
  // What JSON cannot carry is not there.
  return value === undefined ? {} : { [name]: JSON.parse(JSON.stringify(value)) }
}
