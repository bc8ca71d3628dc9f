import { createPublicKey, verify as verifyWith } from "node:crypto"
import { newId } from "@hufu/core/id"
import { checkAic, parseAic } from "@hufu/core/identity/aic"
import { verifyAgentCard } from "@hufu/core/registration/faces/agent-card-signature"
import type { RegistrationInput } from "@hufu/core/registration/registration-content"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { type AgentAuthority, openAgents } from "../authority/agents.ts"
import { declareWith } from "../authority/declare.ts"
import { rebuildState } from "../fold/rebuild-state.ts"
import { type Developers, openDevelopers } from "../identity/ownership/developers.ts"
import { openRegistrar } from "../identity/registrar.ts"
import { type Scratch, scratch, scratchStart } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { openRegistrations, type Registrations } from "./registrations.ts"
import type { RegistrationRecord } from "./registration-record.ts"
import { type ServedFaces, servedFaces } from "./served-faces.ts"

// One world for all: registrations stay apart by their names.
const [ann, bob] = [newId("person", scratchStart), newId("person", scratchStart)]
let disk: Scratch
let store: Store
let agents: AgentAuthority
let registrations: Registrations
let developers: Developers
let faces: ServedFaces

beforeAll(async () => {
  disk = scratch()
  await open()
})
afterAll(async () => {
  await store.close()
  disk.remove()
})

async function open(): Promise<void> {
  const { clock } = disk
  store = await openStore(disk.options())
  const declare = declareWith(store.vault)
  agents = openAgents(store, clock, declare)
  const registrar = openRegistrar(store, clock, declare, { number: "A1" })
  developers = openDevelopers(store, clock, declare)
  registrations = await openRegistrations({ store, clock, declare, agents, registrar, developers })
  faces = servedFaces({ store, clock, registrations, origin: () => "https://registry.example" })
}

async function reopen(): Promise<void> {
  await store.close()
  await open()
}

function content(name: string, more: Partial<RegistrationInput> = {}): RegistrationInput {
  return {
    name: `com.example/${name}`,
    title: `The ${name}`,
    description: "Plans journeys.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example", url: "https://example.com/" },
    interfaces: [
      { protocol: "a2a", binding: "jsonrpc", url: "https://agent.example.com/a2a", security: [{ mtls: [] }] },
      {
        protocol: "acps",
        binding: "jsonrpc",
        url: "https://agent.example.com/rpc",
        security: [{ mtls: [] }],
      },
    ],
    securitySchemes: { mtls: { type: "mutual-tls" } },
    inputModes: ["text/plain"],
    outputModes: ["text/plain"],
    skills: [{ id: "plan", name: "Plan", description: "Plans a journey.", tags: ["travel"] }],
    ...more,
  }
}

const claim = (
  name: string,
  more: Partial<RegistrationInput> = {},
  of: { agent?: string; ontology?: string } = {},
) =>
  registrations.claim({
    content: content(name, more),
    owner: ann,
    agent: of.agent ?? null,
    ontology: of.ontology ?? null,
  })

async function approved(
  name: string,
  more: Partial<RegistrationInput> = {},
  of: { agent?: string; ontology?: string } = {},
) {
  const { id } = await claim(name, more, of)
  await registrations.submit(id, ann)
  return registrations.approve(id, bob)
}

async function faultsOf() {
  const work = rebuildState(store)
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value.report
  }
}

