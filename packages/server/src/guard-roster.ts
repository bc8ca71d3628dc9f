/** Which Hufu the guards are that are connected at this moment; null of those that did not say it. */
export interface GuardRoster {
  enter(guard: { readonly version: string | null; readonly agent: string }): () => void
  /** By version, with the agents whose guards they are. */
  list(): { version: string | null; count: number; agents: string[] }[]
}

/** Nobody is there yet. */
export function createGuardRoster(): GuardRoster {
  const here = new Set<{ readonly version: string | null; readonly agent: string }>()
  return {
    enter(guard) {
      const mine = { ...guard }
      here.add(mine)
      return () => void here.delete(mine)
    },
    list() {
      const groups = Map.groupBy(here, ({ version }) => version)
      return [...groups].map(([version, guards]) => ({
        version,
        count: guards.length,
        agents: [...new Set(guards.map(({ agent }) => agent))].sort(),
      }))
    },
  }
}
