import { ProtectionRecord } from "@hufu/core/contract/protection"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Store, Tx } from "../store/store.ts"
import { type Declare, saidTime, saidYes } from "./declare.ts"
import { openRecords, type RecordKind } from "./records.ts"

export const protectionKind: RecordKind<ProtectionRecord> = {
  kind: "protection",
  schema: ProtectionRecord,
  states: ["live"],
  state: ({ state }) => state,
  at: ({ createdAt }) => createdAt,
  sealed: {
    members: ["name", "born", "band", "basis", "how", "zone", "guardian", "nights", "agents"],
    subject: ({ id }) => id,
    blank: undefined,
  },
}

/** What a person says of somebody; what is left out stays as it is. */
export type ProtectionSaid = Pick<ProtectionRecord, "name"> & {
  readonly [Member in keyof Omit<ProtectionRecord, "id" | "state" | "name">]?:
    | ProtectionRecord[Member]
    | undefined
}

/** Who the persons are for whom agents act with more care, as their guardians have said. */
export interface ProtectionAuthority {
  /** Whose agent this is: the person who has it by name, else the one who has all others. */
  ofAgent(agent: string): ProtectionRecord | undefined
  /** By name or id, live only. */
  need(ref: string): ProtectionRecord
  isLive(id: string): boolean
  list(): ProtectionRecord[]
  set(said: ProtectionSaid, by: string): Promise<ProtectionRecord>
  /** @param forget what else goes in the same commit */
  remove(protection: ProtectionRecord, by: string, forget: (tx: Tx) => void): Promise<ProtectionRecord>
}

const mostProtections = 200

/** @param zone where whoever says nothing is */
export function openProtections(
  store: Store,
  clock: Clock,
  declare: Declare,
  zone: string,
): ProtectionAuthority {
  const records = openRecords(store, protectionKind)
  const byName = (name: string) => [...records.all()].find((each) => each.name === name)
  let changing: Promise<unknown> = Promise.resolve()

  /** One at a time: a name and an agent are taken once. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = changing.then(work)
    changing = mine.catch(() => undefined)
    return mine
  }

  function draft({ name, ...said }: ProtectionSaid): ProtectionRecord {
    const now = clock.now()
    const before = byName(name)
    const begun: ProtectionRecord = before ?? {
      id: newId("protection", now),
      name,
      born: null,
      band: null,
      basis: "declared",
      how: "",
      zone,
      guardian: "",
      consent: false,
      nights: false,
      agents: [],
      state: "live",
      createdAt: now,
      changedAt: now,
    }
    // A birthday takes the place of a band, and a band that of a birthday.
    const age =
      said.born != null ? { band: null } : said.band != null ? { born: null } : ({} as Record<string, never>)
    const given = Object.entries({ ...said, ...age }).filter(([, value]) => value !== undefined)
    return ProtectionRecord.parse({ ...begun, ...Object.fromEntries(given), changedAt: now })
  }

  function refuse(after: ProtectionRecord): void {
    const others = [...records.all()].filter(({ id }) => id !== after.id)
    if (others.length >= mostProtections)
      throw new Failure("too_many", `a node has at most ${mostProtections} of these: remove some first`)
    if (after.born !== null && after.band !== null)
      throw new Failure("invalid_input", "give either `born` or `band`: the one takes the place of the other")
    if (after.basis === "verified" && after.how === "")
      throw new Failure("invalid_input", "say in `how` how the age was verified, or give `basis` as declared")
    if ((after.consent || after.nights) && after.guardian === "")
      throw new Failure("invalid_input", "say in `guardian` who consents: only a guardian can")
    const taken = after.agents.find((agent) => others.some(({ agents }) => agents.includes(agent)))
    if (taken !== undefined)
      throw new Failure(
        "invalid_input",
        `the agent \`${taken}\` is another person's already: change that first`,
      )
    if (after.agents.length === 0 && others.some(({ agents }) => agents.length === 0))
      throw new Failure(
        "invalid_input",
        "another person has every agent that is no other person's: say in `agents` which ones this person uses",
      )
  }

  async function set(said: ProtectionSaid, by: string): Promise<ProtectionRecord> {
    const after = draft(said)
    refuse(after)
    const { id, changedAt, consent, name, born, band, basis, how, zone: where, guardian, nights } = after
    const content = { name, born, band, basis, how, zone: where, guardian, nights, agents: after.agents }
    await store.commit((tx) => {
      records.put(tx, after)
      declare(tx, {
        fact: "protection.set",
        subject: id,
        by,
        refs: { at: saidTime(changedAt), consent: saidYes(consent) },
        content,
      })
    })
    records.set(after)
    return after
  }

  return {
    ofAgent(agent) {
      const all = [...records.all()]
      return all.find(({ agents }) => agents.includes(agent)) ?? all.find(({ agents }) => agents.length === 0)
    },
    need: (ref) => byName(ref) ?? records.need(ref),
    isLive: (id) => records.get(id) !== undefined,
    list: () => [...records.all()],
    set: (said, by) => alone(() => set(said, by)),
    remove: ({ id }, by, forget) =>
      alone(async () => {
        const removed: ProtectionRecord = { ...records.need(id), state: "removed" }
        await store.commit((tx) => {
          records.put(tx, removed)
          declare(tx, { fact: "protection.removed", subject: id, by })
          forget(tx)
        })
        records.forget(id)
        return removed
      }),
  }
}
