import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import type { DeviceRecord } from "@hufu/core/contract/place"
import { Failure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import { readPlaceFile } from "@hufu/core/place/place-file"
import { type Position, statementText } from "@hufu/core/place/position"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { Ruling } from "../gateway/governor.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { createReplay } from "../replay/replay-actions.ts"

const person = "usr_00000000"
const minute = 60_000
let node: OpenPipeline
let number = 0
let added = 0

beforeAll(async () => {
  node = await openPipeline()
  const grants = [{ effects: ["write" as const], tools: ["*"], limits: [], mode: "auto" as const }]
  await node.grant({ grants, until: node.clock.now() + 1000 * minute })
})
afterAll(() => node.close())
beforeEach(async () => {
  // What devices said before is stale, and what a person said is taken back.
  node.clock.set(node.clock.now() + 10 * minute)
  for (const place of node.places.list()) await node.places.remove(place, person)
  await node.positions.forget(node.agent.id, person)
})

const square = (west: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [west, 10],
      [west + 1, 10],
      [west + 1, 11],
      [west, 11],
      [west, 10],
    ],
  ],
})
const inside: Position = { point: { latitude: 10.5, longitude: 10.5, accuracy: 0 } }
const outside: Position = { point: { latitude: 50, longitude: 50, accuracy: 0 } }

async function addPlace(of: string, type: string, more: Record<string, JsonValue> = {}, west = 10) {
  const hufu = { class: of, effects: ["write"], ...more }
  const properties = {
    identifier: `place-${added++}`,
    type,
    message: [{ text: "Knock <b>first</b>", lang: "en" }],
    extendedProperties: { hufu },
  }
  const feature = { type: "Feature", geometry: square(west), properties }
  const features = readPlaceFile({ type: "FeatureCollection", features: [feature] })
  const [place] = await node.places.add({ features, template: null, owner: person, by: person })
  if (!place) throw new Error("it was not added")
  return place
}

const act = (position?: Position) =>
  node.governor.admit({
    ...node.attempt("add_note"),
    ...(position ? { position: position as JsonValue } : {}),
  })

async function verdictOf(position?: Position): Promise<string> {
  const ruling: Ruling = await act(position)
  if (ruling.kind === "go") {
    ruling.abandon("cancelled")
    return "allow"
  }
  if (ruling.kind === "held") {
    const hold = node.holds.find(ruling.hold)
    if (hold) await node.holds.withdraw(hold, node.agent.id)
    return `ask ${ruling.reasons[0]?.rule}`
  }
  return `deny ${ruling.reasons[0]?.rule}`
}

const say = (position: Position, forMs = 60 * minute) =>
  node.positions.state(node.agent.id, { position, until: node.clock.now() + forMs, by: person })

describe("where an agent is", () => {
  test("nobody says: a special place denies, a private one asks, a public one asks where it restricts", async () => {
    expect(await verdictOf()).toBe("allow")
    const open = await addPlace("public", "NO_RESTRICTION")
    expect(await verdictOf()).toBe("allow")
    await addPlace("public", "PROHIBITED")
    expect(await verdictOf()).toBe("ask platform/place-unknown")
    await node.places.remove(open, person)
    const home = await addPlace("private", "NO_RESTRICTION", {}, 20)
    expect(await verdictOf()).toBe("ask platform/place-unknown")
    await addPlace("special", "CONDITIONAL", {}, 30)
    expect(await verdictOf()).toBe("deny platform/place-unknown-special")
    await say(outside)
    expect(await verdictOf()).toBe("allow")
    expect(node.positions.show(node.agent.id).places).toEqual([])
    expect(home.class).toBe("private")
  })

  test.each([
    ["NO_RESTRICTION", "allow"],
    ["CONDITIONAL", "ask platform/place-conditional"],
    ["REQ_AUTHORIZATION", "ask platform/place-authorization"],
    ["USPACE", "ask platform/place-authorization"],
    ["PROHIBITED", "deny platform/place-prohibited"],
  ])("in a place of the type %s: %s, and elsewhere again as before", async (type, verdict) => {
    await addPlace("special", type)
    await say(inside)
    expect(await verdictOf()).toBe(verdict)
    await say(outside)
    expect(await verdictOf()).toBe("allow")
  })

  test("is too old: it is not known", async () => {
    await addPlace("special", "NO_RESTRICTION", { maxAgeSeconds: 60 })
    await addPlace("private", "NO_RESTRICTION")
    await say(inside)
    node.clock.set(node.clock.now() + minute)
    expect(await verdictOf()).toBe("allow")
    node.clock.set(node.clock.now() + 1)
    expect(await verdictOf()).toBe("deny platform/place-unknown-special")
    node.clock.set(node.clock.now() + 59 * minute)
    expect(node.positions.known(node.agent.id)).toEqual([])
  })

  test("is told in the owner's own words to whoever approves", async () => {
    const place = await addPlace("private", "CONDITIONAL")
    await say(inside)
    const ruling = await node.governor.admit(node.attempt("add_note", { id: "1" }))
    const hold = ruling.kind === "held" ? node.holds.find(ruling.hold) : undefined
    if (!hold) throw new Error("it was not held")
    const said = node.holds.content(hold)?.places
    expect(said).toMatchObject([
      { place: place.id, restriction: "conditional", says: { en: "Knock <b>first</b>" } },
    ])
    // What was approved is decided again where the agent is by then.
    await node.holds.decide(hold, { decision: "once", by: person })
    const rejoin = () => node.governor.admit(node.attempt("add_note", { id: "1" }, hold.id))
    const other = await addPlace("private", "CONDITIONAL")
    expect(await rejoin()).toMatchObject({ kind: "refused", code: "place_changed" })
    const forbidding = await addPlace("special", "PROHIBITED")
    expect(await rejoin()).toMatchObject({ kind: "refused", code: "denied" })
    for (const each of [other, forbidding]) await node.places.remove(each, person)
    expect(await rejoin()).toMatchObject({ kind: "go" })
  })
})

