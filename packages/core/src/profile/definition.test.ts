import { describe, expect, it } from "vitest"
import { isFailure } from "../failure.ts"
import { MAX_DEFINITION_BYTES, definitionDigest, readDefinition } from "./definition.ts"

const tool = {
  name: "read_file",
  description: "Reads a file.",
  inputSchema: { type: "object", properties: { path: { type: "string" } } },
  annotations: { readOnlyHint: true },
}

const digestOf = (value: unknown) => definitionDigest(readDefinition(value))

function refusal(value: unknown): string {
  try {
    readDefinition(value)
  } catch (error) {
    if (isFailure(error, "invalid_definition") || isFailure(error, "invalid_json")) return error.message
    throw error
  }
  return "accepted"
}

describe("the digest of a tool's definition", () => {
  it("does not depend on the order of members", () => {
    const { name, ...rest } = tool
    expect(digestOf({ ...rest, name })).toBe(digestOf(tool))
    expect(digestOf(tool)).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each([
    ["the name", { ...tool, name: "read_files" }],
    ["the title", { ...tool, title: "Read" }],
    ["one character of the description", { ...tool, description: "Reads a file!" }],
    ["an invisible character of the description", { ...tool, description: "Reads a\u200b file." }],
    ["a nested part of the schema", { ...tool, inputSchema: { type: "object", properties: {} } }],
    ["the output schema", { ...tool, outputSchema: { type: "object" } }],
    ["an annotation", { ...tool, annotations: { readOnlyHint: false } }],
    ["its metadata", { ...tool, _meta: { "example.com/prompt": "x" } }],
    ["a member that nobody has heard of", { ...tool, "x-new": 1 }],
  ])("changes with %s", (_what, changed) => {
    expect(digestOf(changed)).not.toBe(digestOf(tool))
  })

  it("does not change with the icons", () => {
    expect(digestOf({ ...tool, icons: [{ src: "https://example.com/i.png?v=2" }] })).toBe(digestOf(tool))
  })

  it("uses the hash that it is given", () => {
    expect(definitionDigest(readDefinition(tool), () => new Uint8Array([1, 255]))).toBe("01ff")
  })

  it("leaves the value it reads as it was", () => {
    const given = { ...tool, icons: [] }
    readDefinition(given)
    expect(given).toHaveProperty("icons")
  })
})

describe("a definition that cannot be pinned", () => {
  it.each([
    ["is not an object", "read_file"],
    ["is an array", [tool]],
    ["has no name", { inputSchema: {} }],
    ["has a name with a space", { ...tool, name: "read file" }],
    ["has a name with a line break at its end", { ...tool, name: "read_file\n" }],
    ["has a name that only looks Latin", { ...tool, name: "r\u0435ad_file" }],
    ["has a name that is too long", { ...tool, name: "a".repeat(129) }],
    ["has no input schema", { name: "x" }],
    ["is too large", { ...tool, description: "a".repeat(MAX_DEFINITION_BYTES) }],
    ["is too large in bytes", { ...tool, description: "虎".repeat(MAX_DEFINITION_BYTES / 3 + 1) }],
    ["holds half a surrogate pair", { ...tool, description: "\ud800" }],
  ])("is refused when it %s", (_what, value) => {
    expect(refusal(value)).not.toBe("accepted")
  })

  it("is accepted at the longest name", () => {
    expect(refusal({ ...tool, name: "a".repeat(128) })).toBe("accepted")
  })
})
