import { randomBytes } from "node:crypto"
import { commit } from "@hufu/core/evidence/commitment"
import { assert, property, string } from "fast-check"
import { expect, test } from "vitest"
import { commitNatively } from "./native-commitment.ts"

test("a native commitment is core's commitment, whatever was committed to before", () => {
  assert(
    property(string({ unit: "grapheme", maxLength: 6_000, size: "max" }), (value) => {
      const salt = randomBytes(32)
      expect(commitNatively(salt, value)).toBe(commit(salt, value))
    }),
    { numRuns: 100 },
  )
})

test("a salt of another length is refused", () => {
  expect(() => commitNatively(randomBytes(31), "x")).toThrow("32 random bytes")
})
