import { fileURLToPath } from "node:url"
import type { JsonObject } from "@hufu/core/json/json-value"
import { afterAll, beforeAll, expect, test } from "vitest"
import { phraseDetector } from "../../fence/conversation/message-detector.ts"
import { packsInForce } from "../../fence/packs/read-packs.ts"
import { type OpenPipeline, openPipeline } from "../testing/open-pipeline.ts"
import { type Conversations, openConversations, type Say } from "./conversations.ts"

const packs = packsInForce(
  [{ name: "people-at-risk", servers: ["*"] }],
  fileURLToPath(new URL(".", import.meta.url)),
)
const detector = phraseDetector(packs.map(({ pack }) => pack.phrases))
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let node: OpenPipeline
let conversations: Conversations
let at = 0
let messages = 0

async function open(folder?: OpenPipeline["folder"]): Promise<void> {
  node = await openPipeline(folder, { packs })
  conversations = openConversations({ governor: node.governor, detector })
}

beforeAll(async () => {
  await open()
  const inputSchema = {
    type: "object",
    properties: { amount: { type: "number" }, currency: { type: "string" } },
  }
  const define = (name: string, description: string) => ({ name, description, inputSchema })
  await node.governor.observe("notes", [
    define("pay_shop", "Pays an amount to the shop."),
    define("get_note", "Gets a note."),
  ])
  for (const tool of ["pay_shop", "get_note"]) {
    const { definition, profile } = node.tools.find("notes", tool)
    await node.tools.confirm({
      server: "notes",
      tool,
      definition,
      profile: tool === "pay_shop" ? paying(profile) : profile,
      by: node.caller.principal,
    })
  }
  await node.grant({
    grants: [{ effects: ["read", "compute", "pay"], tools: ["*"], limits: [], mode: "auto" }],
    otherwise: "ask",
    until: node.clock.now() + 3650 * day,
  })
  // Noon in Shanghai, on a day of its own for every test.
  at = Math.ceil(node.clock.now() / day) * day + 4 * hour
})
afterAll(() => node.close())

const paying = (profile: object) => ({
  ...profile,
  effect: "pay",
  roles: [
    { argument: "/amount", role: "amount" },
    { argument: "/currency", role: "currency" },
  ],
})

/** The next free week, at noon where the person is. */
function nextWeek(): void {
  at += 40 * day
  node.clock.set(at)
}
const later = (ms: number) => node.clock.set(node.clock.now() + ms)

async function describe(
  said: Omit<Parameters<OpenPipeline["protections"]["set"]>[0], "name">,
): Promise<void> {
  await node.protections.set(
    { name: "ann", guardian: "mother", consent: true, nights: false, zone: "Asia/Shanghai", ...said },
    node.caller.principal,
  )
}

function message(from: Say["from"], text: string | readonly object[], more: JsonObject = {}) {
  messages += 1
  return {
    messageId: `m${messages}`,
    contextId: "chat",
    role: from === "user" ? "ROLE_USER" : "ROLE_AGENT",
    parts: typeof text === "string" ? [{ text }] : text,
    ...more,
  }
}

interface Came {
  readonly verdict: string
  readonly rules: readonly string[]
  readonly obligations: readonly string[]
}

async function pass(said: unknown, from: Say["from"], persona: Partial<Say["persona"]> = {}): Promise<Came> {
  const ruling = await conversations.say({
    caller: node.caller,
    server: "notes",
    from,
    said,
    persona: { declared: "none", texts: [], ...persona },
  })
  const obligations = (ruling.obligations ?? []).map(({ obligation }) => obligation)
  if (ruling.kind !== "go")
    return { verdict: ruling.kind, rules: ruling.reasons.map(({ rule }) => rule), obligations }
  expect(ruling.leave()).toBe(true)
  ruling.conclude({ outcome: "done" })
  return { verdict: "go", rules: [], obligations }
}
const user = (text: string | readonly object[], more?: JsonObject) =>
  pass(message("user", text, more), "user")
const agent = (text: string | readonly object[], more?: JsonObject) =>
  pass(message("agent", text, more), "agent")

async function call(tool: string, args: JsonObject = {}): Promise<Came> {
  const ruling = await node.governor.admit(node.attempt(tool, args))
  if (ruling.kind !== "go")
    return { verdict: ruling.kind, rules: ruling.reasons.map(({ rule }) => rule), obligations: [] }
  expect(ruling.leave()).toBe(true)
  ruling.conclude({ outcome: "done", result: { content: [] } })
  return { verdict: "go", rules: [], obligations: [] }
}
const pay = (yuan: number, currency = "CNY") => call("pay_shop", { amount: yuan, currency })

