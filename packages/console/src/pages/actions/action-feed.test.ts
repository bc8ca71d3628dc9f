import type { ActionRecord } from "@hufu/core/contract/records"
import { array, assert, integer, property } from "fast-check"
import { expect, it } from "vitest"
import {
  type ActionFeed,
  appendOlder,
  countNew,
  isFull,
  maxShown,
  mergeNewest,
  refresh,
} from "./action-feed.ts"

const action = (index: number, more: Partial<ActionRecord> = {}): ActionRecord => ({
  id: `act_${String(index).padStart(10, "0")}`,
  at: index,
  agent: "agt_00000000",
  agentName: "ann",
  task: "tsk_00000000",
  server: "notes",
  tool: "add_note",
  effect: "write",
  verdict: "allow",
  rules: [],
  mandate: null,
  hold: null,
  outcome: null,
  reason: null,
  index,
  ...more,
})

/** A node's ledger of this size, read a page at a time. */
function read(size: number, limit: number, before = size): ActionFeed {
  const from = Math.max(0, before - limit)
  const items = Array.from({ length: before - from }, (_, at) => action(before - 1 - at))
  return { items, next: from === 0 ? null : from }
}

it("shows every action once, newest first, however many come between two looks", () => {
  assert(
    property(integer({ min: 0, max: 40 }), array(integer({ min: 0, max: 30 })), (start, steps) => {
      let size = start
      let feed = read(size, 10)
      for (const grown of steps) {
        size += grown
        expect(countNew(feed, read(size, 10))).toBe(Math.min(grown, 10))
        feed = mergeNewest(feed, read(size, 10))
        expect(feed.items[0]?.index).toBe(size === 0 ? undefined : size - 1)
        while (feed.next !== null && feed.items.length < 25)
          feed = appendOlder(feed, read(size, 10, feed.next))
        const shown = feed.items.map(({ index }) => index)
        // Without a gap down to where it reads on.
        expect(shown).toEqual(Array.from({ length: shown.length }, (_, at) => size - 1 - at))
        if (feed.next === null) expect(shown.length).toBe(size)
        else expect(feed.next).toBe(shown.at(-1))
      }
    }),
  )
})

it("tells how an action ended without moving a row", () => {
  const feed = read(3, 10)
  const done = action(1, { outcome: "done" })
  const seen = refresh(feed, { items: [action(4), done], next: 1 })
  expect(seen.items.map(({ index, outcome }) => [index, outcome])).toEqual([
    [2, null],
    [1, "done"],
    [0, null],
  ])
})

it("moves what was approved to where it was let out", () => {
  const asked = action(5, { id: "act_asked00000", verdict: "ask" })
  const feed: ActionFeed = { items: [asked, action(4), action(3)], next: 3 }
  const out = { ...asked, index: 8, verdict: "allow" as const }
  const newest: ActionFeed = { items: [out, action(4)], next: 4 }
  expect(countNew(feed, newest)).toBe(1)
  expect(mergeNewest(feed, newest).items.map(({ id }) => id)).toEqual([out.id, action(4).id, action(3).id])
})

it("keeps a bounded number of rows, and reads on where they end", () => {
  const size = maxShown + 300
  let feed = read(size, 100)
  while (feed.next !== null && !isFull(feed)) feed = appendOlder(feed, read(size, 700, feed.next))
  expect(feed.items.length).toBe(maxShown)
  expect(feed.next).toBe(feed.items.at(-1)?.index)
  expect(feed.next).toBe(300)

  const merged = mergeNewest(feed, read(size + 40, 100))
  expect(merged.items.length).toBeLessThanOrEqual(1000)
  const on = appendOlder(merged, read(size + 40, 200, merged.next ?? 0))
  expect(on.items.map(({ index }) => index)).toEqual(
    Array.from({ length: on.items.length }, (_, at) => size + 39 - at),
  )
})
