import { expect, it } from "vitest"
import { fold } from "./fold.ts"

it("keeps the beginning and the end of what is long, and lets nothing in it hide or move", () => {
  expect(fold("/home/ann/notes")).toBe("/home/ann/notes")
  const long = fold(`/start/${"x".repeat(1_000_000)}/end.txt`)
  expect(long).toMatch(/^\/start\/x+…x+\/end\.txt$/)
  expect(long).toHaveLength(48)
  expect(fold("a\u202e\u001b\nb")).toBe("a⟦U+202E⟧⟦U+001B⟧\\nb")
})
