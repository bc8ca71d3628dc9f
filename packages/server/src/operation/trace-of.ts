import { MAX_TRACE_LINKS } from "@hufu/core/evidence/trace-file"
import { Failure } from "@hufu/core/failure"
import type { Store } from "../store/store.ts"

/** All that was attempted because of one order: its top, and for every action what was attempted under it. */
export interface Trace {
  readonly root: string
  /** The top first. */
  readonly below: ReadonlyMap<string, readonly string[]>
}

/** The trace that an action belongs to. Throws Failure("too_large") where it has more actions than a trace file. */
export function traceOf(store: Pick<Store, "query">, action: string): Trace {
  const above = (of: string) =>
    store.query<{ under: string }>("SELECT under FROM action_under WHERE action = ?", [of])[0]?.under
  let root = action
  for (let next = above(root); next !== undefined; next = above(root)) root = next
  const below = new Map<string, readonly string[]>()
  for (const open = [root]; open.length > 0;) {
    const of = open.shift() ?? ""
    const found = store
      .query<{ action: string }>("SELECT action FROM action_under WHERE under = ? ORDER BY action", [of])
      .map((row) => row.action)
    below.set(of, found)
    open.push(...found)
    if (below.size + open.length > MAX_TRACE_LINKS)
      throw new Failure(
        "too_large",
        `more than ${MAX_TRACE_LINKS} actions belong together here: take the receipts of those that you need`,
      )
  }
  return { root, below }
}
