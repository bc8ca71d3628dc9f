import { type Cover, cover } from "@hufu/core/mandate/cover"
import type { Call } from "@hufu/core/mandate/call"
import type { Slice } from "@hufu/core/mandate/passed-on"
import type { MandateAuthority } from "../authority/mandates.ts"
import type { DelegationFacts } from "../fence/rules/schema.ts"
import { type OpenOrder, pathOf } from "./open-orders.ts"

/** What the mandates of those that asked say of a call, the weakest of them, and what it takes of their budgets. */
export interface AskedBy {
  readonly askers: DelegationFacts["askers"]
  readonly slices: readonly Slice[]
}

/**
 * INVARIANT: an agent gets nothing done by another that it may not do itself. Each agent that asked, all the way up, has to be covered for
 * the call as if it made it, at this moment; what counts against its budgets counts whoever does it.
 */
export function askedBy(
  mandates: Pick<MandateAuthority, "live">,
  under: OpenOrder | undefined,
  call: Call,
): AskedBy {
  let askers: AskedBy["askers"] = "may"
  const slices: Slice[] = []
  for (const { agent, task } of pathOf(under)) {
    const live = mandates.live(agent, task)
    const said = cover(live, call)
    askers = weaker(askers, wordOf(said))
    const mandate = live.find(({ id }) => id === said.mandate)
    if (mandate !== undefined && said.grant !== undefined)
      slices.push({ mandate, grant: said.grant, amount: said.amount }, ...(said.above ?? []))
  }
  return { askers, slices }
}

function wordOf({ live, forbids, covers, asks, mode, otherwise }: Cover): AskedBy["askers"] {
  if (!live || forbids || (!covers && !asks && otherwise === "deny")) return "must-not"
  return covers && !asks && mode === "auto" ? "may" : "ask"
}

const order = ["must-not", "ask", "may"] as const

function weaker(one: AskedBy["askers"], other: AskedBy["askers"]): AskedBy["askers"] {
  return order.indexOf(one) < order.indexOf(other) ? one : other
}
