import type { Effect } from "@hufu/core/words"
import type { Grounded } from "../fence/ground/ground.ts"

/** How it is settled when two agents that work on one task act on one thing: the principal decides, or a rule that they can read. */
export const claimRules = ["ask", "first", "priority", "owner"] as const
export type ClaimRule = (typeof claimRules)[number]

/** Who acts on something, and how far from whoever asked first. */
export interface Claimant {
  readonly agent: string
  /** Hufu's task of whoever asked first. */
  readonly task: string
  /** The order under which it acts; undefined at the top. */
  readonly under: string | undefined
  readonly depth: number
}

/** What agents that work on one task have claimed by acting on it, each until the order under which it acted ends. */
export interface Claims {
  /** Whether another agent of the task holds any of these, and whether the rule lets this one have them all the same. */
  look(by: Claimant, things: readonly string[]): { readonly held: boolean; readonly wins: boolean }
  /** Takes them. INVARIANT: in the same step in which it was looked at. */
  take(by: Claimant, things: readonly string[]): void
  /** Nobody acts under an order any more; what was claimed under it is free. */
  end(task: string, order: string): void
  /** No agent works on a task for another any more. */
  forget(task: string): void
}

interface Held {
  /** Whoever acted on it first, however long ago. */
  readonly owner: string
  holder: Claimant | undefined
}

/** Effects that leave a thing another than it was. */
const changing: ReadonlySet<Effect> = new Set<Effect>([
  "write",
  "delete",
  "publish",
  "pay",
  "execute",
  "control",
])
const mostInTask = 10_000

/** What an action changes: its targets at that server. */
export function thingsOf(
  server: string,
  { effect, targets }: Pick<Grounded, "effect" | "targets">,
): string[] {
  if (!changing.has(effect)) return []
  return [...new Set(targets.map(({ kind, value, path }) => JSON.stringify([server, kind, path ?? value])))]
}

export function trackClaims(rule: ClaimRule): Claims {
  const tasks = new Map<string, Map<string, Held>>()

  function wins({ agent, depth }: Claimant, { owner, holder }: Held): boolean {
    if (rule === "owner") return owner === agent
    // Among equals whoever came first.
    return rule === "priority" && depth < (holder?.depth ?? Infinity)
  }

  return {
    look(by, things) {
      const known = tasks.get(by.task)
      const others = things.flatMap((thing) => {
        const held = known?.get(thing)
        return held?.holder === undefined || held.holder.agent === by.agent ? [] : [held]
      })
      return { held: others.length > 0, wins: others.length > 0 && others.every((each) => wins(by, each)) }
    },
    take(by, things) {
      const known = tasks.get(by.task) ?? new Map<string, Held>()
      tasks.set(by.task, known)
      for (const thing of things) {
        const held = known.get(thing) ?? { owner: by.agent, holder: undefined }
        held.holder = by
        known.delete(thing)
        known.set(thing, held)
      }
      for (const oldest of known.keys()) {
        if (known.size <= mostInTask) break
        known.delete(oldest)
      }
    },
    end(task, order) {
      for (const held of tasks.get(task)?.values() ?? [])
        if (held.holder?.under === order) held.holder = undefined
    },
    forget: (task) => void tasks.delete(task),
  }
}
