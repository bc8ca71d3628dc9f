import { setTimeout as sleep } from "node:timers/promises"
import type { Output } from "@hufu/core/contract/contract"
import { createClient, events, type Followed } from "@hufu/sdk"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createAgent, enrolPerson, entriesFrom, type NodeUnderTest, startNode } from "../node-under-test.ts"

let node: NodeUnderTest
let token = ""
beforeAll(async () => {
  node = await startNode()
  await enrolPerson(node)
  token = await admitted()
})
afterAll(() => node?.dispose())

/** A browser's token, as the console gets it. */
async function admitted(): Promise<string> {
  const { url } = (await node.cli(["signin"])) as Output<"signin.create">
  const { origin, hash } = new URL(url)
  const response = await fetch(`${origin}/v1/sign-in-links:exchange`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ code: hash.slice("#signin=".length) }),
  })
  return ((await response.json()) as Output<"signin.exchange">).token
}

/** Where the token is worth something. */
const consoleUrl = () => `http://localhost:${new URL(node.url).port}`
const client = () => createClient({ url: consoleUrl(), token })

/** Keeps what it follows, until it is told to end. */
function collect(options: { from?: string | undefined } = {}) {
  const told: Followed[] = []
  const states: string[] = []
  const ending = new AbortController()
  const done = (async () => {
    const following = events(client(), {
      ...options,
      signal: ending.signal,
      retryMs: 50,
      onState: (state) => states.at(-1) !== state && states.push(state),
    })
    for await (const each of following) told.push(each)
  })()
  // Whoever waits for it hears of it.
  done.catch(() => undefined)
  return {
    told,
    states,
    done,
    async end() {
      ending.abort()
      await done
    },
  }
}

const indexes = (told: readonly Followed[]) =>
  told.flatMap(({ event }) => (event.type === "entry" ? [event.index] : []))

describe("following a node", () => {
  test("misses no entry and doubles none while it is killed, stays away and comes back", async () => {
    const follower = collect()
    await expect.poll(() => follower.states, { timeout: 20_000 }).toEqual(["live"])
    const begun = Number(
      follower.told.flatMap(({ event }) => (event.type === "ready" ? [event.size] : []))[0],
    )
    let made = 0
    const work = async (count: number) => {
      for (let i = 0; i < count; i++) await createAgent(node, `agent-${made++}`)
    }
    await work(5)
    for (const away of [0, 1000]) {
      const working = work(3).catch(() => undefined)
      await node.kill9()
      await working
      await sleep(away)
      await node.restart()
      await work(5)
    }
    const all = (await entriesFrom(node, begun)).map(({ index }) => index)
    expect(all.length).toBeGreaterThan(30)
    await expect.poll(() => indexes(follower.told).length, { timeout: 20_000 }).toBe(all.length)
    expect(indexes(follower.told)).toEqual(all)
    expect(follower.told.filter(({ event }) => event.type === "reset")).toEqual([])
    expect(follower.states).toContain("reconnecting")
    await follower.end()
    // The same again for whoever was closed and opened meanwhile, from any place.
    const middle = follower.told.findIndex(({ event }) => event.type === "entry") + 7
    const again = collect({ from: follower.told[middle]?.id })
    const rest = follower.told.slice(middle + 1).filter(({ event }) => event.type !== "ready")
    const told = () => again.told.filter(({ event }) => event.type !== "ready")
    await expect.poll(() => told().length, { timeout: 20_000 }).toBe(rest.length)
    expect(told()).toEqual(rest)
    await again.end()
  }, 120_000)

  test("leaves nothing behind when it ends: more than may follow at once follow one after another", async () => {
    for (let i = 0; i < 20; i++) {
      const follower = collect()
      await expect.poll(() => follower.states, { timeout: 20_000 }).toEqual(["live"])
      await follower.end()
    }
  })

  test("needs to be let in, and ends when that is taken back", async () => {
    const nobody = events(createClient({ url: consoleUrl() }))
    await expect(nobody.next()).rejects.toMatchObject({ code: "unauthenticated" })
    const follower = collect()
    await expect.poll(() => follower.states, { timeout: 20_000 }).toEqual(["live"])
    const { items } = await client().browser.list()
    await client().browser.revoke({ browser: items[0]?.id ?? "" })
    await expect
      .poll(() => follower.told.at(-1)?.event, { timeout: 20_000 })
      .toEqual({ type: "bye", reason: "signed_out" })
    await expect(follower.done).rejects.toMatchObject({ code: "unauthenticated" })
  })
})