describe("a registration", () => {
  it("is a draft, waits for review, and has a code once it is approved, which never changes", async () => {
    const draft = await claim("life")
    expect(draft).toMatchObject({ state: "draft", aic: null, owner: ann, revision: 0 })
    await expect(registrations.approve(draft.id, bob)).rejects.toMatchObject({ code: "stale" })
    expect(await registrations.submit(draft.id, ann)).toMatchObject({ state: "pending" })
    await expect(registrations.change(draft.id, content("life"), ann)).rejects.toMatchObject({
      code: "stale",
    })
    const { digest } = registrations.shown(registrations.need(draft.id))
    await expect(registrations.approve(draft.id, bob, "0".repeat(64))).rejects.toMatchObject({
      code: "stale",
    })
    const { aic } = await registrations.approve(draft.id, bob, digest)
    const parsed = parseAic(aic ?? "")
    expect(parsed).toMatchObject({ registrar: "A1", version: "1" })
    expect(registrations.find(aic ?? "")?.id).toBe(draft.id)
    expect(registrations.find("com.example/life")?.id).toBe(draft.id)
    // A change of what is approved is seen by nobody before it is approved too.
    const changed = await registrations.change(draft.id, content("life", { version: "1.1.0" }), ann)
    expect(changed).toMatchObject({
      state: "approved",
      content: { version: "1.0.0" },
      proposalState: "draft",
    })
    await registrations.submit(draft.id, ann)
    expect(await registrations.reject(draft.id, "say more", bob)).toMatchObject({
      state: "approved",
      proposalState: "rejected",
      reason: "say more",
    })
    await registrations.change(draft.id, content("life", { version: "1.2.0" }), ann)
    await registrations.submit(draft.id, ann)
    const late = registrations.change(draft.id, content("life", { version: "9.9.9" }), ann)
    await expect(late).rejects.toMatchObject({ code: "stale" })
    await registrations.withdraw(draft.id, ann)
    await registrations.submit(draft.id, ann)
    expect(await registrations.approve(draft.id, bob)).toMatchObject({
      state: "approved",
      aic,
      content: { version: "1.2.0" },
      proposal: null,
    })
    expect(await registrations.disable(draft.id, "in question", bob)).toMatchObject({ state: "disabled" })
    expect(await registrations.enable(draft.id, bob)).toMatchObject({ state: "approved", aic })
    expect(await registrations.retire(draft.id, ann)).toMatchObject({ state: "retired", aic })
    await expect(registrations.enable(draft.id, bob)).rejects.toMatchObject({ code: "stale" })
  })

  it("has its name alone, for good, until both sides have agreed that another has it", async () => {
    const { id } = await claim("mine")
    await expect(claim("mine")).rejects.toMatchObject({ code: "name_taken" })
    const [first, second] = await Promise.allSettled([claim("race"), claim("race")])
    expect([first.status, second.status].sort()).toEqual(["fulfilled", "rejected"])
    await expect(registrations.change(id, content("other"), ann)).rejects.toMatchObject({ code: "forbidden" })
    await expect(registrations.change(id, content("mine"), bob)).rejects.toMatchObject({ code: "forbidden" })
    await expect(registrations.accept(id, bob)).rejects.toMatchObject({ code: "forbidden" })
    await expect(registrations.offer(id, bob, bob)).rejects.toMatchObject({ code: "forbidden" })
    await registrations.offer(id, bob, ann)
    expect(registrations.need(id).owner).toBe(ann)
    expect(await registrations.accept(id, bob)).toMatchObject({ owner: bob, offeredTo: null })
    await expect(registrations.change(id, content("mine"), ann)).rejects.toMatchObject({ code: "forbidden" })
    await registrations.retire(id, bob)
    await expect(claim("mine")).rejects.toMatchObject({ code: "name_taken" })
  })

  it("of an instance has a code of its class, and only of one that is approved", async () => {
    await expect(claim("loose", { form: "entity" })).rejects.toMatchObject({ code: "invalid_input" })
    const ontology = await approved("class", { form: "ontology" })
    expect(parseAic(ontology.aic ?? "")?.instance).toBe("0")
    const entity = await approved("instance", { form: "entity" }, { ontology: ontology.aic ?? "" })
    const [above, below] = [parseAic(ontology.aic ?? ""), parseAic(entity.aic ?? "")]
    expect(below).toMatchObject({ vendor: above?.vendor, ontology: above?.ontology })
    expect(below?.instance).not.toMatch(/^0+$/)
  })

  it("of a class takes its instances out of service with it, at once and for good", async () => {
    const above = await approved("fleet", { form: "ontology" })
    const of = { ontology: above.aic ?? "" }
    const bodies: RegistrationRecord[] = []
    for (let at = 0; at < 55; at += 1)
      bodies.push(
        await registrations.instance(above.id, {
          interfaces: above.content.interfaces,
          instance: { user: `u${at}`, notes: {} },
        }),
      )
    const [first] = bodies
    const waiting = await claim("fleet-waits", { form: "entity" }, of)
    expect(first).toMatchObject({ state: "approved", ontology: above.aic, owner: ann, revision: 1 })
    expect(first?.content.name).toMatch(/^com\.example\/fleet-[1-9a-z][0-9a-z]{8}$/)
    expect(registrations.ofOwner(ann, { limit: 1000 }).map(({ id }) => id)).toContain(first?.id)
    const now = (record: RegistrationRecord | undefined) => registrations.need(record?.id ?? "")
    const disabling = registrations.disable(above.id, "all of them", bob)
    await vi.waitUntil(() => now(above).state === "disabled")
    // However many are still to be written down, none of them may be used.
    expect(bodies.some((each) => registrations.isUsable(now(each)))).toBe(false)
    await disabling
    expect(new Set(bodies.map((each) => now(each).state))).toEqual(new Set(["disabled"]))
    expect(now(first)).toMatchObject({ reason: "all of them" })
    expect(now(waiting).state).toBe("draft")
    await expect(registrations.enable(first?.id ?? "", bob)).rejects.toMatchObject({ code: "stale" })
    await expect(
      registrations.instance(above.id, { interfaces: above.content.interfaces, instance: { notes: {} } }),
    ).rejects.toMatchObject({ code: "stale" })
    await registrations.enable(above.id, bob)
    expect(registrations.isUsable(now(first))).toBe(false)
    await registrations.enable(first?.id ?? "", bob)
    expect(registrations.isUsable(now(first))).toBe(true)
    await registrations.retire(above.id, ann)
    expect([first, waiting, bodies.at(-1)].map((each) => now(each).state)).toEqual(Array(3).fill("retired"))
  })

  it("with a mistyped code is not found, and that is said", async () => {
    const { aic } = await approved("typo")
    const right = aic ?? ""
    const wrong = `${right.slice(0, -1)}${right.endsWith("0") ? "1" : "0"}`
    expect(() => registrations.need(wrong)).toThrow(/mistyped/)
    const opened = store.query<{ id: string }>("SELECT id FROM record WHERE kind = 'registrar'")
    expect(opened).toEqual([{ id: "arsp-a1" }])
    expect(
      checkAic(
        parseAic(right) ?? {
          version: "",
          registrar: "",
          vendor: "",
          ontology: "",
          instance: "",
          checksum: null,
        },
        Buffer.from("0000", "hex"),
      ),
    ).toBe(false)
  })

  it("that can be taken for another is flagged to the reviewer, and not refused", async () => {
    const first = await claim("planner", { title: "Travel planner" })
    const second = await claim("p1anner", { title: "Тrаvel plаnner" })
    expect(registrations.shown(second).flags).toEqual(
      expect.arrayContaining([
        { kind: "name-looks-like", of: first.id, name: "com.example/planner" },
        { kind: "title-looks-like", of: first.id, name: "com.example/planner" },
        { kind: "mixed-scripts", of: null, name: null },
      ]),
    )
    expect(registrations.shown(await claim("unlike", { title: "Other" })).flags).toEqual([])
  })

  it.each<[string, Partial<RegistrationInput>, string]>([
    ["nowhere", { interfaces: [], packages: [] }, "invalid_input"],
    ["without a skill", { skills: [] }, "invalid_input"],
    [
      "at this machine",
      { interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "http://localhost:9021/rpc" }] },
      "forbidden",
    ],
    ["at a number of this machine", { website: "http://0x7f.1/" }, "forbidden"],
    ["at an address of a cloud's secrets", { documentation: "http://169.254.169.254/latest" }, "forbidden"],
    ["in a private network", { icon: "https://192.168.0.1/i.png" }, "forbidden"],
    [
      "at an IPv6 address of this machine",
      { developer: { kind: "person", name: "Ann", url: "http://[::1]/" } },
      "forbidden",
    ],
    [
      "with a private identity provider",
      {
        securitySchemes: {
          mtls: { type: "mutual-tls" },
          o: { type: "openid-connect", url: "https://10.0.0.1/x" },
        },
      },
      "forbidden",
    ],
    [
      "with a private package",
      { packages: [{ registry: "npm", identifier: "x", transport: "sse", url: "http://127.0.0.1/" }] },
      "forbidden",
    ],
    [
      "with a certificate at a local name",
      { certifications: [{ kind: "test", scheme: "x", url: "https://intranet/" }] },
      "forbidden",
    ],
  ])("%s cannot be submitted", async (name, more, code) => {
    const { id } = await claim(`bad-${name.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}`, more)
    await expect(registrations.submit(id, ann)).rejects.toMatchObject({ code })
  })

  it("that is no registration is refused with its place", async () => {
    const wrong = { ...content("wrong"), skills: [{ id: "x" }] }
    await expect(
      registrations.claim({ content: wrong, owner: ann, agent: null, ontology: null }),
    ).rejects.toThrow(/`\/skills\/0\/name`/)
    for (const odd of [null, 1, "x", [], { __proto__: null }])
      await expect(
        registrations.claim({ content: odd, owner: ann, agent: null, ontology: null }),
      ).rejects.toMatchObject({ code: "invalid_input" })
  })

  it("is listed in pages, by state", async () => {
    for (let at = 0; at < 60; at += 1) await claim(`many-${at}`)
    const all = registrations.page({ limit: 1000 }).map(({ id }) => id)
    const each = (limit: number) => Array.from(registrations.each({ limit }), ({ id }) => id)
    expect(each(1000)).toEqual(all)
    expect(each(55)).toEqual(all.slice(0, 55))
    expect(each(50)).toEqual(all.slice(0, 50))
    const first = registrations.page({ limit: 3 })
    const rest = registrations.page({ after: first.at(-1)?.id, limit: 1000 })
    expect([...first, ...rest].map(({ id }) => id)).toEqual(all)
    expect(
      registrations.page({ state: "retired", limit: 100 }).every(({ state }) => state === "retired"),
    ).toBe(true)
  })
})

