import { z } from "zod"
import type { Store } from "../store/store.ts"
import type { Clock } from "../clock.ts"
import { type Alarm, asFailureOf } from "../witness/witness-sentences.ts"
import { type Declare, saidTime } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

const Stop = z.object({ id: z.literal("stop"), stopped: z.boolean(), at: z.int() })
type Stop = z.infer<typeof Stop>

export const stopKind: RecordKind<Stop> = { kind: "stop", schema: Stop }

/** `hufu stop --all`: nobody acts through this node until a person lifts it; it survives a restart. */
export interface StopAuthority {
  readonly stopped: boolean
  /** When it was last declared or lifted; 0 if never. */
  readonly since: number
  declare(by: string, reason: string): Promise<void>
  lift(by: string): Promise<void>
}

/** @param alarm why nobody may act whatever the person says: the ledger itself is in question */
export function openStop(
  store: Store,
  clock: Clock,
  declare: Declare,
  alarm: () => Alarm | null = () => null,
): StopAuthority {
  const records = openRecords(store, stopKind)
  let turn = 0
  async function save(stopped: boolean, by: string, reason: string) {
    const stop: Stop = { id: "stop", stopped, at: clock.now() }
    // INVARIANT 6: it bites in memory first; only lifting waits for the commit.
    if (stopped) records.set(stop)
    const mine = ++turn
    await store.commit((tx) => {
      records.put(tx, stop)
      declare(tx, {
        fact: stopped ? "stop.declared" : "stop.lifted",
        subject: "all",
        by,
        refs: { at: saidTime(stop.at) },
        ...(reason ? { content: { reason } } : {}),
      })
    })
    // A stop that was declared while this lift was written stands.
    if (mine === turn) records.set(stop)
  }
  return {
    get stopped() {
      return alarm() !== null || (records.get("stop")?.stopped ?? false)
    },
    get since() {
      return records.get("stop")?.at ?? 0
    },
    declare: (by, reason) => save(true, by, reason),
    async lift(by) {
      const known = alarm()
      if (known !== null) throw asFailureOf(known)
      await save(false, by, "")
    },
  }
}
