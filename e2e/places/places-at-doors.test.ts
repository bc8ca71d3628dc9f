import { generateKeyPairSync, sign } from "node:crypto"
import { type Position, statementText } from "@hufu/core/place/position"
import { afterAll, beforeAll, expect, test } from "vitest"
import { doorKinds } from "../invariants/agent-door.ts"
import { createWorld, type World, type WorldAgent } from "../invariants/world.ts"
import { modernMeta } from "../upstream/mcp-message.ts"

// What places do to real calls, through every door, with positions from the person, a device and the call.

const inside: Position = { point: { latitude: 52.5, longitude: 13.4, accuracy: 10 } }
const outside: Position = { point: { latitude: 40, longitude: 13.4, accuracy: 10 } }
const keys = generateKeyPairSync("ed25519")

let world: World & AsyncDisposable
let agent: WorldAgent
let device: string
let number = 0

beforeAll(async () => {
  world = await createWorld()
  agent = await world.agent("courier")
  await world.grant(agent, { grants: [{ effects: ["write"], tools: ["notes/*"], limits: [], mode: "auto" }] })
  const key = String(keys.publicKey.export({ format: "jwk" })["x"])
  device = (await world.person.device.add({ name: "phone", agent: "courier", key })).id
  const geometry = { type: "Point", coordinates: [13.4, 52.5], extent: { subType: "Circle", radius: 500 } }
  const properties = {
    identifier: "ward",
    type: "PROHIBITED",
    extendedProperties: { hufu: { effects: ["write"], tools: ["notes/add_note"] } },
  }
  const file = { type: "FeatureCollection", features: [{ type: "Feature", geometry, properties }] }
  await expect(world.person.place.add({ file })).rejects.toMatchObject({ code: "invalid_input" })
  await world.person.place.add({ file, class: "special" })
}, 60_000)
afterAll(() => world.dispose())

/** Handed in by whoever likes: no credential goes with it. */
async function report(position: Position, privateKey = keys.privateKey): Promise<number> {
  const statement = { device, agent: agent.id, position, at: world.clock.now(), number: number++ }
  const signature = sign(null, Buffer.from(statementText(statement)), privateKey).toString("base64url")
  const answer = await fetch(new URL("/v1/positions", world.node.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ statement, signature }),
  })
  return answer.status
}

test.each(doorKinds)("a place decides at the door %s, and entering and leaving at once", async (kind) => {
  const door = await world.door(kind, agent)
  const write = async () => (await door.call("add_note", { id: `${kind}-${number}` })).code ?? "done"
  world.clock.advance(600_000)
  await world.renew()
  await world.person.position.forget({ agent: agent.id })
  expect(await write()).toBe("denied")
  await world.person.position.state({ agent: agent.id, latitude: 40, longitude: 13.4 })
  expect(await write()).toBe("done")
  expect(await report(inside)).toBe(200)
  expect(await write()).toBe("denied")
  expect(await report(outside, generateKeyPairSync("ed25519").privateKey)).toBe(401)
  expect(await write()).toBe("denied")
  expect(await report(outside)).toBe(200)
  expect(await write()).toBe("done")
})

test("what a client says of itself restricts its call", async () => {
  const door = await world.door("modern", agent)
  const write = async (position: unknown) => {
    const _meta = { ...modernMeta, "hufu/position": position }
    return (
      (await door.request("tools/call", { name: "add_note", arguments: { id: "m" }, _meta })).code ?? "done"
    )
  }
  expect(await write(outside)).toBe("done")
  expect(await write(inside)).toBe("denied")
  expect(await write({ point: "here" })).toBe("denied")
})

test("after a restart the person's word is there, the device's is not until it speaks again", async () => {
  expect(await report(inside)).toBe(200)
  await world.restart()
  expect((await world.local.position.show({ agent: agent.id })).known.map(({ source }) => source)).toEqual([
    "session",
  ])
  expect((await (await world.door("modern", agent)).call("add_note", { id: "r" })).code).toBeUndefined()
  number = 0
  expect(await report(inside)).toBe(401)
  // Nobody else says where it is: then the special place denies, until the device has spoken.
  await world.person.position.forget({ agent: agent.id })
  expect((await (await world.door("modern", agent)).call("add_note", { id: "s" })).code).toBe("denied")
  number = 100
  expect(await report(outside)).toBe(200)
  expect((await (await world.door("modern", agent)).call("add_note", { id: "t" })).code).toBeUndefined()
})

test("a place's own rules hold inside it alone, only forbid or ask, over a restart, and go with it", async () => {
  const zone = (rules: string, identifier: string) => ({
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        geometry: { type: "Point", coordinates: [13.4, 10], extent: { subType: "Circle", radius: 500 } },
        properties: {
          identifier,
          type: "NO_RESTRICTION",
          extendedProperties: { hufu: { class: "public", effects: ["write"], rules } },
        },
      },
    ],
  })
  const add = (rules: string, identifier = "library") =>
    world.person.place.add({ file: zone(rules, identifier) })
  const loud = `@id("place/quiet") @why("no loud notes here") @why_zh("此处不得喧哗")
forbid (principal, action, resource) when { resource.name == "add_note" };`
  await world.renew()
  for (const [rules, why] of [
    [`@id("place/open") permit (principal, action, resource);`, "only forbids or asks"],
    [loud.replace("place/quiet", "own/quiet"), "begins with `place/`"],
    [loud.replace("resource.name", "resource.nothing"), "nothing"],
    ["forbid nonsense;", "library"],
  ] as const)
    await expect(add(rules)).rejects.toMatchObject({
      code: "rule_invalid",
      message: expect.stringContaining(why),
    })
  expect(
    (await world.local.place.list({})).items.map(({ feature }) => feature.properties.identifier),
  ).toEqual(["ward"])
  const before = (await world.local.rules.list({})).digest
  const [library] = (await add(loud)).items
  await expect(add(loud, "another")).rejects.toMatchObject({ code: "rule_invalid" })
  const rules = await world.local.rules.list({})
  expect(rules.items.filter(({ layer }) => layer === "place").map(({ id }) => id)).toEqual(["place/quiet"])
  const write = async (tool = "add_note") => {
    const said = await (
      await world.door("modern", agent)
    ).call(tool, { id: `${tool}-${number++}`, text: "x" })
    return said.code ?? said.text
  }
  const standAt = (latitude: number) =>
    world.person.position.state({ agent: agent.id, latitude, longitude: 13.4 })
  number = 1000
  await standAt(10)
  expect(await write()).toBe("denied")
  const [action] = (await world.local.action.list({ limit: 1 })).items
  expect(action?.rules).toEqual(["place/quiet"])
  await standAt(40)
  expect(await write()).toBe("done")
  // Nobody says where it is: then public ground that has rules asks.
  world.clock.advance(600_000)
  await world.renew()
  await world.person.position.forget({ agent: agent.id })
  expect(await write()).not.toBe("done")
  await world.restart()
  await world.renew()
  expect((await world.local.rules.list({})).digest).toBe(rules.digest)
  await standAt(10)
  expect(await write()).toBe("denied")
  await world.person.place.remove({ place: library?.id ?? "" })
  expect((await world.local.rules.list({})).digest).toBe(before)
  expect(await write()).toBe("done")
})
