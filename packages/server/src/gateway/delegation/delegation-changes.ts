import type { DelegationState } from "@hufu/core/delegation/delegation-state"

export interface DelegationChange {
  readonly id: string
  readonly state: DelegationState
}

/** Which delegations changed lately, for whoever follows: one line for each, and only the last of them. */
export interface DelegationChanges {
  tell(change: DelegationChange): void
  /** The number of the last change. */
  last(): number
  /** What changed after a number; undefined where not all of it is known any more. */
  after(seen: number): readonly DelegationChange[] | undefined
}

const mostLines = 1000

export function delegationChanges(most = mostLines): DelegationChanges {
  /** By id, the one that changed longest ago first. */
  const lines = new Map<string, { readonly number: number; readonly change: DelegationChange }>()
  let last = 0
  let forgotten = 0
  return {
    tell(change) {
      lines.delete(change.id)
      lines.set(change.id, { number: ++last, change })
      for (const [id, { number }] of lines) {
        if (lines.size <= most) break
        lines.delete(id)
        forgotten = number
      }
    },
    last: () => last,
    after(seen) {
      if (seen >= last) return []
      if (seen < forgotten) return undefined
      return [...lines.values()].flatMap(({ number, change }) => (number > seen ? [change] : []))
    },
  }
}
