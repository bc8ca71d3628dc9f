import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Output } from "@hufu/core/contract/contract"
import { TraceFile } from "@hufu/core/evidence/trace-file"
import { verifyTrace } from "@hufu/core/evidence/verify-trace"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { runHufu } from "../../packages/cli/src/testing/hufu-under-test.ts"
import { type FiveAgents, openFiveAgents } from "./five-agents.ts"

let five: FiveAgents
beforeAll(async () => {
  five = await openFiveAgents()
}, 60_000)
afterAll(() => five?.close())

const done = "TASK_STATE_COMPLETED"
/** Once the last outcome, of which an answer does not wait, is in it. */
async function traceOf(action: string): Promise<TraceFile> {
  return vi.waitUntil(
    async () => {
      const trace = TraceFile.parse(await five.node.api("GET", `/v1/actions/${action}/trace`))
      const verdict = await verifyTrace(trace)
      return verdict.ok && verdict.links.every(({ isWhole }) => isWhole) && trace
    },
    { timeout: 20_000 },
  )
}
/** The actions by which the agents of the last chain were asked, from the top. */
const orders = (from: number) => five.asked.slice(from).map(({ asked }) => asked.action)
const actionsOf = async (agent: string) =>
  ((await five.node.api("GET", `/v1/actions?agent=${agent}&limit=20`)) as Output<"action.list">).items

async function chain(text: string): Promise<{ orders: string[]; state: string; said: string }> {
  const from = five.asked.length
  const ended = await five.begin(text)
  return { ...ended, orders: orders(from) }
}

describe("five agents over mixed doors", () => {
  test("their receipts join into one trace, which verifies offline, from whichever action it is asked for", async () => {
    const { state, orders: asked } = await chain("note")
    expect([state, asked.length]).toEqual([done, 4])
    const tool = (await actionsOf("eve")).find((each) => each.tool === "test_simple_text")
    const trace = await traceOf(tool?.id ?? "")
    const trustedKeys = [((await five.node.api("GET", "/v1/log/checkpoint")) as Output<"log.checkpoint">).key]
    const verdict = await verifyTrace(JSON.stringify(trace), { trustedKeys })
    if (!verdict.ok) throw new Error(`${verdict.link}: ${verdict.reason.en}`)
    expect(verdict).toMatchObject({ trusted: true, root: asked[0] })
    expect(verdict.links.map(({ action }) => action)).toEqual([...asked, tool?.id])
    expect(verdict.links.map(({ under }) => under)).toEqual([undefined, ...asked])
    expect(verdict.links.every(({ isWhole }) => isWhole)).toBe(true)
    expect(new Set(verdict.links.map(({ intent }) => intent.agent)).size).toBe(5)
    expect(verdict.links.map(({ intent }) => intent.door)).toEqual([
      "a2a-http",
      "aip-http",
      "a2a-http",
      "aip-http",
      "mcp-http",
    ])
    const folder = await mkdtemp(join(tmpdir(), "hufu-trace-"))
    try {
      const file = join(folder, "trace.json")
      await writeFile(file, JSON.stringify(trace))
      const { code, out } = await runHufu(["verify", file, "--key", trustedKeys[0] ?? ""])
      expect([code, out]).toEqual([0, expect.stringContaining(`        ${tool?.id}`)])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test("a link that was forged, dropped or put in another's place is named", async () => {
    const [one, other] = [await chain("note"), await chain("note")]
    const [first = "", second = "", third = "", last = ""] = one.orders
    const trace = await traceOf(first)
    const stranger = await traceOf(other.orders[0] ?? "")
    const claims = (at: number) =>
      Buffer.from(trace.links[at]?.receipt.entries[0]?.entry ?? "", "base64").toString()
    const named = async (change: (file: TraceFile) => void) => {
      const file = structuredClone(trace)
      change(file)
      const verdict = await verifyTrace(file)
      return verdict.ok ? "sound" : `${verdict.link}: ${verdict.reason.en}`
    }
    expect(await named(() => {})).toBe("sound")
    expect(await named(({ links }) => void links.splice(0, links.length, ...links.toReversed()))).toBe(
      "sound",
    )
    // Whatever is dropped, what stands above or below it misses it.
    for (const [at, id] of [first, second, third, last].entries()) {
      expect(claims(at)).toContain(id)
      expect(await named(({ links }) => void links.splice(at, 1))).toContain(id)
    }
    expect(await named(({ links }) => void links.pop())).toMatch(
      new RegExp(`^${last}: act_\\w+, which was attempted under it, is missing`),
    )
    expect(
      await named(({ links }) => {
        links.pop()
        delete links.at(-1)?.below
      }),
    ).toMatch(new RegExp(`^${last}: The list .* is not the one that was logged`))
    const forged = await named(({ links: [, link] }) => {
      const [entry] = link?.receipt.entries ?? []
      if (entry)
        entry.entry = Buffer.from(
          claims(1).replace('"verdict":"allow"', '"verdict":"deny" ').replace('" ,', '",'),
        ).toString("base64")
    })
    expect(forged).toContain(second)
    // One of another trace in its place, in the same state of the log.
    const same = await traceOf(first)
    expect(
      await named(({ links }) => {
        Object.assign(links, same.links)
        const swapped = stranger.links[1]
        if (swapped) links[1] = swapped
      }),
    ).toMatch(/in another state of the log|is not in the trace|is missing/)
    expect(await named((file) => void (file.root = second))).toContain(first)
    expect(await named(({ links }) => void links.push(...structuredClone(links.slice(0, 1))))).toBe(
      `${first}: It is in the trace twice.`,
    )
  })

  test("nobody gets done by another what it may not do itself", async () => {
    await five.add("zoe", ["ben", "cal", "dee"], "ask")
    await five.add("yan", ["ben", "cal", "dee", "eve"], "deny")
    const asking = await five.begin("note", "zoe")
    expect(asking.said).toContain("an agent that asked for this may not do it without you")
    const denied = await five.begin("note", "yan")
    expect(denied.said).toContain("platform/asker-must-not")
    // On its own authority it may.
    expect((await five.begin("alone", "yan")).state).toBe(done)
  })

  test("only the agent that was asked acts under an order, and only while it is open", async () => {
    const from = five.asked.length
    const running = five.begin("wait")
    await five.waiting("eve")
    const [order = ""] = orders(from).slice(-1)
    expect(await five.callTool("eve", order)).not.toContain("order-ended")
    for (const [agent, under] of [
      ["dee", order],
      ["eve", "act_00000000000000000000000000"],
      ["eve", ""],
    ] as const)
      expect(await five.callTool(agent, under)).toContain("order-ended")
    const begun = performance.now()
    await five.node.api("POST", "/v1/agents/cal:suspend", { reason: "it is enough" })
    // Everything below, and what waits for it above.
    for (const name of ["dee", "eve"]) await five.relays.get(name)?.canceled()
    console.log(
      `from the suspension in the middle to the last cancel below: ${Math.round(performance.now() - begun)} ms`,
    )
    expect((await running).state).not.toBe(done)
    expect(await five.callTool("eve", order)).toContain("order-ended")
    await five.node.api("POST", "/v1/agents/cal:resume", {})
    expect((await five.begin("note")).state).toBe(done)
  })

  test("an order that would close a circle asks the person", async () => {
    const { said } = await chain("circle")
    expect(said).toContain("they may wait for each other for ever")
  })
})
