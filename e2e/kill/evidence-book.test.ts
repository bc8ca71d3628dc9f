import { expect, test } from "vitest"
import { openEvidenceBook, type RoundFindings } from "./evidence-book.ts"
import type { SeenEntry } from "./kill-target.ts"

const intent = (index: number, call: string, hash = `h${index}`): SeenEntry => ({
  index,
  hash,
  kind: "intent",
  action: `act-${call}`,
  verdict: "allow",
  call,
})
const outcome = (index: number, call: string, how: "done" | "unknown" | "failed"): SeenEntry => ({
  index,
  hash: `h${index}`,
  kind: "outcome",
  action: `act-${call}`,
  outcome: how,
})

const quiet: RoundFindings = {
  restartMs: 300,
  performed: [],
  acknowledged: [],
  entries: [],
  holdsBefore: [],
  holdsAfter: [],
  approved: new Set(),
  registered: [],
  registeredAfter: [],
  spent: 0,
  fault: undefined,
}
const oneCall = {
  ...quiet,
  entries: [intent(0, "a"), outcome(1, "a", "done")],
  performed: ["a"],
  acknowledged: ["a"],
  spent: 1,
}

test("a call with its intent, its outcome and its share of the budget is in order", () => {
  expect(openEvidenceBook().check(oneCall)).toEqual([])
})

test("an entry that changed between two rounds is a problem, and one that did not is none", () => {
  const book = openEvidenceBook()
  book.check(oneCall)
  expect(book.knownIndex()).toBe(1)
  const same = { ...quiet, spent: 1, entries: [outcome(1, "a", "done")] }
  expect(book.check(same)).toEqual([])
  const changed = { ...same, entries: [{ ...outcome(1, "a", "done"), hash: "other" }] }
  expect(book.check(changed)).toEqual(["entry 1 is lost or was rewritten"])
})

test("a gap in the indices is a problem", () => {
  const gap = { ...oneCall, entries: [intent(0, "a"), outcome(2, "a", "done")] }
  expect(openEvidenceBook().check(gap)).toEqual(["there is a gap before entry 2"])
})

test("only a failed call may be missing from what is spent", () => {
  const entries = [intent(0, "a"), outcome(1, "a", "failed")]
  expect(openEvidenceBook().check({ ...quiet, entries, spent: 0 })).toEqual([])
  const unknown = [intent(0, "a"), outcome(1, "a", "unknown")]
  expect(openEvidenceBook().check({ ...quiet, entries: unknown, spent: 0 })).toHaveLength(1)
})

test("a hold that was approved may be gone, and another may not", () => {
  const holdsBefore = [
    { id: "h1", call: "a" },
    { id: "h2", call: "b" },
  ]
  const found = openEvidenceBook().check({ ...quiet, holdsBefore, approved: new Set(["h1"]) })
  expect(found).toEqual(["hold h2 of call b is gone after the restart"])
})

test("a registration that was acknowledged is there after every later restart", () => {
  const book = openEvidenceBook()
  expect(book.check({ ...quiet, registered: ["r1", "r2"], registeredAfter: ["r1", "r2", "r3"] })).toEqual([])
  expect(book.check({ ...quiet, registeredAfter: ["r2", "r3"] })).toEqual([
    "registration r1 was acknowledged and is gone after the restart",
  ])
})

test("a slow restart and a ledger that does not verify are problems", () => {
  const found = openEvidenceBook().check({ ...quiet, restartMs: 2500, fault: "entry 4 has another hash" })
  expect(found).toEqual(["the ledger does not verify: entry 4 has another hash", "the restart took 2500 ms"])
})