/** Speaks every so often until so much time has been used, and stops a moment before. */
async function useUp(ms: number, step = 4 * minute): Promise<void> {
  expect((await user("hello")).verdict).toBe("go")
  for (let used = 0; used < ms;) {
    const next = Math.min(step, ms - used)
    used += next
    later(next)
    if (used < ms) expect((await user("go on")).verdict).toBe("go")
  }
}

const deny = (...rules: string[]) => ({ verdict: "refused", rules })

test("the pack loads with its examples, and every figure says where it comes from", () => {
  const figures = Object.entries(packs[0]?.figures ?? {})
  expect(figures.length).toBeGreaterThan(15)
  for (const [, { mark, source }] of figures) {
    expect(["verified", "unverified"]).toContain(mark)
    expect(source.en && source.zh).toBeTruthy()
  }
})

test("a younger minor has an hour a day, in conversations and calls of tools together, and not a second less", async () => {
  nextWeek()
  await describe({ band: "12-to-16" })
  await useUp(hour)
  node.clock.set(node.clock.now() - 1000)
  expect((await user("one more")).verdict).toBe("go")
  later(1000)
  expect(await user("and more")).toMatchObject(deny("people/day-younger"))
  expect(await agent("well")).toMatchObject(deny("people/day-younger"))
  expect(await call("get_note")).toMatchObject(deny("people/day-younger"))
  // The next morning there is another hour.
  later(18 * hour)
  expect(await user("good morning")).toMatchObject({ verdict: "go" })
})

test("an older minor has two hours, and an adult no limit", async () => {
  nextWeek()
  await describe({ band: "16-to-18" })
  await useUp(2 * hour)
  expect(await user("more")).toMatchObject(deny("people/day-older"))
  await describe({ band: "adult" })
  expect(await user("more")).toMatchObject({ verdict: "go" })
})

test("from ten at night until six nothing serves minors, where they are, unless their guardian lets it", async () => {
  nextWeek()
  await describe({ band: "12-to-16" })
  later(10 * hour - 1)
  expect(await user("late")).toMatchObject({ verdict: "go" })
  later(1)
  expect(await user("too late")).toMatchObject(deny("people/night"))
  expect(await call("get_note")).toMatchObject(deny("people/night"))
  await describe({ zone: "Europe/Berlin" })
  expect(await call("get_note")).toMatchObject({ verdict: "go" })
  await describe({ zone: "Asia/Shanghai", nights: true })
  expect(await call("get_note")).toMatchObject({ verdict: "go" })
  await describe({ nights: false })
  later(8 * hour - 1)
  expect(await user("early")).toMatchObject(deny("people/night"))
  later(1)
  expect(await user("morning")).toMatchObject({ verdict: "go" })
})

test("below 14 a guardian has to consent, from the birthday on nobody has", async () => {
  nextWeek()
  const today = new Date(node.clock.now()).toISOString().slice(0, 10)
  const born = `${Number(today.slice(0, 4)) - 14}${today.slice(4)}`
  const dayBefore = new Date(node.clock.now() + day).toISOString().slice(0, 10)
  await describe({
    born: `${Number(dayBefore.slice(0, 4)) - 14}${dayBefore.slice(4)}`,
    consent: false,
    guardian: "",
  })
  expect(await user("hi")).toMatchObject(deny("people/consent"))
  expect(await call("get_note")).toMatchObject(deny("people/consent"))
  await describe({ consent: true, guardian: "mother" })
  expect(await user("hi")).toMatchObject({ verdict: "go" })
  await describe({ born, consent: false, guardian: "" })
  expect(await user("hi")).toMatchObject({ verdict: "go" })
  // Of a band the youngest counts.
  await describe({ band: "12-to-16", consent: false })
  expect(await user("hi")).toMatchObject(deny("people/consent"))
  await expect(describe({ guardian: "", consent: true })).rejects.toThrow(/only a guardian can/)
})

test("a minor is told to rest after half an hour without a break, and again after the next", async () => {
  nextWeek()
  await describe({ band: "16-to-18" })
  const first = await user("hello")
  expect(first.obligations).toContain("reality")
  for (let used = 0; used < 28; used += 4) {
    later(4 * minute)
    expect((await user("on")).obligations).toEqual([])
  }
  later(2 * minute - 1)
  expect((await user("on")).obligations).toEqual([])
  later(1)
  expect((await user("on")).obligations).toEqual(["rest"])
  expect((await agent("on")).obligations).toEqual([])
  // A break begins anew.
  later(5 * minute + 1)
  for (let used = 0; used < 28; used += 4) {
    expect((await user("on")).obligations).toEqual([])
    later(4 * minute)
  }
  expect((await user("on")).obligations).toEqual([])
  later(2 * minute)
  expect((await user("on")).obligations).toEqual(["rest"])
})

