import { describe, expect, it } from "vitest"
import { createTurnstile } from "./turnstile.ts"

const calm = [new AbortController().signal]

describe("a turnstile", () => {
  it("lets calls in at once while there is room, and the others in their order", async () => {
    const turnstile = createTurnstile(2)
    const [one, two] = [turnstile.enter("s", calm), turnstile.enter("s", calm)]
    expect(one).toBeTypeOf("function")
    const order: number[] = []
    const waiting = [3, 4, 5].map(async (n) => {
      const leave = await turnstile.enter("s", calm)
      order.push(n)
      leave()
    })
    expect(order).toEqual([])
    if (typeof one === "function") one()
    await Promise.all(waiting)
    expect(order).toEqual([3, 4, 5])
    if (typeof two === "function") two()
  })

  it("keeps one server's line from another's", () => {
    const turnstile = createTurnstile(1)
    void turnstile.enter("s", calm)
    expect(turnstile.enter("t", calm)).toBeTypeOf("function")
  })

  it("lets a call that is stopped out of the line, and gives no place twice", async () => {
    const turnstile = createTurnstile(1)
    const leave = turnstile.enter("s", calm)
    const gone = new AbortController()
    const stopped = turnstile.enter("s", [gone.signal])
    const next = turnstile.enter("s", calm)
    gone.abort(new Error("stopped"))
    await expect(stopped).rejects.toThrow("stopped")
    if (typeof leave === "function") {
      leave()
      leave()
    }
    const inside = await next
    const behind = turnstile.enter("s", calm)
    expect(behind).toBeInstanceOf(Promise)
    inside()
    expect(await behind).toBeTypeOf("function")
  })

  it("does not let the line grow without end", () => {
    const turnstile = createTurnstile(1)
    for (let n = 0; n < 1025; n++) void turnstile.enter("s", calm)
    expect(() => turnstile.enter("s", calm)).toThrow("too many calls wait")
  })
})