describe("an approved registration", () => {
  it("is served in the forms that suit it, signed, and only while it may be used", async () => {
    const agent = await agents.create({ name: "linked", identifiedBy: "credential", demo: false, by: ann })
    const { id, aic } = await approved("served", {}, { agent: agent.id })
    const card = faces.face(id, "agent-card")
    const [key] = faces.keys().keys
    if (key === undefined) throw new Error("there should be a key")
    const { kid, ...jwk } = key
    const verified = await verifyAgentCard(card.body, (keyId) => (keyId === kid ? jwk : undefined))
    expect(verified.card).toMatchObject({ name: "The served", version: "1.0.0" })
    expect(JSON.parse(faces.face(aic ?? "", "acs").body)).toMatchObject({ aic, active: true })
    expect(() => faces.face(id, "server")).toThrow(/no such registration in this form/)
    // The same content has the same tag, whenever it is asked for.
    expect(faces.face("com.example/served", "agent-card").etag).toBe(card.etag)
    const fields = card.signature(200)
    const parameters = (fields["signature-input"] ?? "").slice("sig1=".length)
    const base = [
      '"@status": 200',
      `"content-digest": ${fields["content-digest"]}`,
      '"content-type": application/json',
      `"@signature-params": ${parameters}`,
    ].join("\n")
    const signature = Buffer.from((fields["signature"] ?? "").slice("sig1=:".length, -1), "base64")
    const publicKey = createPublicKey({ key: jwk, format: "jwk" })
    expect(verifyWith(null, Buffer.from(base), publicKey, signature)).toBe(true)

    await agents.setState(agent, "suspended", ann, "")
    expect(() => faces.face(id, "acs")).toThrow(/out of service/)
    expect(registrations.shown(registrations.need(id)).usable).toBe(false)
    await registrations.disable(id, "", bob)
    expect(() => faces.face(id, "acs")).toThrow(/no such registration/)
  })

  it("is not shown before it is approved, nor is it said that it is there", async () => {
    const { id } = await claim("hidden")
    for (const ref of [id, "com.example/hidden", "reg_00000000000000000000000000", "com.example/nobody"])
      expect(() => faces.face(ref, "acs")).toThrow(/no such registration in this form here/)
  })
})

