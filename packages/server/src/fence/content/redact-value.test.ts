import { expect, test } from "vitest"
import { redactValue } from "./redact-value.ts"

const key = ["ghp", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"].join("_")

test("what is named is taken out of every text, names of members included, and nothing else", () => {
  const value = {
    content: [{ type: "text", text: `key ${key}, mail ann@mail.example` }],
    structuredContent: { [key]: 1, deep: [[{ k: key }]] },
  }
  const shown = redactValue(value, ["secret"])
  expect(JSON.stringify(shown)).not.toContain(key)
  expect(shown?.content).toEqual([
    { type: "text", text: "key [redacted: code host or registry token], mail ann@mail.example" },
  ])
  expect(JSON.stringify(redactValue(value, ["email_address"]))).toContain(key)
  expect(JSON.stringify(redactValue(value, ["email_address"]))).not.toContain("ann@")
})

test("a value with nothing in it stays the same object", () => {
  const value = JSON.parse('{"a":["b",{"c":1.0,"__proto__":{"d":null}}]}') as object as never
  expect(redactValue(value, ["secret", "personal"])).toBe(value)
})

test("nothing comes back of what could not be looked through to its end", () => {
  expect(redactValue({ a: "a".repeat(2 << 20) }, ["secret"])).toBeUndefined()
  expect(
    redactValue(
      Array.from({ length: 60_000 }, () => 1),
      ["secret"],
    ),
  ).toBeUndefined()
})