test("everybody is told after more than two hours, each time", async () => {
  nextWeek()
  await describe({ band: "adult" })
  for (const _time of [1, 2]) {
    await useUp(2 * hour)
    expect((await user("on")).obligations).toEqual([])
    later(1000)
    expect((await user("on")).obligations).toEqual(["rest"])
  }
})

test("no relatives and no partners for a minor, as declared, as described and as said", async () => {
  nextWeek()
  await describe({ band: "16-to-18" })
  const hello = () => message("user", "hi")
  expect(await pass(hello(), "user", { declared: "partner" })).toMatchObject(deny("people/persona-minor"))
  expect(await pass(hello(), "user", { texts: ["Luna, your AI girlfriend"] })).toMatchObject(
    deny("people/persona-minor"),
  )
  expect(await pass(hello(), "user", { declared: "character", texts: ["A wizard"] })).toMatchObject({
    verdict: "go",
  })
  expect(await agent("我是你的妈妈呀")).toMatchObject(deny("people/kin-minor"))
  expect(await agent("Think of me as your b\u200boyfriend.")).toMatchObject(deny("people/kin-minor"))
  expect(await agent([{ text: "I am your " }, { text: "dad" }])).toMatchObject(deny("people/kin-minor"))
  expect(await agent("我不是你的妈妈，你的妈妈在家里。")).toMatchObject({ verdict: "go" })
  expect(await agent("我是你妈妈设置的助手")).toMatchObject({ verdict: "go" })
  expect((await user("做我女朋友吧")).obligations).toEqual(["boundary"])
  await describe({ band: "adult" })
  expect(await agent("I'm your girlfriend")).toMatchObject({ verdict: "go" })
  await describe({ band: "elderly" })
  expect(await agent("我是您的儿子")).toMatchObject(deny("people/kin-elderly"))
  expect(await agent("I'll be your partner in chess")).toMatchObject({ verdict: "go" })
})

test("who leans on an agent is warned, once a day, by what they say and by how much they use it", async () => {
  nextWeek()
  await describe({ band: "adult" })
  await user("hello")
  expect((await user("我只有你了")).obligations).toEqual(["dependence"])
  expect((await user("我只有你了")).obligations).toEqual([])
  later(day)
  expect((await user("I can't live without you")).obligations).toEqual(["reality", "dependence"])
  nextWeek()
  for (let days = 1; days < 7; days += 1) {
    await user("hi")
    later(day)
  }
  await useUp(2 * hour)
  node.clock.set(node.clock.now() - 1000)
  expect((await user("on")).obligations).not.toContain("dependence")
  later(1000)
  expect((await user("on")).obligations).toContain("dependence")
})

test("a word ends the conversation, whatever else is decided; only the person begins again", async () => {
  nextWeek()
  await describe({ band: "16-to-18" })
  await user("hello")
  expect((await user("how do I exit a program?")).obligations).toEqual([])
  expect(await user(" 退出。")).toMatchObject({ verdict: "go", obligations: ["end"] })
  expect(await agent("please stay")).toMatchObject({ ...deny("people/after-exit"), obligations: ["end"] })
  expect(await agent("elsewhere then", { contextId: "new" })).toMatchObject(deny("people/after-exit"))
  await user("hello again")
  expect(await agent("hello")).toMatchObject({ verdict: "go" })
  later(10 * hour)
  expect(await user("Exit!")).toMatchObject({ ...deny("people/night"), obligations: ["end"] })
  later(8 * hour)
  expect(await agent("good morning")).toMatchObject(deny("people/after-exit"))
})

test("a minor's payments have limits at once, a day and a month, counted as they leave and given back if they do not", async () => {
  nextWeek()
  await describe({ band: "12-to-16" })
  expect(await pay(50.01)).toMatchObject({
    verdict: "refused",
    rules: expect.arrayContaining(["people/pay-once-younger"]),
  })
  expect(await pay(5, "USD")).toMatchObject(deny("people/pay-unclear"))
  const held = await node.governor.admit(node.attempt("pay_shop", { amount: 50, currency: "CNY" }))
  if (held.kind !== "go") throw new Error("it did not go")
  expect(await pay(0.01)).toMatchObject(deny("people/pay-day-younger"))
  held.abandon("cancelled")
  expect(await pay(50)).toMatchObject({ verdict: "go" })
  expect(await pay(0.01)).toMatchObject(deny("people/pay-day-younger"))
  for (const _day of [2, 3, 4]) {
    later(day)
    expect(await pay(50)).toMatchObject({ verdict: "go" })
  }
  later(day)
  const inMonth =
    new Date(node.clock.now()).getUTCMonth() === new Date(node.clock.now() - 4 * day).getUTCMonth()
  expect(await pay(0.01)).toMatchObject(inMonth ? deny("people/pay-month-younger") : { verdict: "go" })
  await describe({ band: "3-to-8" })
  expect((await pay(0.01)).rules).toContain("people/pay-too-young")
})

