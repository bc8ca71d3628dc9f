import { NodeEvent } from "@hufu/core/contract/node-event"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { intentOf, newAction, note, outcomeOf, type Scratch, scratch } from "../../store/scratch-store.ts"
import { openStore, type Store } from "../../store/store.ts"
import { delegationChanges } from "../../gateway/delegation/delegation-changes.ts"
import { createEventFeed, type EventFeed, type FeedOptions } from "./event-feed.ts"

let place: Scratch
let store: Store
let feed: EventFeed
beforeEach(async () => {
  place = scratch()
  await open()
  await store.ledger.append(note())
})
afterEach(async () => {
  feed.close()
  await store.close()
  place.remove()
})

async function open(more: Partial<FeedOptions> = {}): Promise<void> {
  store = await openStore(place.options())
  feed = createEventFeed({ ledger: store.ledger, lookMs: 2, ...more })
}

function refeed(more: Partial<FeedOptions>): void {
  feed.close()
  feed = createEventFeed({ ledger: store.ledger, lookMs: 2, ...more })
}

interface Told {
  readonly id: string | undefined
  readonly event: NodeEvent
}

/** Somebody who follows, and reads when they are told to. */
function follow(from?: string, { caller = "brw_a", isAllowed = (): boolean => true } = {}) {
  const reader = feed.open({ from, caller, isAllowed }).getReader()
  const queue: Told[] = []
  async function next(): Promise<Told | undefined> {
    while (queue.length === 0) {
      const { done, value } = await reader.read()
      if (done) return undefined
      for (const message of Buffer.from(value).toString("utf8").split("\n\n")) {
        const data = /^data: (.+)$/m.exec(message)?.[1]
        if (data !== undefined)
          queue.push({ id: /^id: (.+)$/m.exec(message)?.[1], event: NodeEvent.parse(JSON.parse(data)) })
      }
    }
    return queue.shift()
  }
  return {
    next,
    async take(count: number) {
      const told: Told[] = []
      for (let i = 0; i < count; i++) {
        const one = await next()
        if (one) told.push(one)
      }
      return told
    },
    leave: () => reader.cancel(),
  }
}

const act = async () => {
  const action = newAction()
  await store.ledger.append(intentOf(action))
  await store.ledger.append(outcomeOf(action))
  return action
}
const hold = {
  kind: "hold" as const,
  hold: "hld_0123456789",
  digest: "0".repeat(64),
  agent: "agt_a",
  task: "tsk_a",
  effect: "send" as const,
  expires: 1,
}
const approval = {
  kind: "approval" as const,
  approval: "apr_0123456789",
  hold: hold.hold,
  by: "usr_a",
  digest: hold.digest,
}

describe("what is told", () => {
  it("is what happens from now on, after a word that it begins", async () => {
    const follower = follow()
    expect((await follower.next())?.event).toEqual({ type: "ready", size: 1 })
    const action = await act()
    const told = await follower.take(2)
    expect(told.map(({ event }) => event)).toMatchObject([
      { type: "entry", kind: "intent", action, agent: "agt_a", task: "tsk_a", verdict: "allow", index: 1 },
      { type: "entry", kind: "outcome", action, outcome: "done", index: 2 },
    ])
  })

  it("is every change of a held action", async () => {
    const follower = follow()
    await store.ledger.append(hold)
    await store.ledger.append({ ...approval, decision: "once" })
    await store.ledger.append(intentOf(newAction(), { hold: hold.hold, approval: approval.approval }))
    await store.ledger.append({ ...approval, decision: "expired" })
    const told = await follower.take(9)
    const states = told.flatMap(({ event }) => (event.type === "hold" ? [event.state] : []))
    expect(states).toEqual(["waiting", "approved", "used", "expired"])
  })

  it("is how a delegation stands since it changed, which has no place to go on from", async () => {
    const delegations = delegationChanges(2)
    delegations.tell({ id: "dlg_before", state: "working" })
    refeed({ delegations })
    const follower = follow()
    const first = await follower.next()
    delegations.tell({ id: "dlg_a", state: "completed" })
    expect(await follower.next()).toEqual({
      id: undefined,
      event: { type: "delegation", id: "dlg_a", state: "completed" },
    })
    // Who has fallen too far behind reads all of it again.
    for (const id of ["dlg_b", "dlg_c", "dlg_d"]) delegations.tell({ id, state: "working" })
    expect((await follower.next())?.event).toMatchObject({ type: "reset", reason: "behind" })
    const again = follow(first?.id)
    expect((await again.next())?.event).toMatchObject({ type: "ready" })
    const action = await act()
    expect((await again.next())?.event).toMatchObject({ action })
  })

  it("is which record changed, and whether the node was stopped", async () => {
    const follower = follow()
    const agent = "agt_0123456789"
    await store.ledger.append({ kind: "statement", fact: "agent.suspended", subject: agent })
    await store.ledger.append({
      kind: "statement",
      fact: "credential.issued",
      subject: "crd_0123456789",
      refs: { agent },
    })
    await store.ledger.append({ kind: "statement", fact: "stop.declared", subject: "all" })
    const told = (await follower.take(8)).map(({ event }) => event).filter(({ type }) => type !== "entry")
    expect(told).toEqual([
      { type: "ready", size: 1 },
      { type: "record", noun: "agent", id: agent },
      { type: "record", noun: "credential", id: "crd_0123456789" },
      { type: "record", noun: "agent", id: agent },
      { type: "node", state: "stopped" },
    ])
  })
})

