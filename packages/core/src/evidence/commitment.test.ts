import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { commit, opensCommitment } from "./commitment.ts"

const salt = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe("a commitment", () => {
  it("is the hash of its domain, its salt and its value, and opens with those alone", () => {
    fc.assert(
      fc.property(salt, fc.string(), salt, fc.string(), (salt1, value1, salt2, value2) => {
        const commitment = commit(salt1, value1)
        const native = createHash("sha256").update("hufu-commitment/v1\n").update(salt1).update(value1)
        expect(commitment).toBe(native.digest("hex"))
        expect(opensCommitment(commitment, { salt: salt1, value: value1 })).toBe(true)
        expect(opensCommitment(commitment, { salt: salt1, value: `${value1} ` })).toBe(false)
        expect(opensCommitment(commitment, { salt: salt2, value: value2 })).toBe(
          value1 === value2 && Buffer.from(salt1).equals(salt2),
        )
      }),
    )
  })

  it("takes a salt of 32 bytes and no other, so that no byte moves between salt and value", () => {
    for (const length of [0, 31, 33]) {
      expect(() => commit(new Uint8Array(length), "1")).toThrow(/32 random bytes/)
      expect(opensCommitment("", { salt: new Uint8Array(length), value: "1" })).toBe(false)
    }
  })
})
