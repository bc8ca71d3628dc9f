import type { Chain, ChainLink, LinkState } from "@hufu/core/contract/passing"
import { isLiveAt } from "@hufu/core/mandate/grant-covers"
import { boundBy } from "@hufu/core/mandate/passed-on"
import type { Mandate } from "@hufu/core/mandate/mandate"
import type { OperationParts } from "./parts.ts"

type Parts = Pick<OperationParts, "agents" | "budgets" | "mandates" | "clock">

/** The whole chain that a mandate belongs to: what the principal gave, and everything that was passed on from it. */
export function chainOf(parts: Parts, id: string): Chain {
  const { mandates } = parts
  let root = mandates.need(id)
  for (let steps = 0; root.parent !== null && steps < 16; steps++) {
    const above = mandates.find(root.parent)
    if (above === undefined) break
    root = above
  }
  const items: ChainLink[] = []
  const add = (mandate: Mandate) => {
    items.push(linkOf(parts, mandate))
    for (const each of mandates.below(mandate.id)) if (each.parent === mandate.id) add(each)
  }
  add(root)
  return { items }
}

function linkOf(parts: Parts, mandate: Mandate): ChainLink {
  const { agents, budgets } = parts
  const limited = [...mandate.grants.keys(), -1].filter(
    (grant) => (grant < 0 ? mandate.budget : mandate.grants[grant]?.budget) !== undefined,
  )
  return {
    mandate,
    agentName: agents.records.get(mandate.agent)?.name ?? mandate.agent,
    state: stateOf(parts, mandate),
    budgets: limited.map((grant) => {
      const left = budgets.left(mandate, grant)
      const inAll = budgets.leftInAll(mandate, grant)
      const { count, amount } = budgets.spent(mandate.id, grant)
      // What has no bound has nothing set aside.
      const difference = (all: number, own: number) => (Number.isFinite(all) ? all - own : 0)
      return {
        grant,
        spent: { count, amount },
        setAside: {
          count: difference(inAll.count, left.count),
          amount: difference(inAll.amount, left.amount),
        },
      }
    }),
  }
}

function stateOf({ agents, mandates, clock }: Parts, mandate: Mandate): LinkState {
  const now = clock.now()
  if (mandate.until <= now) return "expired"
  if (!isLiveAt(mandate, now)) return "not_yet"
  if (agents.records.get(mandate.agent)?.state !== "live") return "agent_out_of_service"
  const above = mandates.above(mandate)
  const holds = above && boundBy({ mandate, above }).every((link) => isLiveAt(link, now))
  return holds === true ? "holds" : "above"
}