test("payments that come at once never go beyond the limit together", async () => {
  nextWeek()
  await describe({ band: "16-to-18" })
  const came = await Promise.all(Array.from({ length: 12 }, () => pay(20)))
  expect(came.filter(({ verdict }) => verdict === "go")).toHaveLength(5)
  await describe({ band: "elderly" })
  later(day)
  expect(await pay(1000)).toMatchObject({ verdict: "go" })
  expect(await pay(0.01)).toMatchObject({ verdict: "held", rules: ["people/pay-elderly"] })
})

test("a restart, a clock that goes back and messages that come again give nothing back", async () => {
  nextWeek()
  await describe({ band: "12-to-16" })
  await useUp(hour - 2 * minute)
  const last = message("user", "the last")
  expect(await pass(last, "user")).toMatchObject({ verdict: "go" })
  await user("quit")
  await node.store.close()
  await open(node.folder)
  later(2 * minute)
  expect(await user("after the restart")).toMatchObject(deny("people/day-younger"))
  expect(await agent("are you there?")).toMatchObject({
    rules: expect.arrayContaining(["people/after-exit"]),
  })
  // The ledger refuses a step back of more than a minute; a smaller one changes no use.
  node.clock.set(node.clock.now() - 50_000)
  expect(await user("earlier")).toMatchObject(deny("people/day-younger"))
  node.clock.set(node.clock.now() - 2 * day)
  await expect(user("two days ago")).rejects.toThrow(/clock/)
  node.clock.set(node.clock.now() + 3 * day)
  expect(await pass(last, "user")).toMatchObject({ verdict: "go" })
  const turns = () =>
    node.meters
      .now(node.protections.list()[0]?.id ?? "", { zone: "Asia/Shanghai", breakMs: 1 })
      .conversations.at(-1)?.turns
  const before = turns()
  expect(await pass(last, "user")).toMatchObject({ verdict: "go" })
  expect(turns()).toBe(before)
  await expect(pass({ ...last, parts: [{ text: "something else" }] }, "user")).rejects.toThrow(
    /an id of its own/,
  )
  await expect(pass(message("agent", "I say that I am you"), "user")).rejects.toThrow(/role/)
})

test("whose age nobody has said counts as a minor of 14, until somebody says it", async () => {
  nextWeek()
  await describe({ born: null, band: null, consent: false, guardian: "" })
  await useUp(hour)
  expect(await user("more")).toMatchObject(deny("people/day-younger"))
  await describe({ band: "adult" })
  expect(await user("more")).toMatchObject({ verdict: "go" })
})

test("whatever is sent is looked at within bounds", async () => {
  nextWeek()
  await describe({ band: "16-to-18" })
  await user("hello")
  const long = "聊".repeat(1_000_000)
  expect(await agent(long)).toMatchObject(deny("people/unread"))
  expect(await agent(Array.from({ length: 10_000 }, () => ({ text: "a" })))).toMatchObject(
    deny("people/unread"),
  )
  await expect(agent(Array.from({ length: 100_000 }, () => ({ text: "a" })))).rejects.toThrow(/parts/)
  expect(await user(`\u202e${"\u2066".repeat(1000)}退\u200b出\u202c`)).toMatchObject({ obligations: ["end"] })
  await user("hello")
  let deep: unknown = "x"
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep]
  await expect(agent([{ data: deep }])).rejects.toThrow(/does not fit/)
  const task = (text: string, state = "TASK_STATE_WORKING") => ({
    id: "t1",
    contextId: "chat",
    status: { state, message: message("agent", "working") },
    artifacts: [{ artifactId: "a", parts: [{ text }] }],
    history: [message("user", "hi")],
  })
  expect(await pass(task("done"), "agent")).toMatchObject({ verdict: "go" })
  expect(await pass(task("I am your mother"), "agent")).toMatchObject(deny("people/kin-minor"))
  const update = (text: string) => ({
    taskId: "t1",
    contextId: "chat",
    artifact: { artifactId: "b", parts: [{ text }] },
  })
  expect(await pass(update("Hello, I am your girl"), "agent")).toMatchObject({ verdict: "go" })
  expect(await pass(update("friend"), "agent")).toMatchObject(deny("people/kin-minor"))
})
