import { assert, constantFrom, json, property } from "fast-check"
import { describe, expect, it } from "vitest"
import { memberOf, nodeAt, scanJsonc, valueOf } from "./scan-jsonc.ts"

const read = (text: string) => {
  const root = scanJsonc(text)
  return root && valueOf(root)
}

describe("reading JSON with places", () => {
  it("reads what JSON.parse reads, in any layout", () => {
    assert(
      property(json(), constantFrom(undefined, 1, "\t"), (text, space) => {
        const value: unknown = JSON.parse(text)
        const spelled = JSON.stringify(value, null, space)
        expect(JSON.stringify(read(spelled))).toBe(JSON.stringify(value))
      }),
    )
  })

  it("knows where each value stands", () => {
    const text = '\ufeff{ // one\r\n  "a": [1, /* two */ "b\\"c" ,],\r\n}'
    const root = scanJsonc(text)
    const list = nodeAt(root, ["a"])
    expect(list && text.slice(list.start, list.end)).toBe('[1, /* two */ "b\\"c" ,]')
    const member = memberOf(root, "a")
    expect(member && text.slice(member.start, member.end)).toBe('"a": [1, /* two */ "b\\"c" ,]')
    expect(text[member?.comma ?? -1]).toBe(",")
    expect(read(text)).toEqual({ a: [1, 'b"c'] })
  })

  it.each(["", "  \r\n", "\ufeff", "// nothing yet"])("takes %j for a file without a value", (text) => {
    expect(scanJsonc(text)).toBeUndefined()
  })

  it.each([
    ['{"a": 1, "a": 2}', "stands twice"],
    ['{"a": 1, "\\u0061": 2}', "stands twice"],
    ['{"a": 1\n"b": 2}', "line 2"],
    ["{'a': 1}", "line 1"],
    ['{"a": 1', "line 1"],
    ['{"a": 1} x', "line 1"],
    ['{"a": 01}', "line 1"],
    ['["a\nb"]', "line 1"],
    ['{,"a": 1}', "line 1"],
    ["[1,,2]", "line 1"],
    ["/* open", "line 1"],
    ["[".repeat(100), "deeper"],
  ])("refuses %s", (text, why) => {
    expect(() => scanJsonc(text)).toThrow(why)
  })

  it("reads a long text within a file without running out of room", () => {
    const long = "x\\n".repeat(2_000_000)
    expect(scanJsonc(`{"history": "${long}"}`)).toBeDefined()
  })
})
