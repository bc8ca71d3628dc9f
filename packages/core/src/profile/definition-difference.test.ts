import { describe, expect, it } from "vitest"
import { definitionDifference } from "./definition-difference.ts"
import { readDefinition } from "./definition.ts"

const base = {
  name: "note",
  description: "Adds a note.",
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
}
const diff = (before: object, after: object) =>
  definitionDifference(readDefinition(before), readDefinition(after))

describe("the difference of two definitions", () => {
  it("names the member and shows its words", () => {
    expect(diff(base, { ...base, description: "Adds a note and mails it." })).toEqual([
      { kind: "same", text: "/description: " },
      { kind: "same", text: "Adds a note" },
      { kind: "added", text: " and mails it" },
      { kind: "same", text: "." },
      { kind: "same", text: "\n" },
    ])
  })

  it("shows members that came and went", () => {
    const now = { ...base, inputSchema: { type: "object", properties: { to: { type: "string" } } } }
    expect(diff(base, now)).toEqual(
      [
        { kind: "removed", text: "/inputSchema/properties/text/type: string\n" },
        { kind: "added", text: "/inputSchema/properties/to/type: string\n" },
      ].sort((a, b) => (a.text < b.text ? -1 : 1)),
    )
  })

  it("shows a change of type that reads the same", () => {
    const before = { ...base, annotations: { limit: "5" } }
    const segments = diff(before, { ...base, annotations: { limit: 5 } })
    expect(segments.some((segment) => segment.kind === "removed")).toBe(true)
  })

  it("is never empty when the definitions differ", () => {
    expect(diff({ ...base, x: ["a"] }, { ...base, x: { 0: "a" } }).some((one) => one.kind === "added")).toBe(
      true,
    )
    expect(diff(base, base)).toEqual([])
  })

  it("spells out a hidden character in the name of a member", () => {
    expect(diff(base, { ...base, "a\u200bb": 1 })).toEqual([{ kind: "added", text: "/a⟦U+200B⟧b: 1\n" }])
  })

  it("falls back to one text when there are too many members", () => {
    const many = Object.fromEntries(Array.from({ length: 5_100 }, (_, at) => [`k${at}`, at]))
    expect(
      diff(base, { ...base, _meta: many })
        .at(0)
        ?.text.startsWith("{"),
    ).toBe(true)
  })
})
