import { loopback } from "@hufu/server/http/testing/loopback"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runChecks } from "../../conformance/aip/check.ts"
import { watchLeader } from "../../conformance/aip/leader-checks.ts"
import { type Leader, openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { type ScriptedPartner, startScriptedPartner } from "../../conformance/aip/scripted-partner.ts"
import { outcomes } from "../../conformance/aip/target.ts"
import { credential, helperAic, leaderAic, openGateway } from "./gateway-under-test.ts"

let there: ScriptedPartner
let gateway: Awaited<ReturnType<typeof openGateway>>
let leader: Leader
const watch = watchLeader()

beforeAll(async () => {
  there = await startScriptedPartner({ aic: helperAic, host: loopback, onSeen: (seen) => watch.look(seen) })
  gateway = await openGateway(there.url)
  leader = openLeader({
    base: gateway.base,
    senderId: leaderAic,
    headers: { authorization: `Bearer ${credential}` },
    partnerAic: helperAic,
    bindsIdentity: true,
    script: Object.fromEntries(outcomes.map((each) => [each, [{ type: "text", text: each }]])),
    callbackHost: loopback,
    patienceMs: 5000,
  })
})
afterAll(async () => {
  await leader.close()
  await gateway.close()
  await there.close()
})

describe("the door of AIP", () => {
  test("is a conforming partner in front of a conforming partner", async () => {
    const all = await runChecks(partnerChecks, leader)
    expect(all.filter(({ outcome }) => outcome === "failed")).toEqual([])
    expect(all.filter(({ outcome }) => outcome === "not reached").map(({ id }) => id)).toEqual([
      "state-11",
      "state-15",
    ])
    expect(gateway.errors).toEqual([])
    // And a conforming leader towards that partner.
    expect(watch.missteps).toEqual([])
    expect([...watch.counts.keys()].toSorted()).toEqual(["cancel", "complete", "continue", "start"])
    // A hundred and some commands, each of them durable: more than a busy machine does in the usual time.
  }, 120_000)

  test("describes the partner to whoever may ask, and to nobody else", async () => {
    const acs = `${gateway.base}/.well-known/acs.json`
    const headers = { authorization: `Bearer ${credential}` }
    expect(await (await fetch(acs, { headers })).json()).toMatchObject({
      aic: helperAic,
      protocolVersion: "02.02",
      endPoints: [{ url: `${gateway.base}/rpc`, transport: "JSONRPC" }],
      capabilities: { streaming: true, notification: true },
    })
    const nobody = await fetch(acs)
    expect(nobody.status).toBe(401)
    expect(await nobody.json()).toMatchObject({ error: { code: -32008, data: { code: "unauthenticated" } } })
  })

  test.each<readonly [string, string, string | object, RequestInit, number, object]>([
    ["no such partner", "nobody/rpc", {}, {}, 404, { code: -32601 }],
    ["no such method", "helper/think", {}, {}, 404, { code: -32601 }],
    ["another verb", "helper/rpc", {}, { method: "PUT" }, 405, { code: -32601 }],
    [
      "another media type",
      "helper/rpc",
      {},
      { headers: { "content-type": "text/plain" } },
      415,
      { code: -32005 },
    ],
    [
      "a member twice",
      "helper/rpc",
      '{"jsonrpc":"2.0","jsonrpc":"2.0"}',
      {},
      400,
      { code: -32700, data: { code: "invalid_json" } },
    ],
    ["deep nesting", "helper/rpc", `${"[".repeat(100)}${"]".repeat(100)}`, {}, 400, { code: -32700 }],
    [
      "too much",
      "helper/rpc",
      `"${"x".repeat(5 << 20)}"`,
      {},
      413,
      { code: -32600, data: { code: "too_large" } },
    ],
    [
      "the method of another address",
      "helper/rpc",
      { jsonrpc: "2.0", id: 1, method: "stream", params: {} },
      {},
      200,
      { code: -32601 },
    ],
    [
      "an id that is none",
      "helper/rpc",
      { jsonrpc: "2.0", id: {}, method: "rpc" },
      {},
      200,
      { code: -32600 },
    ],
  ])("%s is answered as AIP has it, and changes nothing", async (_what, path, body, more, status, error) => {
    const before = there.seen.length
    const reply = await fetch(`${gateway.url}/aip/${path}`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...more,
      headers: {
        authorization: `Bearer ${credential}`,
        "content-type": "application/json",
        ...(more.headers as Record<string, string> | undefined),
      },
    })
    expect(reply.status).toBe(status)
    expect(await reply.json()).toMatchObject({ jsonrpc: "2.0", error })
    expect(there.seen).toHaveLength(before)
  })

  test("a header cannot be smuggled into what a partner's leader is told", async () => {
    const taskId = leader.newTask()
    const { error } = await leader.call("notification/set", {
      url: "https://a.example",
      token: "a\r\nb: c",
      taskId,
    })
    expect(error).toMatchObject({ code: -32602 })
  })

  test("what agents call their tasks stays here, and what they say goes on as it was", async () => {
    const task = leader.newTask()
    const items = [
      { type: "text", text: "echo" },
      { type: "data", data: { a: 1 }, metadata: { unit: "km" } },
    ]
    await leader.rpc(task, "start", { dataItems: items })
    const { products = [] } = await leader.until(task, ["awaiting-completion"])
    expect(products).toMatchObject([{ name: "p1.txt", dataItems: items }])
    const sent = JSON.stringify(there.seen.at(-1)?.body)
    expect(sent).not.toContain(task)
  })
})

