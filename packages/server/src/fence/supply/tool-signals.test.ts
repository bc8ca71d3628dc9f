import { expect, test } from "vitest"
import { openToolSignals } from "./tool-signals.ts"

const offer = (server: string, tool: string, digest: string) => ({
  server,
  tool,
  digest,
  definition: { name: tool, description: "Reads a note." },
})

test("a tool with the name of another server's is told, unless it is defined word by word alike or runs the same program", () => {
  const signals = openToolSignals((server) => ({ one: "a", two: "b", three: "a" })[server])
  const [mine, copy, other] = [
    offer("one", "read_note", "d1"),
    offer("two", "read_note", "d1"),
    offer("two", "read_n0te", "d2"),
  ]
  signals.offered(mine)
  signals.offered(copy)
  signals.offered(offer("three", "read_note", "d3"))
  expect([mine, copy].map((each) => signals.of(each))).toEqual([[], ["same_name"]])
  signals.offered(other)
  expect(signals.of(mine)).toEqual(["look_alike"])
  expect(signals.of(offer("two", "read_note", "d4"))).toEqual(["same_name"])
})
