import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalize, canonicalMembers } from "../json/canonical.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import {
  argumentsCommitment,
  argumentTexts,
  MAX_ARGUMENT_LEAVES,
  type OpenedArgument,
  openedArguments,
} from "./argument-list.ts"
import { commit } from "./commitment.ts"

const saltOf = (at: number) => new Uint8Array(32).fill(at + 1)

/** The commitments to some texts, and what opens all of them. */
function committed(texts: readonly string[]): { leaves: string[]; opened: OpenedArgument[] } {
  return {
    leaves: texts.map((text, at) => commit(saltOf(at), text)),
    // The texts are JSON.
    opened: texts.map((text, at) => ({ at, salt: saltOf(at), value: JSON.parse(text) as JsonValue })),
  }
}

const of = (args: JsonObject) => committed(argumentTexts(canonicalMembers(args)))

describe("a list of arguments", () => {
  it("opens to exactly the arguments, and any choice of them to that choice", () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 40,
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(json, fc.infiniteStream(fc.boolean()), (generated, choose) => {
        const args = JSON.parse(JSON.stringify(generated)) as JsonObject
        const { leaves, opened } = of(args)
        expect(leaves.length).toBeLessThanOrEqual(MAX_ARGUMENT_LEAVES)
        expect(canonicalize(openedArguments(leaves, opened) ?? [])).toBe(canonicalize(args))
        const chosen = opened.filter(() => choose.next().value)
        const shown = openedArguments(leaves, chosen) ?? {}
        expect(canonicalize(shown)).toBe(
          canonicalize(
            Object.assign(Object.fromEntries(chosen.flatMap(({ value }) => Object.entries(value ?? {})))),
          ),
        )
      }),
    )
  })

  it("has one commitment even where there are no arguments, and shares the last among what is beyond 32", () => {
    expect(argumentTexts([])).toEqual(["{}"])
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`n${String(at).padStart(2, "0")}`, at]),
    )
    const texts = argumentTexts(canonicalMembers(many))
    expect(texts).toHaveLength(32)
    expect(Object.keys(JSON.parse(texts[31] ?? "") as object)).toHaveLength(9)
  })

  it("binds to every commitment and to their order", () => {
    const { leaves } = of({ a: 1, b: 2 })
    const all = [leaves, leaves.toReversed(), leaves.slice(1), [...leaves, leaves[0] ?? ""]]
    expect(new Set(all.map((each) => argumentsCommitment(each))).size).toBe(all.length)
  })

  it.each<[string, (opened: OpenedArgument[]) => OpenedArgument[]]>([
    ["another value", ([a]) => [{ ...a, value: { a: 2 } } as OpenedArgument]],
    ["another name", ([a]) => [{ ...a, value: { x: 1 } } as OpenedArgument]],
    ["another place", ([a]) => [{ ...a, at: 1 } as OpenedArgument]],
    ["a place that is not there", ([a]) => [{ ...a, at: 2 } as OpenedArgument]],
    ["a place that is no number of one", ([a]) => [{ ...a, at: 0.5 } as OpenedArgument]],
    ["another salt", ([a]) => [{ ...a, salt: saltOf(9) } as OpenedArgument]],
    ["a short salt", ([a]) => [{ ...a, salt: new Uint8Array(31) } as OpenedArgument]],
    ["one twice", ([a]) => [a, a] as OpenedArgument[]],
    ["the wrong order", (opened) => opened.toReversed()],
    ["a value that is no object", ([a]) => [{ ...a, value: [1] } as OpenedArgument]],
  ])("refuses %s", (_what, change) => {
    const { leaves, opened } = of({ a: 1, b: 2 })
    expect(openedArguments(leaves, opened)).toEqual({ a: 1, b: 2 })
    expect(openedArguments(leaves, change(opened))).toBeNull()
  })

  it.each([
    ["two arguments of one name", ['{"a":1}', '{"a":2}']],
    ["names out of order", ['{"b":1}', '{"a":2}']],
    ["several in one place", ['{"a":1,"b":2}', '{"c":3}']],
    ["none in a place beside others", ["{}", '{"a":1}']],
  ])("refuses commitments to %s, when they are opened", (_what, texts) => {
    const { leaves, opened } = committed(texts)
    expect(openedArguments(leaves, opened)).toBeNull()
  })
})
