import { expect, test } from "vitest"
import { openNonces } from "./nonces.ts"

function clockAt(start: number) {
  let at = start
  return { clock: { now: () => at, monotonic: () => at }, move: (ms: number) => void (at += ms) }
}

test("a nonce is good once, for five minutes, and only where it was given out", () => {
  const { clock, move } = clockAt(1000)
  const nonces = openNonces(clock)
  const [one, two] = [nonces.fresh(), nonces.fresh()]
  expect([nonces.use(one), nonces.use(one)]).toEqual([true, false])
  expect(openNonces(clock).use(two)).toBe(false)
  for (let i = 0; i < two.length; i++) {
    const changed = two.slice(0, i) + (two[i] === "A" ? "B" : "A") + two.slice(i + 1)
    expect(nonces.use(changed)).toBe(false)
  }
  move(299_999)
  expect(nonces.use(two)).toBe(true)
  const three = nonces.fresh()
  move(300_000)
  expect(nonces.use(three)).toBe(false)
})

test("giving out remembers nothing, and using remembers no more than its bound, so that none comes twice", () => {
  const { clock, move } = clockAt(0)
  const nonces = openNonces(clock, 100)
  const given: string[] = []
  for (let i = 0; i < 1000; i++) {
    given.push(nonces.fresh())
    move(1)
  }
  expect(nonces.used).toBe(0)
  const late = nonces.fresh()
  for (const nonce of given) nonces.use(nonce)
  expect(nonces.used).toBeLessThanOrEqual(100)
  // Whether it is still remembered or was forgotten for room: it is not taken again.
  expect(given.filter((nonce) => nonces.use(nonce))).toEqual([])
  // What was given out after those is good all the same.
  expect(nonces.use(late)).toBe(true)
})

test("a flood of used ones makes the oldest that are out useless, and no one that is newer", () => {
  const { clock, move } = clockAt(0)
  const nonces = openNonces(clock, 10)
  const waiting = nonces.fresh()
  move(1)
  for (let i = 0; i < 50; i++) {
    move(1)
    expect(nonces.use(nonces.fresh())).toBe(true)
  }
  expect(nonces.use(waiting)).toBe(false)
  expect(nonces.use(nonces.fresh())).toBe(true)
})
