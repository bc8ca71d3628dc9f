import { describe, expect, it } from "vitest"
import { createSignInLinks } from "./sign-in-links.ts"
import { createSignInPace } from "./sign-in-pace.ts"

/** Links on a clock that the test moves, with a pace that no test has to wait for. */
function links() {
  let now = 0
  const slow: boolean[] = []
  const of = createSignInLinks({ now: () => now, monotonic: () => now }, (options) => {
    const pace = createSignInPace({ ...options, gapMs: 0 })
    return (lane, work) => {
      slow.push(options.slow())
      return pace(lane, work)
    }
  })
  return { of, slow, pass: (ms: number) => void (now += ms) }
}

const refused = (reason: string) => ({ code: "sign_in_link_invalid", extra: { reason } })

describe("a sign-in link", () => {
  it("is taken once", async () => {
    const { of } = links()
    const { code, expiresAt } = of.create()
    expect(expiresAt).toBe(300_000)
    await of.take(code)
    await expect(of.take(code)).rejects.toMatchObject(refused("used"))
  })

  it("is good up to five minutes, and not after", async () => {
    const { of, pass } = links()
    const first = of.create()
    pass(299_999)
    await of.take(first.code)
    const second = of.create()
    pass(300_000)
    await expect(of.take(second.code)).rejects.toMatchObject(refused("expired"))
  })

  it("ends when another is made", async () => {
    const { of } = links()
    const [first, second] = [of.create(), of.create()]
    await expect(of.take(first.code)).rejects.toMatchObject(refused("replaced"))
    await of.take(second.code)
  })

  it("is not waited for behind wrong ones, which are slowed down after the third", async () => {
    const { of, slow } = links()
    const { code } = of.create()
    for (let guess = 0; guess < 5; guess++)
      await expect(of.take(`${code}x`)).rejects.toMatchObject(refused("unknown"))
    expect(slow).toEqual([false, false, false, true, true])
    await of.take(code)
    expect(slow).toHaveLength(5)
  })

  it("of long ago is not remembered for ever", async () => {
    const { of } = links()
    const codes = Array.from({ length: 20 }, () => of.create().code)
    await expect(of.take(codes[0] ?? "")).rejects.toMatchObject(refused("unknown"))
    await expect(of.take(codes[18] ?? "")).rejects.toMatchObject(refused("replaced"))
  })
})
