import { DeviceRecord } from "@hufu/core/contract/place"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Store, Tx } from "../store/store.ts"
import type { Declare } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

export const deviceKind: RecordKind<DeviceRecord> = {
  kind: "device",
  schema: DeviceRecord,
  states: ["live"],
  state: ({ state }) => state,
  at: ({ createdAt }) => createdAt,
  sealed: { members: ["name", "publicKey"], subject: ({ id }) => id, blank: undefined },
}

/** Devices that may say where an agent is, each by a key that a person registered. */
export interface DeviceAuthority {
  /** By name or id, live only. */
  need(ref: string): DeviceRecord
  list(): DeviceRecord[]
  /** Live or removed. */
  idsOfAgent(agent: string): string[]
  isLive(id: string): boolean
  add(device: { name: string; agent: string; publicKey: string }, by: string): Promise<DeviceRecord>
  remove(device: DeviceRecord, by: string): Promise<DeviceRecord>
  /** Takes the number of a statement at once, so that none counts twice; `write` keeps it in the commit of what it says. */
  take(device: DeviceRecord, number: number): { write(tx: Tx): void }
}

const maxDevices = 1000
const maxPerAgent = 16

export function openDevices(store: Store, clock: Clock, declare: Declare): DeviceAuthority {
  const records = openRecords(store, deviceKind)
  const byName = (name: string) => [...records.all()].find((device) => device.name === name)
  const ofAgent = (agent: string) => [...records.all()].filter((device) => device.agent === agent)
  let adding: Promise<unknown> = Promise.resolve()

  async function create(draft: Parameters<DeviceAuthority["add"]>[0], by: string): Promise<DeviceRecord> {
    if (byName(draft.name))
      throw new Failure("name_taken", `there is a device \`${draft.name}\` already: give another name`)
    if (records.size >= maxDevices || ofAgent(draft.agent).length >= maxPerAgent)
      throw new Failure(
        "too_many",
        `an agent has at most ${maxPerAgent} devices, and a node ${maxDevices}: remove some first`,
      )
    const now = clock.now()
    const device: DeviceRecord = {
      id: newId("device", now),
      ...draft,
      state: "live",
      createdAt: now,
      number: -1,
    }
    await store.commit((tx) => {
      records.put(tx, device)
      declare(tx, {
        fact: "device.added",
        subject: device.id,
        by,
        refs: { agent: device.agent },
        content: { name: device.name, publicKey: device.publicKey },
      })
    })
    records.set(device)
    return device
  }

  return {
    need: (ref) => byName(ref) ?? records.need(ref),
    list: () => [...records.all()],
    isLive: (id) => records.get(id) !== undefined,
    idsOfAgent(agent) {
      const rows = store.query<{ id: string }>(
        "SELECT id FROM record WHERE kind = 'device' AND body ->> '$.agent' = ?",
        [agent],
      )
      return rows.map(({ id }) => id)
    },
    add(draft, by) {
      // One at a time: a name is taken once.
      const mine = adding.then(() => create(draft, by))
      adding = mine.catch(() => undefined)
      return mine
    },
    async remove(device, by) {
      const removed: DeviceRecord = { ...records.need(device.id), state: "removed" }
      await store.commit((tx) => {
        records.put(tx, removed)
        declare(tx, { fact: "device.removed", subject: device.id, by, refs: { agent: device.agent } })
      })
      records.forget(device.id)
      return removed
    },
    take({ id }, number) {
      const taken: DeviceRecord = { ...records.need(id), number }
      records.set(taken)
      return {
        // A later statement may have been taken meanwhile, or the device removed.
        write(tx) {
          const now = records.get(id)
          if (now !== undefined) records.put(tx, now)
        },
      }
    },
  }
}