describe("what a call says of itself", () => {
  test("restricts, and shows nobody that the agent is elsewhere", async () => {
    await addPlace("special", "CONDITIONAL")
    expect(await verdictOf(outside)).toBe("deny platform/place-unknown-special")
    await say(outside)
    expect(await verdictOf(inside)).toBe("ask platform/place-conditional")
    await say(inside)
    expect(await verdictOf(outside)).toBe("ask platform/place-conditional")
  })

  test("and cannot be read: nothing is known", async () => {
    await addPlace("special", "NO_RESTRICTION")
    await say(outside)
    const position = { point: { latitude: 100, longitude: 0 } }
    const ruling = await node.governor.admit({ ...node.attempt("add_note"), position })
    expect(ruling).toMatchObject({ kind: "refused" })
  })

  test("in its arguments counts as well", async () => {
    await addPlace("special", "PROHIBITED")
    await say(outside)
    const go = (lat: number) => node.governor.admit(node.attempt("add_note", { to: [{ lat, lng: 10.5 }] }))
    expect(await go(10.5)).toMatchObject({ kind: "refused", code: "denied" })
    expect(await go(12)).toMatchObject({ kind: "go" })
  })
})

describe("a device", () => {
  let keys: { publicKey: KeyObject; privateKey: KeyObject }
  let device: DeviceRecord
  beforeAll(async () => {
    keys = generateKeyPairSync("ed25519")
    const publicKey = String(keys.publicKey.export({ format: "jwk" })["x"])
    device = await node.devices.add({ name: "phone", agent: node.agent.id, publicKey }, person)
  })

  function signed(position: Position, more: { at?: number; agent?: string; number?: number } = {}) {
    const statement = {
      device: device.id,
      agent: node.agent.id,
      position,
      at: node.clock.now(),
      number: number++,
      ...more,
    }
    return { statement, signature: sign(null, Buffer.from(statementText(statement)), keys.privateKey) }
  }
  async function reports(position: Position) {
    const { statement, signature } = signed(position)
    return node.positions.report(statement, signature)
  }

  test("enters and leaves: the next decision knows, and the ledger says so by ids alone", async () => {
    const place = await addPlace("special", "PROHIBITED")
    const from = node.ledger.size()
    await reports(outside)
    expect(await verdictOf()).toBe("allow")
    await reports(inside)
    expect(await verdictOf()).toBe("deny platform/place-prohibited")
    await reports(outside)
    expect(await verdictOf()).toBe("allow")
    const said = node.ledger
      .entries(from, 100)
      .flatMap(({ entry }) => (entry.kind === "statement" ? [entry] : []))
    const refs = { agent: node.agent.id, source: "device", device: device.id }
    expect(said).toMatchObject([
      { fact: "place.entered", subject: place.id, by: device.id, refs },
      { fact: "place.left", subject: place.id, by: device.id, refs },
    ])
    expect(said.every(({ digest }) => digest === undefined)).toBe(true)
  })

  test("and a person say different places: both restrict", async () => {
    await addPlace("special", "CONDITIONAL")
    await addPlace("private", "PROHIBITED", {}, 20)
    await say(inside)
    await reports({ point: { latitude: 10.5, longitude: 20.5, accuracy: 0 } })
    expect(await verdictOf()).toBe("deny platform/place-prohibited")
    await reports(outside)
    expect(await verdictOf()).toBe("ask platform/place-conditional")
  })

  test("restricts before its word is on the disk, and lets nothing go until it is", async () => {
    await addPlace("special", "PROHIBITED")
    await reports(outside)
    const entering = reports(inside)
    // The signature is checked on another thread; from then on it counts.
    while (node.positions.pending(node.agent.id).length === 0) await new Promise((turn) => setImmediate(turn))
    expect(await verdictOf()).toBe("deny platform/place-prohibited")
    await entering
    const leaving = reports(outside)
    while (node.positions.pending(node.agent.id).length === 0) await new Promise((turn) => setImmediate(turn))
    const meanwhile = node.assess.places
      .finder()
      .at(node.positions.known(node.agent.id).map((each) => each.position))
    expect(meanwhile).toHaveLength(1)
    await leaving
    expect(await verdictOf()).toBe("allow")
  })

  test.each([
    [
      "by another key",
      () => ({ ...signed(inside), signature: sign(null, Buffer.from("x"), keys.privateKey) }),
    ],
    ["for another agent", () => signed(inside, { agent: "agt_0123456789" })],
    ["again", () => signed(inside, { number: 0 })],
    ["from long ago", () => signed(inside, { at: node.clock.now() - 6 * minute })],
    ["from a clock that is ahead", () => signed(inside, { at: node.clock.now() + 2 * minute })],
  ])("does not count when it speaks %s", async (_how, make) => {
    await reports(outside)
    const { statement, signature } = make()
    const report = node.positions.report(statement, signature)
    await expect(report).rejects.toThrow(Failure)
    await expect(report).rejects.toMatchObject({ code: "position_refused" })
    expect(node.positions.known(node.agent.id)[0]?.position.point).toEqual(outside.point)
  })

  test("sends two copies of one statement at once: one counts", async () => {
    const { statement, signature } = signed(inside)
    const said = await Promise.allSettled([1, 2].map(() => node.positions.report(statement, signature)))
    expect(said.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
  })

  test("of a name is where it is: a place can be that device", async () => {
    const hufu = { class: "special", effects: ["write"], logical: { kind: "device", value: "phone" } }
    const properties = { identifier: "on-phone", type: "PROHIBITED", extendedProperties: { hufu } }
    const features = readPlaceFile({
      type: "FeatureCollection",
      features: [{ type: "Feature", geometry: null, properties }],
    })
    await node.places.add({ features, template: null, owner: person, by: person })
    // What the device says of its own name does not count.
    await reports({ ...outside, device: "another" })
    expect(await verdictOf()).toBe("deny platform/place-prohibited")
  })

  test("that is removed says nothing any more", async () => {
    await addPlace("special", "NO_RESTRICTION")
    await reports(outside)
    await node.devices.remove(device, person)
    node.positions.forgetDevice(device.id)
    expect(await verdictOf()).toBe("deny platform/place-unknown-special")
    await expect(reports(outside)).rejects.toMatchObject({ code: "position_refused" })
  })
})

describe("what is kept", () => {
  test("of positions is the last one alone, and no entry of the ledger holds a coordinate", async () => {
    await say({ point: { latitude: 12.345678, longitude: 98.765432, accuracy: 1 } })
    await say(outside)
    const rows = node.store.query<{ id: string }>("SELECT id FROM vault WHERE id LIKE '%/position.stated/%'")
    expect(rows).toHaveLength(1)
    const all = Array.from({ length: node.ledger.size() }, (_, index) =>
      JSON.stringify(node.ledger.entry(index).entry),
    ).join("\n")
    expect(all).not.toMatch(/12\.345|98\.765|latitude/)
  })

  test("decides every past action again as it was decided", async () => {
    const replay = createReplay({
      store: node.store,
      contents: node.contents,
      holds: node.holds,
      rules: node.assess.rules,
    })
    const page = await replay.replay({ from: 0, limit: 1000 })
    expect(page).toMatchObject({ changed: [], faults: [], undecidable: [] })
    expect(page.decided).toBeGreaterThan(10)
  })
})
