import { z } from "zod"
import { RetentionRecord } from "@hufu/core/contract/records"
import { idBefore } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store } from "../store/store.ts"
import type { Declare } from "./declare.ts"
import type { KeepRule } from "./erasure.ts"
import type { HoldAuthority } from "./holds.ts"
import { openRecords, type RecordKind } from "./records.ts"

const Settings = RetentionRecord.extend({ id: z.literal("retention") })
type Settings = z.infer<typeof Settings>

export const retentionKind: RecordKind<Settings> = { kind: "retention", schema: Settings }

/** How long private content is kept. What is erased leaves its entries, and every proof of them, as they are. */
export interface RetentionAuthority {
  settings(): RetentionRecord
  set(
    change: { actions?: number | undefined; tasks?: number | undefined },
    by: string,
  ): Promise<RetentionRecord>
  /** Erases some of what has been kept long enough; answers how much, so that the caller knows whether there may be more. */
  tick(): Promise<number>
}

export interface RetentionParts {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly declare: Declare
  readonly holds: Pick<HoldAuthority, "find">
  /** What a statute asks for tasks and all that is theirs. */
  readonly keep?: KeepRule | undefined
}

const dayMs = 86_400_000
/** One step of the work, so that no call waits long behind it. */
const maxItems = 500
const maxTasks = 10
const kept: Settings = { id: "retention", actions: 0, tasks: 0 }

export function openRetention({
  store,
  vault,
  clock,
  declare,
  holds,
  keep,
}: RetentionParts): RetentionAuthority {
  const lawDays = keep?.wins === "law" ? keep.days : 0
  const records = openRecords(store, retentionKind)
  const current = () => records.get(kept.id) ?? kept
  let running: Promise<number> | undefined

  async function set({ actions, tasks }: Parameters<RetentionAuthority["set"]>[0], by: string) {
    const before = current()
    const after: Settings = { ...before, actions: actions ?? before.actions, tasks: tasks ?? before.tasks }
    if (after.actions !== before.actions || after.tasks !== before.tasks) {
      await store.commit((tx) => {
        records.put(tx, after)
        const refs = {
          actions: word(after.actions),
          actionsBefore: word(before.actions),
          tasks: word(after.tasks),
          tasksBefore: word(before.tasks),
        }
        declare(tx, { fact: "retention.set", subject: "node", by, refs })
      })
      records.set(after)
    }
    return shown(after)
  }

  async function work(): Promise<number> {
    const { actions, tasks } = current()
    return (actions > 0 ? await eraseActions(actions) : 0) + (tasks > 0 ? await eraseTasks(tasks) : 0)
  }

  async function eraseActions(days: number): Promise<number> {
    const before = clock.now() - Math.max(days, lawDays) * dayMs
    const items = [...older("action", before), ...older("hold", before).filter(({ id }) => !isOpen(id))]
    if (items.length === 0) return 0
    await vault.forget(
      items.map(({ id }) => id),
      (tx) => {
        for (const [subject, of] of Map.groupBy(items, (item) => item.subject)) {
          const ids = of.map(({ id }) => id.split("/")[0] ?? id)
          // Ids sort by age: between these two, nothing of this task is left.
          declare(tx, {
            fact: "content.erased",
            subject,
            by: "node",
            refs: {
              kind: "actions",
              count: `n${of.length}`,
              first: ids[0] ?? "none",
              last: ids.at(-1) ?? "none",
            },
          })
        }
      },
    )
    return items.length
  }

  function older(kind: "action" | "hold", before: number) {
    return store.query<{ id: string; subject: string }>(
      "SELECT id, subject FROM vault WHERE id >= ? AND id < ? AND subject LIKE 'tsk!_%' ESCAPE '!' ORDER BY id LIMIT ?",
      [idBefore(kind, 0), idBefore(kind, Math.max(0, before)), maxItems],
    )
  }

  /** A person may still have to see it. */
  function isOpen(id: string): boolean {
    const state = holds.find(id.split("/")[0] ?? id)?.state
    return state === "waiting" || state === "approved"
  }

  async function eraseTasks(days: number): Promise<number> {
    const before = clock.now() - days * dayMs
    const ended = store.query<{ id: string }>(
      `SELECT r.id AS id FROM record r JOIN vault_key k ON k.subject = r.id
       WHERE r.kind = 'task' AND r.state = 'ended' AND r.at < ? AND r.body ->> '$.endedAt' < ? ORDER BY r.at LIMIT ?`,
      [Math.min(before, clock.now() - lawDays * dayMs), before, maxTasks],
    )
    // The words in the task's row are sealed with its key.
    for (const { id } of ended)
      await vault.erase(id, (tx) => {
        declare(tx, { fact: "content.erased", subject: id, by: "node", refs: { kind: "task" } })
      })
    return ended.length
  }

  return {
    settings: () => shown(current()),
    set,
    tick: () => (running ??= work().finally(() => (running = undefined))),
  }
}

function shown({ actions, tasks }: Settings): RetentionRecord {
  return { actions, tasks }
}

function word(days: number): string {
  return days === 0 ? "keep" : `days-${days}`
}
