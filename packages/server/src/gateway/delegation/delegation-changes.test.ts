import { expect, test } from "vitest"
import { delegationChanges } from "./delegation-changes.ts"

test("who follows hears of each delegation that changed, once, as it stands", () => {
  const changes = delegationChanges()
  changes.tell({ id: "a", state: "submitted" })
  const seen = changes.last()
  changes.tell({ id: "b", state: "submitted" })
  changes.tell({ id: "a", state: "working" })
  changes.tell({ id: "a", state: "completed" })
  expect(changes.after(seen)).toEqual([
    { id: "b", state: "submitted" },
    { id: "a", state: "completed" },
  ])
  expect(changes.after(changes.last())).toEqual([])
})

test("who is too far behind is told so, and nobody else", () => {
  const changes = delegationChanges(2)
  changes.tell({ id: "a", state: "working" })
  const early = changes.last()
  changes.tell({ id: "b", state: "working" })
  expect(changes.after(0)).toHaveLength(2)
  changes.tell({ id: "c", state: "working" })
  expect(changes.after(0)).toBeUndefined()
  expect(changes.after(early)).toHaveLength(2)
})