describe("going on from an id", () => {
  it("misses nothing and doubles nothing, wherever it was cut, also after a restart of the node", async () => {
    const whole = follow()
    await store.ledger.append(hold)
    await act()
    await store.ledger.append({ ...approval, decision: "refused" })
    const all = await whole.take(7)
    expect(all).toHaveLength(7)
    for (const restarts of [false, true]) {
      if (restarts) {
        feed.close()
        await store.close()
        await open()
      }
      for (const [i, { id }] of all.entries()) {
        const again = follow(id)
        expect(await again.next()).toEqual({ id, event: { type: "ready", size: 5 } })
        expect(await again.take(all.length - i - 1)).toEqual(all.slice(i + 1))
        await again.leave()
      }
    }
  })

  it("goes through more than one page", async () => {
    const start = (await follow().next())?.id
    await Promise.all(Array.from({ length: 700 }, () => store.ledger.append(note())))
    const told = await follow(start).take(701)
    const indexes = told.flatMap(({ event }) => (event.type === "entry" ? [event.index] : []))
    expect(indexes).toEqual(Array.from({ length: 700 }, (_, i) => i + 1))
  })

  it("says to read again when it is of another ledger, of none, or too old", async () => {
    const other = await (async () => {
      const elsewhere = scratch()
      const ledger = await openStore(elsewhere.options())
      await ledger.ledger.append(note("ledger"))
      const there = createEventFeed({ ledger: ledger.ledger })
      const chunk = await there
        .open({ from: undefined, caller: "x", isAllowed: () => true })
        .getReader()
        .read()
      there.close()
      await ledger.close()
      elsewhere.remove()
      return /id: (.+)/.exec(Buffer.from(chunk.value ?? []).toString("utf8"))?.[1]
    })()
    const old = (await follow().next())?.id
    for (let i = 0; i < 5; i++) await act()
    for (const id of [other, "", "7", "999.0.0123456789abcdef", "0.1.0123456789abcdef", "x".repeat(100)]) {
      const told = await follow(id, { caller: `brw_${id}` }).next()
      expect(told?.event).toEqual({ type: "reset", reason: "unknown", size: 11 })
    }
    refeed({ maxBehind: 5 })
    const late = follow(old)
    expect((await late.next())?.event).toEqual({ type: "reset", reason: "behind", size: 11 })
    const action = await act()
    expect((await late.next())?.event).toMatchObject({ type: "entry", action })
  })
})

describe("a stream ends", () => {
  it("when whoever opened it may not look any more, and tells them nothing of what came after", async () => {
    let isAllowed = true
    const follower = follow(undefined, { isAllowed: () => isAllowed })
    await follower.next()
    isAllowed = false
    await act()
    expect((await follower.next())?.event).toEqual({ type: "bye", reason: "signed_out" })
    expect(await follower.next()).toBeUndefined()
  })

  it("when too little is read, with a last word that says so, and holds no more than a page until then", async () => {
    refeed({ stallMs: 20 })
    const follower = follow()
    for (let i = 0; i < 300; i++) await act()
    // It gave its place up, unread.
    await expect.poll(() => feed.followers(), { timeout: 20_000 }).toBe(0)
    const told: Told[] = []
    for (let next = await follower.next(); next; next = await follower.next()) told.push(next)
    expect(told.at(-1)?.event).toEqual({ type: "bye", reason: "slow" })
    expect(told.length).toBeLessThan(500)
  })

  it("when the node goes", async () => {
    const follower = follow()
    await follower.next()
    feed.close()
    expect((await follower.next())?.event).toEqual({ type: "bye", reason: "closing" })
    expect(() => follow()).toThrow(/too many/)
  })
})

describe("how many streams there are", () => {
  it("is bounded, for one caller and for all, and one that left makes room", async () => {
    const mine = Array.from({ length: 8 }, () => follow(undefined, { caller: "brw_a" }))
    expect(() => follow(undefined, { caller: "brw_a" })).toThrow(/too many/)
    for (let i = 0; i < 24; i++) follow(undefined, { caller: `brw_${i}` })
    expect(() => follow(undefined, { caller: "brw_z" })).toThrow(/too many/)
    await mine[0]?.leave()
    expect(() => follow(undefined, { caller: "brw_z" })).not.toThrow()
  })

  it("costs a sign of life each, when nothing happens", async () => {
    refeed({ heartbeatMs: 5 })
    const reader = feed.open({ from: undefined, caller: "brw_a", isAllowed: () => true }).getReader()
    await reader.read()
    expect(Buffer.from((await reader.read()).value ?? []).toString("utf8")).toBe(":\n\n")
  })
})
