import { createHash } from "node:crypto"
import { assert, property, uint8Array } from "fast-check"
import { expect, it } from "vitest"
import { orchidOf } from "./orchid.ts"

it("an ORCHIDv2 is the middle of the hash of context and key, in 2001:20::/28", () => {
  assert(
    property(uint8Array({ minLength: 1, maxLength: 200 }), (key) => {
      const hash = createHash("sha256")
        .update("f50d58c4e515a8c623f6e21368b911b8", "hex")
        .update(key)
        .digest("hex")
      const groups = `20010021${hash.slice(20, 44)}`.match(/.{4}/g) ?? []
      // The same address in the canonical text of another implementation.
      const expected = new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1)
      expect(orchidOf(key)).toBe(expected)
    }),
    { numRuns: 500, seed: 6 },
  )
})
