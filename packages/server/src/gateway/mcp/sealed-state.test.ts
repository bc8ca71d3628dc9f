import { randomBytes } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createSealer } from "./sealed-state.ts"

const state = { agent: "agt_1", principal: "usr_1", digest: "d", expiresAt: 1000, hold: "hld_1" }

describe("a sealed state", () => {
  const sealer = createSealer(randomBytes(32))

  it("opens where it was sealed, until it expires", () => {
    const text = sealer.seal(state)
    expect(sealer.open(text, 999)).toEqual(state)
    expect(sealer.open(text, 1000)).toBeUndefined()
  })

  it("opens nowhere else", () => {
    expect(createSealer(randomBytes(32)).open(sealer.seal(state), 0)).toBeUndefined()
  })

  it("does not open when any byte of it was changed", () => {
    const text = sealer.seal(state)
    const bytes = Buffer.from(text.slice("hufu1.".length), "base64url")
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bent = Buffer.from(bytes)
        bent[at] = (bent[at] ?? 0) ^ by
        return sealer.open(`hufu1.${bent.toString("base64url")}`, 0) === undefined
      }),
    )
  })

  it("is not confused by any other text", () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => sealer.open(text, 0) === undefined && sealer.open(`hufu1.${text}`, 0) === undefined,
      ),
    )
  })
})