test("what a leader bounds, by time or by size, is kept, and the partner is told", async () => {
  const start = async (text: string, commandParams: { timeout?: number; maxProductsBytes?: number }) => {
    const task = leader.newTask()
    await leader.rpc(task, "start", { dataItems: [{ type: "text", text }], commandParams })
    return { task, theirs: there.tasks().at(-1)?.id }
  }
  const large = await start("deliver", { maxProductsBytes: 1 })
  const long = await start("work", { timeout: 5000 })
  gateway.folder.clock.set(gateway.clock.now() + 6000)
  for (const [{ task, theirs }, code] of [
    [large, "too_large"],
    [long, "upstream_lost"],
  ] as const) {
    const { status } = await leader.until(task, ["failed"])
    expect(status.dataItems).toMatchObject([{ data: { hufu: { code } } }, { type: "text" }])
    await expect.poll(() => there.tasks().find(({ id }) => id === theirs)?.state).toBe("canceled")
  }
  const { error } = await leader.call("rpc", {
    command: leader.command(leader.newTask(), "start", { commandParams: { timeout: -1 } }),
  })
  expect(error).toMatchObject({ code: -32602 })
})

describe("what Hufu rules", () => {
  const through = (name: string) => {
    const agent = openLeader({ ...leader.target, base: `${gateway.url}/aip/${name}` })
    return { agent, task: agent.newTask(), before: there.seen.length }
  }
  const deliver = { dataItems: [{ type: "text", text: "deliver" }] }

  test("what has to be approved waits for a person, says so, and goes on by itself", async () => {
    const { agent, task, before } = through("asked")
    const held = await agent.rpc(task, "start", deliver)
    expect(held.status.state).toBe("awaiting-input")
    expect(JSON.stringify(held.status.dataItems)).toContain('"hold"')
    // Nobody but a person lifts it.
    expect((await agent.rpc(task, "continue", deliver)).status.state).toBe("awaiting-input")
    expect(there.seen).toHaveLength(before)
    const { ruled } = await gateway.delegations.look(gateway.caller, { server: "asked", task })
    const hold = gateway.holds.find(ruled?.hold?.id ?? "")
    if (hold === undefined) throw new Error("nothing is held")
    await gateway.holds.decide(hold, { decision: "once", by: gateway.caller.principal })
    expect((await agent.until(task, ["awaiting-completion"])).products).toHaveLength(1)
    await agent.close()
  })

  test("what is refused is rejected with its reasons, and never reaches the partner", async () => {
    const { agent, task, before } = through("refused")
    const refused = await agent.rpc(task, "start", deliver)
    expect(refused.status.state).toBe("rejected")
    expect(JSON.stringify(refused.status.dataItems)).toMatch(/"code":".*"rule":/)
    expect((await agent.rpc(task, "get")).statusHistory?.map(({ state }) => state)).toEqual(["rejected"])
    const stream = await agent.stream(agent.command(agent.newTask(), "start", deliver))
    const [first] = await stream.until(() => false)
    expect(first?.eventData).toMatchObject({ type: "task-result", status: { state: "rejected" } })
    expect(there.seen).toHaveLength(before)
    await agent.close()
  })

  test("a stop ends its streams", async () => {
    const { agent, task } = through("helper")
    const stream = await agent.stream(
      agent.command(task, "start", { dataItems: [{ type: "text", text: "work" }] }),
    )
    await stream.until((events) => events.length > 0)
    await gateway.interventions.suspend(gateway.caller.agent, gateway.caller.principal, "a test")
    await stream.until(() => false)
    expect(stream.error()).toMatchObject({ code: -32009, data: { code: "agent_suspended" } })
    await agent.close()
  })
})
