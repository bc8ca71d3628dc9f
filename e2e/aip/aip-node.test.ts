import { once } from "node:events"
import { connect } from "node:tls"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { runChecks } from "../../conformance/aip/check.ts"
import { groupChecks } from "../../conformance/aip/group-checks.ts"
import { connection, openGroupLeader } from "../../conformance/aip/group-leader.ts"
import type { JsonMembers } from "../../conformance/aip/json.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { partnerChecks } from "../../conformance/aip/partner-checks.ts"
import { noBroker } from "./broker-under-test.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"
import { openSecondPartner } from "./second-partner.ts"
import { openWorldWithBroker, type WorldWithBroker } from "./world-with-broker.ts"

// All of the checks, for each of the four: `npm run conformance:aip:gateway`, and of groups `npm run conformance:aip:groups`.
let world: Awaited<ReturnType<typeof openNodeOfAgents>>
let withBroker: WorldWithBroker | undefined
beforeAll(async () => {
  if (noBroker === undefined) world = withBroker = await openWorldWithBroker()
  else {
    console.log(noBroker)
    world = await openNodeOfAgents()
  }
}, 120_000)
afterAll(() => world.close())

describe("agents over AIP, through a node", () => {
  test.each([
    ["helper", "certificate", ["state-12", "stream-resume", "identity-rpc", "notification-start-message"]],
    ["tools", "credential", ["state-5", "state-9", "state-18", "state-19"]],
  ] as const)("a leader works with `%s` by its %s", async (name, by, ids) => {
    const leader = openLeader(await world.target(name, by))
    const all = await runChecks(
      partnerChecks.filter(({ id }) => ids.some((each) => each === id)),
      leader,
    )
    await leader.close()
    expect(all.filter(({ outcome }) => outcome !== "passed")).toEqual([])
    expect(all).toHaveLength(ids.length)
  })

  test("whoever wants to know whom they speak with is shown a certificate in the partner's own code", async () => {
    const { base, partnerAic, tls } = await world.target("tools", "certificate")
    const shown = async (servername: string) => {
      const socket = connect({ host: "localhost", port: Number(new URL(base).port), servername, ...tls })
      await once(socket, "secureConnect")
      const { subject, subjectaltname } = socket.getPeerCertificate()
      socket.destroy()
      return { name: subject.CN, also: subjectaltname }
    }
    // The connection checks the name and the chain itself.
    expect(await shown("tools.localhost")).toMatchObject({
      name: partnerAic,
      also: expect.stringContaining(`acps://${partnerAic}`),
    })
    // The code of an agent elsewhere is not this node's to give, and what is nobody's name gets the door's own.
    expect(await shown("localhost")).toMatchObject({ name: "localhost" })
    await expect(shown("helper.localhost")).rejects.toThrow(/does not match/)
    await expect(shown("nobody.localhost")).rejects.toThrow(/does not match/)
  })
})

