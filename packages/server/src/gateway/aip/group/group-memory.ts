import { newId } from "@hufu/core/id"
import type { Clock } from "../../../clock.ts"
import type { Store } from "../../../store/store.ts"
import type { Caller, Door } from "../../governor.ts"
import { type GroupFacts, type GroupMember, type GroupRow, groupRows } from "./group-rows.ts"

/** Every group that is not dissolved, as it is written down. */
export interface GroupMemory {
  find(leader: string, groupId: string): GroupRow | undefined
  all(): IterableIterator<GroupRow>
  /** How many an agent leads. */
  countOf(agent: string): number
  /** Changes of one group come one after another. */
  inTurn<T>(leader: string, groupId: string, work: () => Promise<T>): Promise<T>
  begin(draft: Pick<GroupRow, "agent" | "task"> & { readonly facts: GroupFacts }): GroupRow
  /** Durable once it resolves; what narrows is in force at once, what widens only then. */
  write(row: GroupRow, isNarrowing: boolean): Promise<void>
  prune(before: number): Promise<void>
}

const keyOf = (leader: string, groupId: string) => `${leader}\n${groupId}`

export function openGroupMemory(store: Store, clock: Clock): GroupMemory {
  const rows = groupRows(store)
  const groups = new Map<string, GroupRow>()
  const turns = new Map<string, Promise<unknown>>()
  for (const row of rows.live()) groups.set(keyOf(row.facts.leader, row.facts.groupId), row)

  function show(row: GroupRow): void {
    const key = keyOf(row.facts.leader, row.facts.groupId)
    if (row.isDissolved) groups.delete(key)
    else groups.set(key, row)
  }

  return {
    find: (leader, groupId) => groups.get(keyOf(leader, groupId)),
    all: () => groups.values(),
    countOf(agent) {
      let count = 0
      for (const group of groups.values()) if (group.agent === agent) count++
      return count
    },
    inTurn<T>(leader: string, groupId: string, work: () => Promise<T>): Promise<T> {
      const key = keyOf(leader, groupId)
      const mine = (turns.get(key) ?? Promise.resolve()).then(work)
      const settled = mine.catch(() => undefined)
      turns.set(key, settled)
      void settled.then(() => turns.get(key) === settled && turns.delete(key))
      return mine
    },
    begin({ agent, task, facts }) {
      const now = clock.now()
      const id = newId("group", now)
      return { id, agent, task, isDissolved: false, createdAt: now, changedAt: now, facts }
    },
    async write(row, isNarrowing) {
      const changed: GroupRow = { ...row, changedAt: clock.now() }
      // INVARIANT 6: a stop does not wait for a disk.
      if (isNarrowing) show(changed)
      await store.commit((tx) => rows.put(tx, changed))
      show(changed)
    },
    prune: (before) => store.commit((tx) => rows.prune(tx, before)),
  }
}

/** As whom the leader of a group acts. */
export function callerOf({ agent, facts }: GroupRow, now: number): Caller {
  const { version, principal, credential, door } = facts.caller
  // It was written by a door.
  return { agent, version, principal, credential, door: door as Door, connection: newId("connection", now) }
}

export function memberOf({ facts }: GroupRow, aic: string): GroupMember | undefined {
  return facts.members.find((each) => each.aic === aic)
}

/** The same group with one member as it is now. */
export function withMember(row: GroupRow, member: GroupMember): GroupRow {
  const others = row.facts.members.filter(({ aic }) => aic !== member.aic)
  return { ...row, facts: { ...row.facts, members: [...others, member] } }
}
