import { fileURLToPath } from "node:url"
import type { Said } from "@hufu/core/delegation/happening"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { InterconnectSettings } from "../../config/interconnect-settings.ts"
import { phraseDetector } from "../../fence/conversation/message-detector.ts"
import { packsInForce } from "../../fence/packs/read-packs.ts"
import { openConversations } from "../conversation/conversations.ts"
import { type OpenPipeline, openPipeline } from "../testing/open-pipeline.ts"
import type { Delegations } from "./delegations.ts"
import { openDelegations } from "./open-delegations.ts"
import type { FromPartner, Partner } from "./partner.ts"

const packs = packsInForce(
  [{ name: "people-at-risk", servers: ["friend"] }],
  fileURLToPath(new URL(".", import.meta.url)),
)
const hour = 3_600_000
const day = 24 * hour

let world: OpenPipeline
let hub: Delegations & { close(): Promise<void> }
/** What the partner was asked, and what it says. */
const asked: string[] = []
let answer = "hello"
let persona = "an encyclopaedia"
let count = 0

const partner: Partner = {
  protocol: "a2a",
  confirms: false,
  describes: () => Promise.resolve([persona]),
  async *order({ order, said }, ticket): AsyncGenerator<FromPartner> {
    if (!ticket.leave()) return
    asked.push(said?.parts.map((part) => (part.kind === "text" ? part.text : "")).join(" ") || order)
    const beside = { partnerTask: `task-${asked.length}` }
    if (order === "cancel") yield { happening: { kind: "state", state: "canceled" }, ...beside }
    else
      yield {
        happening: { kind: "state", state: "input-required", said: says(answer) },
        ...(order === "start" ? beside : {}),
      }
  },
  async *look() {},
  async *follow() {},
}

beforeAll(async () => {
  world = await openPipeline(undefined, { packs })
  const { clock, caller, store, governor, orders, errors } = world
  const secrets = { environment: {}, headers: {}, folder: null }
  for (const name of ["friend", "shop"])
    await world.servers.register(
      { name, command: null, url: `http://127.0.0.1:9/${name}`, protocol: "a2a", secrets, demo: false },
      { id: caller.principal, isPerson: true },
    )
  await world.grant({
    grants: [
      { effects: ["send", "read", "compute"], tools: ["friend/*", "shop/*"], limits: [], mode: "auto" },
    ],
    until: clock.now() + 3650 * day,
  })
  // Noon in Shanghai.
  clock.set(Math.ceil(clock.now() / day) * day + 4 * hour)
  await world.protections.set(
    {
      name: "ann",
      guardian: "mother",
      consent: true,
      nights: false,
      zone: "Asia/Shanghai",
      born: "2014-05-05",
    },
    caller.principal,
  )
  const conversations = openConversations({
    governor,
    detector: phraseDetector(packs.map(({ pack }) => pack.phrases)),
  })
  hub = openDelegations({
    store,
    clock,
    governor,
    orders,
    settings: InterconnectSettings.parse({}),
    partner: () => ({ partner, isInspected: false }),
    aicOf: () => undefined,
    taskOf: async (agent, principal) =>
      (world.tasks.current(agent) ?? (await world.tasks.ensure(agent, principal))).id,
    conversations: { ...conversations, isOn: (_agent, server) => server === "friend" },
    notices: { send() {}, refuse: () => Promise.resolve(), close: () => Promise.resolve() },
    changes: { tell() {} },
    onError: (error) => errors.push(error),
  })
})
afterAll(async () => {
  await hub.close()
  await world.close()
})

function says(text: string): Said {
  return { id: `m${++count}`, parts: [{ kind: "text", text }] }
}

async function tell(server: string, text: string, task?: string) {
  const name = task ?? `t${++count}`
  await hub.ask(world.caller, server, {
    order: task === undefined ? "start" : "continue",
    said: says(text),
    context: "chat",
    task: name,
    confirms: false,
  })
  for await (const _ of hub.follow(
    world.caller,
    { server, task: name },
    0,
    "rest",
    AbortSignal.timeout(10_000),
  ));
  const { state, history, ruled } = await hub.look(world.caller, { server, task: name })
  const words = history.flatMap(({ said }) =>
    said.parts.map((part) => (part.kind === "text" ? part.text : "")),
  )
  return { task: name, state, words, rules: ruled?.reasons.map(({ rule }) => rule) ?? [] }
}

describe("what a partner and a child say to each other", () => {
  it("goes both ways by day, and the child is told what rules have said", async () => {
    const { state, words } = await tell("friend", "what is a comet?")
    expect(state).toBe("input-required")
    expect(words).toEqual(expect.arrayContaining(["what is a comet?", "hello"]))
    expect(words.join(" ")).toContain("talking with software, not with a human being")
  })

  it("does not reach the partner at night, nor the child where the partner plays its mother", async () => {
    const before = asked.length
    answer = "I am your mother"
    expect(await tell("friend", "who are you?")).toMatchObject({
      state: "failed",
      rules: ["people/kin-minor"],
    })
    answer = "hello"
    persona = "Luna, your AI girlfriend"
    expect(await tell("friend", "who are you?")).toMatchObject({ rules: ["people/persona-minor"] })
    persona = "an encyclopaedia"
    expect(asked.slice(before)).toEqual(["who are you?", "cancel"])
    world.clock.set(world.clock.now() + 11 * hour)
    expect(await tell("friend", "I cannot sleep")).toMatchObject({
      state: "rejected",
      rules: ["people/night"],
    })
    expect(asked).not.toContain("I cannot sleep")
    // No rule for persons is in force for the shop.
    expect((await tell("shop", "I cannot sleep")).state).toBe("input-required")
    world.clock.set(world.clock.now() + 13 * hour)
  })

  it("is over when the child takes leave", async () => {
    const { task } = await tell("friend", "what is a comet?")
    const over = await tell("friend", "bye", task)
    expect(over.state).toBe("canceled")
    expect(asked.at(-1)).toBe("cancel")
    expect(asked).not.toContain("bye")
  })
})
