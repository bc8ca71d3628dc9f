import { describe, expect, it } from "vitest"
import { Failure } from "@hufu/core/failure"
import type { Caller } from "../../governor.ts"
import { referenceServer } from "../testing/reference-servers.ts"
import type { Link } from "./link.ts"
import { createLinkPool } from "./link-pool.ts"
import type { LinkWish } from "./link-pool.ts"
import { openStdioLink } from "./stdio-link.ts"

const log = { info() {}, warn() {} }
const caller: Caller = {
  agent: "a",
  version: "v",
  principal: "p",
  credential: null,
  door: "mcp-http",
  connection: "c",
}
const server = referenceServer("sequential-thinking")
const wish: LinkWish = { caller, server, capabilities: {}, only: null, exclusive: false }

function pool(idleMs = 60_000, maxPerAgent = 4) {
  const opened: Link[] = []
  const links = createLinkPool({
    open: async (_server, capabilities) => {
      const link = await openStdioLink(server, log, { capabilities, known: "legacy" })
      opened.push(link)
      return link
    },
    idleMs,
    maxPerAgent,
    maxTotal: 8,
    now: () => performance.now(),
  })
  return { links, opened }
}

describe("links", () => {
  it("are shared by one agent's requests, and by nobody else", async () => {
    const { links } = pool()
    const [one, two, other, principal] = await Promise.all([
      links.lease(wish),
      links.lease(wish),
      links.lease({ ...wish, caller: { ...caller, agent: "b" } }),
      links.lease({ ...wish, caller: { ...caller, principal: "q" } }),
    ])
    expect(one.link).toBe(two.link)
    expect(new Set([one.link, other.link, principal.link]).size).toBe(3)
    await links.close()
    expect(links.size).toBe(0)
  })

  it("that are exclusive serve one request at a time", async () => {
    const { links } = pool()
    const alone: LinkWish = { ...wish, capabilities: { roots: {} }, exclusive: true }
    const one = await links.lease(alone)
    const two = await links.lease(alone)
    expect(one.link).not.toBe(two.link)
    one.release()
    expect((await links.lease(alone)).link).toBe(one.link)
    await links.close()
  })

  it("close when they have been idle, once however often they are released", async () => {
    const { links, opened } = pool(20)
    const lease = await links.lease(wish)
    lease.release()
    lease.release()
    await opened[0]?.closed
    expect(links.size).toBe(0)
  })

  it("are bounded per agent", async () => {
    const { links } = pool(60_000, 1)
    await links.lease(wish)
    await expect(links.lease({ ...wish, only: "session" })).rejects.toMatchObject({ code: "too_many" })
    await links.close()
  })

  it("that nobody uses go before anybody is turned away, the longest unused first", async () => {
    const { links, opened } = pool(60_000, 2)
    const first = await links.lease({ ...wish, only: "first" })
    const second = await links.lease({ ...wish, only: "second" })
    second.release()
    first.release()
    const third = await links.lease({ ...wish, only: "third" })
    await opened[1]?.closed
    expect((await links.lease({ ...wish, only: "first" })).link).toBe(first.link)
    expect(links.size).toBe(2)
    third.release()
    await links.close()
  })

  it("are given up by whoever holds them without using them", async () => {
    const { links, opened } = pool(60_000, 1)
    const idle = await links.lease({ ...wish, only: "idle" })
    const asked: string[] = []
    const stop = links.onFull((agent) => {
      asked.push(agent)
      idle.release()
      return asked.length === 1
    })
    await links.lease({ ...wish, only: "new" })
    await opened[0]?.closed
    await expect(links.lease({ ...wish, only: "newer" })).rejects.toMatchObject({ code: "too_many" })
    expect(asked).toEqual(["a", "a"])
    stop()
    await links.close()
  })

  it("to a server that keeps failing are spaced out", async () => {
    let tries = 0
    let now = 0
    const links = createLinkPool({
      open: () => {
        tries++
        return Promise.reject(new Failure("upstream_unavailable", "it fails"))
      },
      idleMs: 1000,
      maxPerAgent: 4,
      maxTotal: 4,
      now: () => now,
    })
    for (let n = 0; n < 5; n++) {
      await expect(links.lease(wish)).rejects.toThrow("it fails")
      now += 60_000
    }
    now -= 60_000
    await expect(links.lease(wish)).rejects.toThrow("keeps failing")
    expect(tries).toBe(5)
    expect(links.size).toBe(0)
  })
})
