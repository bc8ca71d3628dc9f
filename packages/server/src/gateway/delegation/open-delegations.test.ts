import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import { Failure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { InterconnectSettings } from "../../config/interconnect-settings.ts"
import { loopback, loopbackInUrl } from "../../http/testing/loopback.ts"
import { scratch } from "../../store/scratch-store.ts"
import { draftOf, type OpenPipeline, openPipeline } from "../testing/open-pipeline.ts"
import { delegationChanges } from "./delegation-changes.ts"
import type { Ask, Delegation, Event } from "./delegations.ts"
import { openDelegations } from "./open-delegations.ts"
import type { FromPartner, Partner, PartnerOrder } from "./partner.ts"
import { sendNotices } from "./send-notices.ts"

type Say = (from: FromPartner | Happening) => void

/** A partner in this process: a test says what it answers, and sees what reached it. */
function partnerInProcess(confirms = false) {
  const reached: PartnerOrder[] = []
  const looks: Happening[] = []
  let answer: (order: PartnerOrder, say: Say) => void = (_order, say) =>
    say({ kind: "state", state: "completed" })
  const partner: Partner = {
    protocol: "aip",
    confirms,
    async *order(order, ticket, signal) {
      if (!ticket.leave()) return
      reached.push(order)
      const said: FromPartner[] = []
      answer(order, (from) => said.push("happening" in from ? from : { happening: from }))
      for (const from of said) {
        signal.throwIfAborted()
        yield from
      }
    },
    async *look() {
      for (const happening of looks) yield { happening }
    },
    async *follow(_view, _sender, _after, signal) {
      for (const happening of looks) yield { happening }
      if (looks.length === 0) await once(signal, "abort")
    },
  }
  return {
    partner,
    reached,
    looks,
    answers(next: typeof answer) {
      answer = next
    },
  }
}

let world: OpenPipeline
let helper: ReturnType<typeof partnerInProcess>
let hub: ReturnType<typeof open>
let count = 0
const changes = delegationChanges()

function open(of: OpenPipeline, { partner }: { partner: Partner }, settings: object = {}) {
  return openDelegations({
    store: of.store,
    clock: of.clock,
    governor: of.governor,
    settings: InterconnectSettings.parse(settings),
    orders: of.orders,
    partner: (server) =>
      server === "helper" || server === "ben" ? { partner, isInspected: false } : undefined,
    aicOf: () => undefined,
    taskOf: async (agent, principal) =>
      (of.tasks.current(agent) ?? (await of.tasks.ensure(agent, principal))).id,
    changes,
    notices: sendNotices({
      reach: { ownPort: () => 0 },
      isOwn: () => false,
      write: {
        a2a:
          async () =>
          (_notice, delegation, { seq, happening }) => ({
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ task: delegation.task, seq, kind: happening.kind }),
          }),
        aip: async () => () => undefined,
      },
      onError: (error) => of.errors.push(error),
    }),
    onError: (error) => of.errors.push(error),
  })
}

async function withHelper(of: OpenPipeline, isAsked = false): Promise<void> {
  const secrets = { environment: {}, headers: {}, folder: null }
  await of.servers.register(
    { name: "helper", command: null, url: "http://127.0.0.1:9/", protocol: "aip", secrets, demo: false },
    { id: of.caller.principal, isPerson: true },
  )
  await of.grant({
    grants: [{ effects: ["send"], tools: ["helper/*"], limits: [], mode: isAsked ? "ask" : "auto" }],
  })
}

function says(text: string): Said {
  return { id: `m${++count}`, parts: [{ kind: "text", text }] }
}

function start(more: Partial<Ask> = {}): Ask & { task: string } {
  const task = `t${++count}`
  return { order: "start", said: says("please look"), context: "c1", task, confirms: true, ...more }
}

async function seen(task: string, until: "rest" | "end" = "rest"): Promise<Event[]> {
  const events: Event[] = []
  const ref = { server: "helper", task }
  for await (const event of hub.follow(world.caller, ref, 0, until, AbortSignal.timeout(10_000)))
    events.push(event)
  return events
}

const look = (task: string): Promise<Delegation> => hub.look(world.caller, { server: "helper", task })

/** Another node, with the same partner. */
async function another(settings: object, isAsked = false) {
  const own = await openPipeline()
  await withHelper(own, isAsked)
  return { world: own, hub: open(own, helper, settings) }
}