describe.skipIf(noBroker !== undefined)("agents in groups, at a real broker", () => {
  function needed(): WorldWithBroker {
    if (withBroker === undefined) throw new Error("there is no broker")
    return withBroker
  }

  test("a leader works in groups with a partner behind the node, by its certificate", async () => {
    const leader = await openGroupLeader(await needed().target("helper", "certificate"))
    const all = await runChecks(groupChecks, leader)
    await leader.close()
    expect(all.filter(({ outcome }) => outcome !== "passed")).toEqual([])
  }, 120_000)

  test.each<readonly [string, (message: JsonMembers) => JsonMembers, string]>([
    ["speaks under another code", (message) => ({ ...message, senderId: "x" }), "group-join-request"],
    ["forgets the session", ({ sessionId: _session, ...rest }) => rest, "group-status"],
    [
      "says nothing of being muted",
      (message) => ({ ...message, status: { connected: true } }),
      "group-join-inbox",
    ],
    ["says of no result in which group it is", ({ groupId: _group, ...rest }) => rest, "group-task"],
    ["delivers nothing", (message) => ({ ...message, products: [] }), "group-task"],
    [
      "loses the token of an invitation",
      ({ invitationToken: _token, ...rest }) => rest,
      "group-join-refused",
    ],
  ])("one that %s is found", async (_what, alter, id) => {
    const target = await needed().target("helper", "credential")
    const leader = await openGroupLeader({ ...target, alter, patienceMs: 700 })
    const all = await runChecks(
      groupChecks.filter((each) => each.id === id),
      leader,
    )
    await leader.close()
    expect(all.map(({ outcome }) => outcome)).toEqual(["failed"])
  })

  test("what is done in a group has a verdict and a receipt, and what the broker was told to refuse is in the ledger", async () => {
    const { node } = needed()
    const { items } = Actions.parse(await node.api("GET", "/v1/actions?server=helper&limit=1000"))
    const done = (tool: string) =>
      items.filter((each) => each.tool === tool && each.verdict === "allow" && each.outcome === "done")
    for (const tool of [
      "group/invite",
      "group/join",
      "group/mute",
      "group/unmute",
      "group/leave",
      "delegation/ask",
    ])
      expect(done(tool).length, tool).toBeGreaterThan(0)
    const receipt = await node.api("GET", `/v1/actions/${done("group/mute")[0]?.id}/receipt`)
    expect(receipt).toMatchObject({ format: "hufu-receipt/1", entries: [{}, {}] })
    // What is added lazily comes with the next commit.
    await expect.poll(() => refusals(node)).toContain("not_owner")
  })

  test("an invitation that no mandate covers waits for a person, and one that is refused changes nothing", async () => {
    const { node, partner } = needed()
    const aic = "1.2.156.3088.1.1.34C2.478BDH.1.0000"
    const asked = { name: "asked", url: `${partner.url}/rpc`, protocol: "aip", aic }
    await node.api("POST", "/v1/servers", asked)
    const target = { ...(await needed().target("helper", "credential")), partnerAic: aic }
    const leader = await openGroupLeader(target)
    const member = (groupId: string) => leader.acl("PUT", `${target.senderId}/${groupId}/members/${aic}`)
    for (const decision of ["refuse", "approve"] as const) {
      const groupId = `g-${decision}`
      expect(await member(groupId)).toEqual({ status: 403, error: "APPROVAL_REQUIRED" })
      const channel = await leader.channel()
      // The group is there, and the partner is none of it.
      await channel.assertExchange(`group_${target.senderId}_${groupId}`, "fanout", { durable: true })
      await channel.close()
      const { items } = Holds.parse(await node.api("GET", "/v1/holds"))
      const hold = items.find(({ server, state }) => server === "asked" && state === "waiting")
      const choice = decision === "approve" ? { digest: hold?.digest, for: "once" } : {}
      await node.api("POST", `/v1/holds/${hold?.id}:${decision}`, choice)
      expect((await member(groupId)).status).toBe(decision === "approve" ? 204 : 403)
    }
    await leader.close()
  })

  test("Hufu leads a group in an agent's name, with a partner that is at the broker itself", async () => {
    const { node } = needed()
    const second = await openSecondPartner(needed())
    const { aic: senderId, headers } = second.captain
    const as = { "content-type": "application/json", ...headers }
    const ask = async (method: string, path: string, body?: object) => {
      const reply = await fetch(`${node.url}/v1/groups/${path}`, {
        method,
        headers: as,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: reply.status, body: Answer.parse(await reply.json()) }
    }
    const member = (of: Awaited<ReturnType<typeof ask>>) =>
      of.body.members?.find(({ server }) => server === "second")
    const until = (state: string) =>
      expect
        .poll(
          async () =>
            Answer.parse(
              Groups.parse(await node.api("GET", "/v1/groups")).items.find(({ group }) => group === "led"),
            ).members?.find(({ server }) => server === "second")?.state,
        )
        .toBe(state)

    const invited = await ask("POST", "led/members", { server: "second" })
    expect(invited.status).toBe(200)
    expect(["invited", "joined"]).toContain(member(invited)?.state)
    await until("joined")

    const leader = openLeader({
      base: `${node.url}/aip/second`,
      senderId,
      headers,
      partnerAic: second.aic,
      bindsIdentity: true,
      script: {},
      patienceMs: 10_000,
    })
    const inGroup = { groupId: "led" }
    const task = leader.newTask()
    await leader.rpc(task, "start", { ...inGroup, dataItems: [{ type: "text", text: "deliver" }] })
    expect((await leader.until(task, ["awaiting-completion"])).products).toHaveLength(1)
    await leader.rpc(task, "complete", inGroup)
    expect((await leader.until(task, ["completed"])).status.state).toBe("completed")
    // Hybrid: begun in the group, gone on with by request; and the other way round.
    const [there, back] = [leader.newTask(), leader.newTask()]
    await leader.rpc(there, "start", { ...inGroup, dataItems: [{ type: "text", text: "ask" }] })
    await leader.rpc(back, "start", { dataItems: [{ type: "text", text: "ask" }] })
    for (const each of [there, back]) await leader.until(each, ["awaiting-input"])
    await leader.rpc(there, "continue", { dataItems: [{ type: "text", text: "deliver" }] })
    await leader.rpc(back, "continue", { ...inGroup, dataItems: [{ type: "text", text: "deliver" }] })
    for (const each of [there, back])
      expect((await leader.until(each, ["awaiting-completion"])).products).toHaveLength(1)
    expect(second.scripted.seen.map(({ path }) => path)).toContain("group")
    expect(second.heard.map((each) => each["command"])).toEqual(["start", "complete", "start", "continue"])

    expect(member(await ask("POST", "led/members/second:mute", {}))?.state).toBe("muted")
    await second.until((each) => each["command"] === "mute")
    expect(await second.say("led", { type: "group-mgmt-result" })).toBe(false)
    expect(member(await ask("POST", "led/members/second:unmute", {}))?.state).toBe("joined")
    await second.until((each) => each["command"] === "unmute")
    expect(member(await ask("DELETE", "led/members/second"))?.state).toBe("left")
    await second.until((each) => each["command"] === "leave-group")
    expect((await ask("DELETE", "led")).status).toBe(200)
    expect(second.missteps).toEqual([])
    // Nobody leads another's group, and nobody at the broker the one that Hufu leads.
    expect((await ask("POST", "led/members", { server: "helper" })).status).toBe(400)
    expect((await ask("DELETE", "led?agent=second")).status).toBe(403)
    await leader.close()
    await second.close()
  }, 60_000)

  test("whoever is stopped is cut off at the broker, and let in no more until it may be", async () => {
    const { node } = needed()
    const target = await needed().target("helper", "certificate")
    const open = await connection(target)
    const closed = once(open, "close")
    await node.api("POST", "/v1/agents/leader:suspend", { reason: "a test" })
    await closed
    await expect(connection(target)).rejects.toThrow(/ACCESS_REFUSED|403|closed/i)
    await node.api("POST", "/v1/agents/leader:resume", {})
    const again = await connection(target)
    await again.close()
    const nobody = { ...target, senderId: target.partnerAic, broker: { ...target.broker, password: "x" } }
    await expect(connection(nobody)).rejects.toThrow(/ACCESS_REFUSED|403|closed/i)
  })
})

const Actions = z.object({
  items: z.array(
    z.object({ id: z.string(), tool: z.string(), verdict: z.string(), outcome: z.string().nullish() }),
  ),
})
const Answer = z.object({
  group: z.string().optional(),
  members: z.array(z.object({ server: z.string(), state: z.string() })).optional(),
})
const Groups = z.object({ items: z.array(z.looseObject({ group: z.string() })) })
const Holds = z.object({
  items: z.array(z.object({ id: z.string(), server: z.string(), state: z.string(), digest: z.string() })),
})
const Entries = z.object({ size: z.int(), items: z.array(z.object({ entry: z.looseObject({}) })) })

/** Why the broker was told to refuse something, as the ledger has it. */
async function refusals(node: WorldWithBroker["node"]): Promise<unknown[]> {
  const found: unknown[] = []
  for (let from = 0; ;) {
    const { size, items } = Entries.parse(await node.api("GET", `/v1/log/entries?from=${from}&limit=1000`))
    for (const { entry } of items)
      if (entry["fact"] === "agent.refused")
        found.push(z.object({ reason: z.string() }).parse(entry["refs"]).reason)
    from += items.length
    if (items.length === 0 || from >= size) return found
  }
}
