import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createSignInPace, type Lane } from "./sign-in-pace.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A pace whose tries end when the test says so. */
function paceOf({ slow = false }: { slow?: boolean } = {}) {
  const state = { slow }
  const take = createSignInPace({ slow: () => state.slow, gapMs: 1000, maxWaiting: 3 })
  const begun: string[] = []
  const open: (() => void)[] = []
  const attempt = (lane: Lane, name: string) =>
    take(lane, () => {
      begun.push(name)
      return new Promise<string>((resolve) => open.push(() => resolve(name)))
    })
  const endOne = async () => {
    open.shift()?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { state, begun, attempt, endOne }
}

describe("tries at the secret", () => {
  it("are made one at a time, in the order of their lane", async () => {
    const { begun, attempt, endOne } = paceOf()
    const all = ["a", "b", "c"].map((name) => attempt("socket", name))
    expect(begun).toEqual(["a"])
    await endOne()
    expect(begun).toEqual(["a", "b"])
    await endOne()
    await endOne()
    expect(await Promise.all(all)).toEqual(["a", "b", "c"])
  })

  it.each([
    ["socket", "http"],
    ["http", "socket"],
  ] as const)("from the lane %s wait for one try of a crowd at %s", async (mine, crowd) => {
    const { begun, attempt, endOne } = paceOf()
    for (const name of ["1", "2", "3"]) void attempt(crowd, name)
    void attempt(mine, "me")
    await endOne()
    expect(begun).toEqual(["1", "me"])
    void attempt(mine, "me again")
    await endOne()
    await endOne()
    expect(begun).toEqual(["1", "me", "2", "me again"])
  })

  it("are refused when too many wait in their lane, and only there", async () => {
    const { begun, attempt, endOne } = paceOf()
    for (const name of ["1", "2", "3", "4"]) void attempt("http", name)
    await expect(attempt("http", "5")).rejects.toMatchObject({ code: "locked_out" })
    void attempt("socket", "me")
    await endOne()
    await endOne()
    expect(begun).toEqual(["1", "me", "2"])
    void attempt("http", "5 again")
    await expect(attempt("http", "6")).rejects.toMatchObject({ code: "locked_out" })
  })

  it("follow each other at once until too many were wrong, and then only after a pause", async () => {
    const { state, begun, attempt, endOne } = paceOf()
    for (const name of ["1", "2", "3"]) void attempt("socket", name)
    await endOne()
    state.slow = true
    await endOne()
    expect(begun).toEqual(["1", "2"])
    await vi.advanceTimersByTimeAsync(999)
    expect(begun).toEqual(["1", "2"])
    await vi.advanceTimersByTimeAsync(1)
    expect(begun).toEqual(["1", "2", "3"])
    state.slow = false
    await endOne()
    void attempt("http", "4")
    expect(begun).toHaveLength(4)
  })

  it("also pause after a start that finds many wrong ones", async () => {
    const { begun, attempt } = paceOf({ slow: true })
    void attempt("socket", "1")
    expect(begun).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(begun).toEqual(["1"])
  })

  it("go on after one that failed", async () => {
    const take = createSignInPace({ slow: () => false, gapMs: 1000, maxWaiting: 3 })
    const wrong = take("socket", () => Promise.reject(new Error("wrong")))
    const right = take("socket", () => Promise.resolve("in"))
    await expect(wrong).rejects.toThrow("wrong")
    expect(await right).toBe("in")
  })
})