beforeAll(async () => {
  world = await openPipeline()
  await withHelper(world)
  helper = partnerInProcess()
  hub = open(world, helper)
})

afterAll(async () => {
  await hub.close()
  await world.close()
})

describe("what one agent asks of another", () => {
  it("reaches the partner once, and its products and states come back in order", async () => {
    helper.answers((_order, say) => {
      say({ kind: "state", state: "working" })
      say({
        kind: "product",
        product: { id: "p", parts: [{ kind: "text", text: "half" }] },
        append: false,
        last: false,
      })
      say({
        kind: "product",
        product: { id: "p", parts: [{ kind: "text", text: "whole" }] },
        append: true,
        last: true,
      })
      say({ kind: "state", state: "completed" })
    })
    const asked = start()
    await hub.ask(world.caller, "helper", asked)
    const events = await seen(asked.task)
    expect(
      events.map(({ happening }) => (happening.kind === "state" ? happening.state : happening.kind)),
    ).toEqual(["submitted", "working", "product", "product", "delivered"])
    expect(events.every(({ seq }, i) => i === 0 || seq > (events[i - 1]?.seq ?? 0))).toBe(true)
    expect(helper.reached.at(-1)?.authority).toMatchObject({
      principal: world.caller.principal,
      mandate: world.mandates.ofAgent(world.agent.id)[0]?.id,
    })
    const { products } = await look(asked.task)
    expect(products).toMatchObject([{ id: "p", parts: [{ text: "half" }, { text: "whole" }] }])
  })

  it("is not given to the partner again when the same message comes again, and refuses another under its id", async () => {
    const asked = start()
    await hub.ask(world.caller, "helper", asked)
    await seen(asked.task)
    const before = helper.reached.length
    await hub.ask(world.caller, "helper", asked)
    expect(helper.reached.length).toBe(before)
    const other = {
      ...asked,
      said: { ...asked.said, id: asked.said?.id ?? "", parts: [{ kind: "text" as const, text: "else" }] },
    }
    await expect(hub.ask(world.caller, "helper", other)).rejects.toMatchObject({ code: "invalid_input" })
  })

  it("keeps to the table of states: what does not fit changes nothing", async () => {
    helper.answers((_order, say) => say({ kind: "state", state: "input-required", said: says("which?") }))
    const asked = start()
    await hub.ask(world.caller, "helper", asked)
    await seen(asked.task)
    const before = await look(asked.task)
    expect(before.state).toBe("input-required")
    expect(
      await hub.ask(world.caller, "helper", { ...asked, order: "complete", said: says("take") }),
    ).toEqual(before)
    helper.answers((_order, say) => say({ kind: "state", state: "completed" }))
    await hub.ask(world.caller, "helper", { ...asked, order: "continue", said: says("this one") })
    await seen(asked.task)
    expect(await look(asked.task)).toMatchObject({ state: "delivered" })
    await hub.ask(world.caller, "helper", { ...asked, order: "complete", said: { id: "done", parts: [] } })
    await seen(asked.task, "end")
    expect((await look(asked.task)).state).toBe("completed")
  })

  it("ends where it waits for an agent of whom nobody wants anything any more, and not while somebody may answer", async () => {
    const { caller, orders, servers, agents } = world
    // Another agent of the same person, which answers for a partner of its name and asks the helper because of that.
    const made = await agents.create({
      name: "ben",
      identifiedBy: "credential",
      demo: false,
      by: caller.principal,
    })
    await servers.register(
      {
        name: "ben",
        command: null,
        url: "http://127.0.0.1:9/ben",
        protocol: "a2a",
        secrets: { environment: {}, headers: {}, folder: null },
        demo: false,
      },
      { id: caller.principal, isPerson: true },
    )
    const ben = { ...caller, agent: made.id, version: made.version }
    const draft = draftOf(world.clock.now(), {
      grants: [{ effects: ["send"], tools: ["ben/*", "helper/*"], limits: [], mode: "auto" }],
    })
    for (const { agent: of } of [caller, ben])
      await world.mandates.grant({ agent: of, principal: caller.principal, by: caller.principal, draft })
    helper.answers(({ order, sender }, say) => {
      const isAbove = sender.agent === caller.agent
      const state = order === "start" ? (isAbove ? "working" : "input-required") : "input-required"
      say({ kind: "state", state: order === "cancel" ? "canceled" : state })
    })
    const above = start({ anyTime: true })
    const { id } = await hub.ask(caller, "ben", above)
    const order = world.store.query<{ action: string }>("SELECT action FROM delegation WHERE id = ?", [id])[0]
    const below = start({ under: order?.action })
    await hub.ask(ben, "helper", below)
    const ref = { server: "helper", task: below.task }
    for await (const _ of hub.follow(ben, ref, 0, "rest", AbortSignal.timeout(10_000)));
    // More is said above, where the question is put on: nothing below ends by that.
    await hub.ask(caller, "ben", { ...above, order: "continue", said: says("and look well") })
    const upper = { server: "ben", task: above.task }
    for await (const _ of hub.follow(caller, upper, 0, "rest", AbortSignal.timeout(10_000)));
    expect(orders.get(order?.action ?? "")).toBeUndefined()
    // Longer than it takes to look which have ended.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect((await hub.look(ben, ref)).state).toBe("input-required")
    // What has ended above leaves nobody to answer.
    await hub.ask(caller, "ben", { ...above, order: "cancel", said: { id: "enough", parts: [] } })
    for await (const _ of hub.follow(ben, ref, 0, "end", AbortSignal.timeout(10_000)));
    expect(await hub.look(ben, ref)).toMatchObject({ state: "canceled", ruled: { code: "stopped" } })
    expect(helper.reached.at(-1)?.order).toBe("cancel")
    await expect(hub.ask(ben, "helper", start({ under: order?.action }))).resolves.toMatchObject({
      state: "rejected",
    })
  })

  it("is not put to the person any more once what it stands on has ended", async () => {
    const { world: own, hub: asking } = await another({}, true)
    const { agent, caller } = own
    const above = { agent: agent.id, principal: caller.principal, task: "tsk_1", server: "tester" }
    own.orders.begin({ ...above, action: "act_above", under: undefined })
    const held = await asking.ask(caller, "helper", start({ under: "act_above" }))
    expect(held.state).toBe("auth-required")
    own.orders.end("act_above")
    const ref = { server: "helper", task: held.task }
    for await (const _ of asking.follow(caller, ref, 0, "end", AbortSignal.timeout(10_000)));
    expect(own.holds.find(held.ruled?.hold?.id ?? "")?.state).toBe("cancelled")
    await asking.close()
    await own.close()
  })

  it("is over with an answer that is all there is", async () => {
    helper.answers((_order, say) => say({ kind: "reply", said: says("here it is") }))
    const asked = start({ confirms: false })
    await hub.ask(world.caller, "helper", asked)
    await seen(asked.task, "end")
    expect(await look(asked.task)).toMatchObject({
      state: "completed",
      reply: { parts: [{ text: "here it is" }] },
    })
  })

  it("is rejected with the reasons where the mandate forbids it, and nothing leaves", async () => {
    const forbidden = await world.grant({ never: [{ tools: ["helper/*"] }] })
    const before = helper.reached.length
    const asked = start()
    const view = await hub.ask(world.caller, "helper", asked)
    expect(view).toMatchObject({
      state: "rejected",
      ruled: { reasons: [{ rule: "platform/mandate-forbids" }] },
    })
    expect(helper.reached.length).toBe(before)
    await world.mandates.revoke(forbidden.id, { id: world.caller.principal, isPerson: true })
  })

  it("decides about all that reaches the partner, also what only its own protocol has", async () => {
    const from = world.ledger.size()
    const ours = { protocol: "aip", object: { note: "in the partner's own form" } } as const
    const theirs = { protocol: "a2a", object: { note: "in another form" } } as const
    helper.answers((_order, say) => say({ kind: "state", state: "completed", original: ours }))
    const asked = start({ said: { ...says("look"), original: ours } })
    await hub.ask(world.caller, "helper", asked)
    await seen(asked.task)
    helper.answers((_order, say) => say({ kind: "state", state: "completed", original: theirs }))
    const other = start({ said: { ...says("look"), original: theirs } })
    await hub.ask(world.caller, "helper", other)
    await seen(other.task)
    const since = world.ledger
      .entries(from, 1000)
      .flatMap(({ entry }) => (entry.kind === "intent" ? [entry.action] : []))
    const acts = since.map((action) => world.contents.read(action))
    expect(acts.map(({ tool }) => tool)).toEqual(["delegation/ask", "delegation/answer", "delegation/ask"])
    expect(acts.map((act) => isJsonObject(act.arguments) && act.arguments["original"])).toEqual([
      ours.object,
      undefined,
      undefined,
    ])
  })

  it("does not show what a partner says of another delegation's task", async () => {
    const [first, second] = [start(), start()]
    helper.answers((_order, say) => {
      say({ happening: { kind: "state", state: "working" }, partnerTask: "x1" })
      say({ kind: "state", state: "completed" })
    })
    await hub.ask(world.caller, "helper", first)
    await seen(first.task)
    await hub.ask(world.caller, "helper", second)
    await seen(second.task)
    expect(await look(second.task)).toMatchObject({ state: "failed", ruled: { code: "invalid_input" } })
  })

  it("stops at what a partner may say, and tells the partner", async () => {
    const { world: own, hub: small } = await another({ productBytes: 1024 })
    helper.answers(({ order }, say) => {
      if (order === "cancel") return say({ kind: "state", state: "canceled" })
      const parts = [{ kind: "text" as const, text: "x".repeat(4000) }]
      return say({ kind: "product", product: { id: "p", parts }, append: false, last: true })
    })
    const asked = start()
    await small.ask(own.caller, "helper", asked)
    for await (const _ of small.follow(
      own.caller,
      { server: "helper", task: asked.task },
      0,
      "end",
      AbortSignal.timeout(10_000),
    ));
    expect(await small.look(own.caller, { server: "helper", task: asked.task })).toMatchObject({
      state: "failed",
      ruled: { code: "too_large" },
    })
    expect(helper.reached.at(-1)?.order).toBe("cancel")
    await small.close()
    await own.close()
  })

  it("ends, and its partner is told, when the mandate behind it is taken back", async () => {
    const { world: own, hub: other } = await another({})
    helper.answers(({ order }, say) =>
      say({ kind: "state", state: order === "cancel" ? "canceled" : "working" }),
    )
    const asked = start()
    const ref = { server: "helper", task: asked.task }
    await other.ask(own.caller, "helper", asked)
    const states: string[] = []
    for await (const { happening } of other.follow(own.caller, ref, 0, "end", AbortSignal.timeout(10_000))) {
      if (happening.kind !== "state") continue
      states.push(happening.state)
      if (happening.state === "working")
        for (const { id } of own.mandates.ofAgent(own.agent.id))
          await own.interventions.revokeMandate(id, { id: own.caller.principal, isPerson: true })
    }
    expect(states).toEqual(["submitted", "working", "canceled"])
    expect(helper.reached.at(-1)?.order).toBe("cancel")
    await other.close()
    await own.close()
  })

  it("tells an address of every event, in order", async () => {
    const told: unknown[] = []
    let enough = () => {}
    const all = new Promise<void>((resolve) => (enough = resolve))
    const server = createServer((request, response) => {
      let body = ""
      request.on("data", (chunk: Buffer) => (body += chunk.toString()))
      request.on("end", () => {
        told.push(JSON.parse(body))
        response.end()
        if (told.length === 2) enough()
      })
    }).listen(0, loopback)
    await once(server, "listening")
    const url = `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}/told`
    helper.answers((_order, say) => say({ kind: "state", state: "completed" }))
    const allowed = await world.grant({
      grants: [
        {
          effects: ["send"],
          tools: ["helper/delegation/notify"],
          limits: [{ kind: "equal", argument: "/url", value: url }],
          mode: "auto",
        },
      ],
    })
    const asked = start()
    await hub.notices.set(
      world.caller,
      { server: "helper", task: asked.task },
      {
        url,
        states: [],
        protocol: "a2a",
        about: {},
      },
    )
    await hub.ask(world.caller, "helper", asked)
    await all
    // It waits for no start any more, and counts for none that comes.
    expect(world.store.query("SELECT id FROM early_notice")).toEqual([])
    expect(told).toMatchObject([
      { task: asked.task, kind: "state" },
      { task: asked.task, kind: "state" },
    ])
    await world.mandates.revoke(allowed.id, { id: world.caller.principal, isPerson: true })
    server.close()
  })
})

