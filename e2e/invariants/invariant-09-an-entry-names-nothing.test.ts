import { createHash } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { canonicalize } from "@hufu/core/json/canonical"
import { doorKinds } from "./agent-door.ts"
import { createWorld, personSecret, type World, type WorldAgent } from "./world.ts"

/** Everything that somebody typed, named or sent; none of it may be in the ledger, in any form that can be guessed back. */
const words = {
  agent: "aardvark-agent",
  task: "buy xylophones for grandmother",
  mandate: "only the zeppelin account",
  argument: "quetzalcoatl@example.com",
  path: "/home/someone/ocelot.txt",
  short: "7",
  tool: "send_note",
  server: "notes",
  label: "wombat-release",
  reason: "because of the narwhal",
  refusal: "no more axolotls",
  result: "the result speaks of pangolins",
  hostile: "kakapo\u001b[2Jkakapo",
}

let world: World
let agent: WorldAgent
let text: string
beforeAll(async () => {
  world = await createWorld()
  agent = await world.agent(words.agent)
  await leaveTraces()
  text = JSON.stringify(await world.entries())
})
afterAll(() => world.dispose())

async function leaveTraces(): Promise<void> {
  world.upstream.answer = () => ({ resultType: "complete", content: [{ type: "text", text: words.result }] })
  await world.person.version.declare({ agent: agent.id, label: words.label })
  const { credential } = await world.person.credential.issue({ agent: agent.id })
  agent = { ...agent, credential }
  await world.person.task.start({ agent: agent.id, words: words.task })
  const limits = [{ argument: "/to", kind: "equal" as const, value: words.argument }]
  const grants = [{ effects: ["send" as const], tools: ["notes/send_note"], limits, mode: "auto" as const }]
  await world.grant(agent, { words: words.mandate, grants })
  for (const kind of doorKinds) {
    const door = await world.door(kind, agent)
    await door.call("send_note", { to: words.argument, id: words.short, text: words.path })
    const refused = { id: words.short, text: words.hostile }
    const { hold = "" } = await door.call("add_note", refused)
    await world.local.hold.refuse({ hold, reason: words.refusal })
    await door.call("add_note", refused, { hold })
    const again = await door.call("add_note", { id: words.path, text: kind })
    await world.approve(again.hold ?? "", { for: "task", arguments: { id: words.argument } })
    await door.call("add_note", { id: words.path, text: kind })
    await door.call(words.result.replaceAll(" ", "_"), { id: words.short })
    await door.request("resources/read", { uri: `file://${words.path}` })
  }
  await world.local.agent.suspend({ agent: agent.id, reason: words.reason })
  await world.person.agent.resume({ agent: agent.id })
  await world.local.stop.declare({ reason: words.reason })
  await world.person.stop.lift()
}

test("no name, word, path, argument, result or secret is in any entry", () => {
  expect(text.length).toBeGreaterThan(10_000)
  const said = [...Object.values(words).filter((word) => word.length > 1), personSecret, agent.credential]
  const inside = said.filter(
    (word) => text.includes(word) || text.includes(JSON.stringify(word).slice(1, -1)),
  )
  // The server has the same name as a part of other words would; its own name is looked for as a value.
  expect(inside).toEqual([])
})

test("every member of an entry is an id, a digest, a time, a number or a word of a fixed list", async () => {
  const fixed = /^[a-z][a-z_.-]{0,40}$/
  const id = /^[a-z]{3}_[0-9a-z]{8,32}$/
  const digest = /^[0-9a-f]{64}$/
  const rule = /^[a-z-]+\/[a-z-]+$/
  // A time, where a statement says one besides its own.
  const time = /^ms-\d{13}$/
  for (const { entry } of await world.entries()) {
    for (const value of leaves(entry)) {
      if (typeof value !== "string") continue
      const isKnown = [fixed, id, digest, rule, time].some((shape) => shape.test(value))
      expect(isKnown, `${value} in ${JSON.stringify(entry)}`).toBe(true)
    }
  }
})

test("no short value can be confirmed by hashing guesses", () => {
  const values = [
    ...Object.values(words),
    { to: words.argument, id: words.short, text: words.path },
    { id: words.short },
    { words: words.task },
    { reason: words.reason },
    { name: words.agent, identifiedBy: "credential", demo: false },
    { tool: "send_note" },
  ]
  const texts = values.flatMap((value) => [
    canonicalize(value),
    JSON.stringify(value),
    typeof value === "string" ? value : "{}",
  ])
  for (const guess of texts)
    for (const algorithm of ["sha256", "sha512", "sha1"])
      for (const encoding of ["hex", "base64url", "base64"] as const)
        expect(text.includes(createHash(algorithm).update(guess).digest(encoding)), guess).toBe(false)
})

test("the same action twice has nothing in common that says so but its agent, task, server and effect", async () => {
  const intents = (await world.entries()).filter(({ entry }) => entry["kind"] === "intent")
  const tools = intents.map(({ entry }) => entry["tool"])
  expect(new Set(tools).size).toBe(tools.length)
  const args = intents.map(({ entry }) => entry["arguments"])
  expect(new Set(args).size).toBe(args.length)
})

function leaves(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [value]
  return Object.values(value).flatMap(leaves)
}