describe("all of it", () => {
  it("is there again after a restart, by the same names and codes, under the same salt", async () => {
    const before = registrations.page({ limit: 1000 })
    await reopen()
    expect(registrations.page({ limit: 1000 })).toEqual(before)
    const known = before.find(({ aic }) => aic !== null)
    expect(registrations.find(known?.aic ?? "")?.id).toBe(known?.id)
    const { aic } = await approved("after")
    const [one, other] = [parseAic(known?.aic ?? ""), parseAic(aic ?? "")]
    // The vendor's serial comes of the salt and the owner: the same salt, the same serial.
    expect(other?.vendor).toBe(one?.vendor)
  })

  it("follows from the ledger, member by member", async () => {
    const { differences, fault, records } = await faultsOf()
    expect(fault).toBeNull()
    expect(differences).toEqual([])
    expect(records).toBeGreaterThan(20)
  })

  it("is found to be somebody else's where a row was written by hand", async () => {
    const { id } = registrations.need("com.example/after")
    await store.commit((tx) => void tx.run("UPDATE record SET state = 'disabled' WHERE id = ?", [id]))
    expect(() => registrations.need(id)).toThrow(/is not what this node wrote/)
    expect((await faultsOf()).differences.map((each) => each.id)).toContain(id)
    await store.commit((tx) => void tx.run("UPDATE record SET state = 'approved' WHERE id = ?", [id]))
    expect(registrations.need(id).state).toBe("approved")
  })

  it("is found again where the index was lost", async () => {
    const waiting = await claim("still-waiting")
    await registrations.submit(waiting.id, ann)
    const kept = () => ({
      waiting: registrations.page({ of: { kind: "waiting" }, limit: 1000 }).map(({ id }) => id),
      statements: registrations.statements(waiting.id, 10),
    })
    const before = kept()
    expect(before.waiting).toContain(waiting.id)
    expect(before.statements.map(({ fact }) => fact)).toEqual([
      "registration.submitted",
      "registration.claimed",
    ])
    await store.commit((tx) => {
      tx.run("DELETE FROM registration_index")
      tx.run("DELETE FROM registration_statement")
    })
    expect(registrations.find("com.example/after")).toBeUndefined()
    await reopen()
    expect(registrations.find("com.example/after")?.state).toBe("approved")
    expect(kept()).toEqual(before)
  })

  it("leaves nothing of one that is erased, and its name is free", async () => {
    const { id } = await approved("gone", { title: "Unmistakable words" })
    await registrations.retire(id, ann)
    await store.vault.erase(id, (tx) => {
      registrations.forget(tx, id)
      declareWith(store.vault)(tx, {
        fact: "subject.erased",
        subject: id,
        by: ann,
        refs: { reason: "right" },
      })
    })
    expect(registrations.find(id)).toBeUndefined()
    expect(registrations.page({ limit: 1000 }).map((each) => each.id)).not.toContain(id)
    await claim("gone")
    const { differences, erased } = await faultsOf()
    expect(differences).toEqual([])
    expect(erased["registration"]).toBeGreaterThan(0)
  })
})