describe("a person decides", () => {
  it("waits as auth-required, goes on by itself when approved, and performs once", async () => {
    const asking = await openPipeline()
    await withHelper(asking, true)
    const partner = partnerInProcess()
    const own = open(asking, partner)
    const asked = start()
    const view = await own.ask(asking.caller, "helper", asked)
    expect(view).toMatchObject({
      state: "auth-required",
      ruled: { hold: { id: expect.stringMatching(/^hld_/) } },
    })
    expect(partner.reached).toEqual([])
    const hold = asking.holds.find(view.ruled?.hold?.id ?? "")
    if (hold === undefined) throw new Error("there is no hold")
    await asking.holds.decide(hold, { decision: "once", by: asking.caller.principal })
    const ref = { server: "helper", task: asked.task }
    for await (const { happening } of own.follow(
      asking.caller,
      ref,
      view.lastSeq,
      "end",
      AbortSignal.timeout(5000),
    ))
      if (happening.kind === "state" && happening.state === "delivered") break
    expect(partner.reached.length).toBe(1)
    await own.close()
    await asking.close()
  })
})

describe("after a restart", () => {
  it("asks the partner how it stands and gives no order twice; what waits for a person waits on", async () => {
    const folder = scratch()
    const before = await openPipeline(folder)
    await withHelper(before)
    const partner = partnerInProcess()
    partner.answers((_order, say) => say({ kind: "state", state: "working" }))
    const first = open(before, partner)
    const asked = start()
    await first.ask(before.caller, "helper", asked)
    const ref = { server: "helper", task: asked.task }
    for await (const { happening } of first.follow(before.caller, ref, 0, "end", AbortSignal.timeout(5000)))
      if (happening.kind === "state" && happening.state === "working") break
    await first.close()
    await before.store.close()
    const after = await openPipeline(folder)
    partner.looks.push({ kind: "state", state: "completed" })
    const again = open(after, partner)
    for await (const { happening } of again.follow(after.caller, ref, 0, "rest", AbortSignal.timeout(5000)))
      expect(happening.kind).toBe("state")
    expect(await again.look(after.caller, ref)).toMatchObject({ state: "delivered" })
    expect(partner.reached.length).toBe(1)
    await again.close()
    await after.close()
  })

  it("ends what nothing covers any more", async () => {
    const folder = scratch()
    const before = await openPipeline(folder)
    await withHelper(before)
    const partner = partnerInProcess()
    partner.answers(({ order }, say) =>
      say({ kind: "state", state: order === "cancel" ? "canceled" : "working" }),
    )
    const first = open(before, partner)
    const asked = start()
    await first.ask(before.caller, "helper", asked)
    await first.close()
    await before.store.close()
    const after = await openPipeline(folder)
    const again = open(after, partner)
    for (const { id } of after.mandates.ofAgent(after.agent.id))
      await after.mandates.revoke(id, { id: after.caller.principal, isPerson: true })
    const ref = { server: "helper", task: asked.task }
    for await (const _ of again.follow(after.caller, ref, 0, "end", AbortSignal.timeout(10_000)));
    expect(await again.look(after.caller, ref)).toMatchObject({
      state: "canceled",
      ruled: { code: "stopped" },
    })
    expect(partner.reached.at(-1)?.order).toBe("cancel")
    await again.close()
    await after.close()
  })
})

it("refuses more than an agent may have open, and counts again when one ends", async () => {
  const { world: own, hub: tight } = await another({ perAgent: 1 })
  helper.answers(({ order }, say) =>
    say({ kind: "state", state: order === "cancel" ? "canceled" : "input-required" }),
  )
  const asked = start()
  await tight.ask(own.caller, "helper", asked)
  await expect(tight.ask(own.caller, "helper", start())).rejects.toBeInstanceOf(Failure)
  await tight.ask(own.caller, "helper", { ...asked, order: "cancel", said: { id: "stop", parts: [] } })
  for await (const _ of tight.follow(
    own.caller,
    { server: "helper", task: asked.task },
    0,
    "end",
    AbortSignal.timeout(5000),
  ));
  await expect(tight.ask(own.caller, "helper", start())).resolves.toMatchObject({ server: "helper" })
  await tight.close()
  await own.close()
})
