import type { Above } from "@hufu/core/mandate/call"
import type { Mandate } from "@hufu/core/mandate/mandate"
import type { AgentAuthority } from "./agents.ts"

/** How mandates hang on each other where agents passed parts of them on. */
export interface Chains {
  /** What stands above a mandate that was passed on; undefined when a link is gone, or when an agent that holds one is not in service. */
  above(mandate: Mandate): Omit<Above, "left"> | undefined
  /** Whether a mandate is live, whatever stands above it. */
  isHeld(id: string): boolean
  /** Everything that was passed on from it, directly or further down; the nearest first. */
  below(id: string): Mandate[]
  /** Passed on from it directly, and what is on its way. */
  children(id: string): readonly Mandate[]
  /** Notes a change of a mandate: `undefined` when it holds no more. */
  set(id: string, mandate: Mandate | undefined): void
  /** Counts a mandate as passed on that is not durable yet; the returned function ends that. */
  announce(mandate: Mandate): () => void
}

/** How many mandates a chain has, the principal's among them. */
export const maxChain = 8

/** @param held the live mandates of an agent */
export function followChains(
  agents: Pick<AgentAuthority, "records">,
  held: (agent: string) => readonly Mandate[],
): Chains {
  const byId = new Map<string, Mandate>()
  const byParent = new Map<string, Map<string, Mandate>>()
  const announced = new Map<string, Set<Mandate>>()

  function set(id: string, mandate: Mandate | undefined): void {
    const { parent } = mandate ?? byId.get(id) ?? { parent: null }
    if (mandate === undefined) byId.delete(id)
    else byId.set(id, mandate)
    if (parent === null) return
    const siblings = byParent.get(parent) ?? new Map<string, Mandate>()
    if (mandate === undefined) siblings.delete(id)
    else siblings.set(id, mandate)
    if (siblings.size === 0) byParent.delete(parent)
    else byParent.set(parent, siblings)
  }

  function above(mandate: Mandate): Omit<Above, "left"> | undefined {
    const links: Mandate[] = []
    const beside: Mandate[] = []
    const holders = new Set([mandate.agent])
    for (let at = mandate; at.parent !== null;) {
      const link = byId.get(at.parent)
      // INVARIANT: what cannot be followed to the principal's own mandate holds nothing; a circle ends here too.
      if (link === undefined || links.length + 1 >= maxChain || holders.has(link.agent)) return undefined
      if (link.principal !== mandate.principal || agents.records.get(link.agent)?.state !== "live")
        return undefined
      holders.add(link.agent)
      links.push(link)
      beside.push(...held(link.agent).filter((each) => holdsBeside(each, link)))
      at = link
    }
    return { links, beside }
  }

  function below(id: string): Mandate[] {
    const found: Mandate[] = []
    const seen = new Set([id])
    for (let next: readonly string[] = [id]; next.length > 0;) {
      const level = next.flatMap((each) => [...(byParent.get(each)?.values() ?? [])])
      const fresh = level.filter((each) => !seen.has(each.id))
      for (const each of fresh) seen.add(each.id)
      found.push(...fresh)
      next = fresh.map((each) => each.id)
    }
    return found
  }

  return {
    set,
    isHeld: (id) => byId.has(id),
    above,
    below,
    children: (id) => [...(byParent.get(id)?.values() ?? []), ...(announced.get(id) ?? [])],
    announce(mandate) {
      const parent = mandate.parent ?? ""
      const all = announced.get(parent) ?? new Set()
      announced.set(parent, all.add(mandate))
      return () => {
        all.delete(mandate)
        if (all.size === 0) announced.delete(parent)
      }
    },
  }
}

/** Whether another mandate of the same agent forbids it something where it holds this one. */
function holdsBeside(other: Mandate, link: Mandate): boolean {
  return (
    other.id !== link.id &&
    other.parent === null &&
    other.never.length + other.userOnly.length > 0 &&
    (other.task === null || link.task === null || other.task === link.task)
  )
}
