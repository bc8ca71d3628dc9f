import { createHmac, randomBytes } from "node:crypto"
import { createServer, type Server } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { getRequestListener } from "@hono/node-server"
import { newId } from "@hufu/core/id"
import { isFailure } from "@hufu/core/failure"
import { keyProven } from "@hufu/core/registration/key-proven"
import type { RegistrationInput } from "@hufu/core/registration/registration-content"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type AgentAuthority, openAgents } from "../../authority/agents.ts"
import { type Declare, declareWith } from "../../authority/declare.ts"
import { rebuildState } from "../../fold/rebuild-state.ts"
import { openDevelopers } from "../../identity/ownership/developers.ts"
import { serveDsp } from "../../http/registry/serve-dsp.ts"
import { openRegistrar } from "../../identity/registrar.ts"
import { type Scratch, scratch, scratchStart } from "../../store/scratch-store.ts"
import { openStore, type Store } from "../../store/store.ts"
import { type KnownRegistrations, knownRegistrations } from "../known-registrations.ts"
import { openRegistrations, type Registrations } from "../registrations.ts"
import { type Dsp, openDsp } from "./dsp.ts"
import { type Mirrors, openMirrors } from "./mirrors.ts"
import { openPeers, type Peers } from "./peers.ts"
import { suspendElsewhere } from "./suspend-elsewhere.ts"
import { openRegistrationChanges, type RegistrationChanges } from "./registration-changes.ts"
import { nodeOwner, openWebhooks, retryMs, type Webhooks } from "./webhooks.ts"
import { loopback, loopbackInUrl } from "../../http/testing/loopback.ts"

// Two registries, each with its own store, and real HTTP between them. One world for all: registrations stay apart by their names.

interface Registry {
  readonly disk: Scratch
  readonly store: Store
  readonly agents: AgentAuthority
  readonly changes: RegistrationChanges
  readonly registrations: Registrations
  readonly mirrors: Mirrors
  readonly known: KnownRegistrations
  readonly peers: Peers
  readonly dsp: Dsp
  readonly webhooks: Webhooks
  readonly url: string
  /** Who asks: a person, an agent by its registration, or nobody who proved anything. */
  asker: string | undefined
  /** In the way of an answer: what the other side is told instead. */
  bend: (text: string) => string
  /** Who answers at this address, if it is somebody else. */
  instead: Dsp | undefined
  readonly declare: Declare
  close(): Promise<void>
}

const person = newId("person", scratchStart)
const inService = new Set<string>()

async function openRegistry(disk: Scratch): Promise<Registry> {
  const { clock } = disk
  const store = await openStore(disk.options())
  const changes = await openRegistrationChanges(store, clock)
  const said = declareWith(store.vault)
  const declare: Declare = (tx, statement) => {
    const index = said(tx, statement)
    changes.notice(tx, statement, index)
    return index
  }
  const agents = openAgents(store, clock, declare)
  const registrar = openRegistrar(store, clock, declare, { number: "A1" })
  const developers = openDevelopers(store, clock, declare)
  const registrations = await openRegistrations({ store, clock, declare, agents, registrar, developers })
  const mirrors = openMirrors(store, clock)
  const known = knownRegistrations(registrations, mirrors, clock)
  const reach = { ownPort: () => 0 }
  const peers = openPeers({ store, clock, declare, mirrors, reach, log: { warn: () => undefined } })
  const { ledger, vault } = store
  const dsp = openDsp({
    registrations,
    ledger,
    vault,
    origin: () => "https://registry.example",
    seqs: "string",
    changes,
    clock,
    version: "1",
  })
  const onError = (error: unknown) => {
    throw error
  }
  const webhooks = openWebhooks({
    store,
    clock,
    reach,
    newest: () => dsp.newest(),
    isInService: (id) => inService.has(id),
    onError,
  })
  const server: Server = createServer()
  const registry: Registry = {
    disk,
    store,
    agents,
    changes,
    registrations,
    mirrors,
    known,
    peers,
    dsp,
    webhooks,
    url: "",
    asker: undefined,
    bend: (text) => text,
    instead: undefined,
    declare,
    async close() {
      await peers.close()
      await webhooks.close()
      server.closeAllConnections()
      server.close()
      await store.close()
    },
  }
  const senderOf = () => {
    if (registry.asker === undefined) throw new Error("nobody has proved to be a person")
    return { owner: registry.asker }
  }
  const listener = getRequestListener(
    async (request) => {
      const path = new URL(request.url).pathname
      const door = { dsp: registry.instead ?? dsp, webhooks, senderOf, onError: () => undefined }
      const answer = await serveDsp(request, { path, caller: "test" }, door)
      if (answer === undefined) return new Response(null, { status: 404 })
      if (answer.status === 204) return answer
      return new Response(registry.bend(await answer.text()), answer)
    },
    { overrideGlobalObjects: false },
  )
  server.on("request", (request, response) => void listener(request, response))
  server.listen(0, loopback)
  await once(server, "listening")
  peers.begin()
  const { port } = server.address() as AddressInfo
  return Object.assign(registry, { url: `http://${loopbackInUrl}:${port}` })
}

function content(name: string, more: Partial<RegistrationInput> = {}): RegistrationInput {
  return {
    name: `com.example/${name}`,
    title: `The ${name}`,
    description: "Plans journeys.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example" },
    interfaces: [
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

let origin: Registry
let mirror: Registry
beforeAll(async () => {
  origin = await openRegistry(scratch())
  mirror = await openRegistry(scratch())
})
afterAll(async () => {
  for (const each of [mirror, origin]) {
    await each.close()
    each.disk.remove()
  }
})

const load = async (...names: string[]) =>
  origin.registrations.load({ items: names.map((name) => content(name)), owner: person, approve: true })
const nameOf = (name: string) => `com.example/${name}`
const usableThere = (name: string) => {
  const found = mirror.known.find(nameOf(name))
  return found !== undefined && mirror.known.isUsable(found)
}
const get = async (path: string) => fetch(`${origin.url}/acps-dsp-v2${path}`)
const linesOf = async (answer: Response) =>
  (await answer.text())
    .split("\n")
    .filter((line) => line !== "")
    // A line of DSP is a JSON object.
    .map((line) => JSON.parse(line) as Record<string, unknown> & { payload: Record<string, unknown> })

describe("the serving side", () => {
  it("says what it serves, and tells changes in both spellings", async () => {
    expect(await (await get("/info")).json()).toMatchObject({
      status: "healthy",
      supported_types: ["acs", "registration", "checkpoint"],
      retention: { window_hours: 168 },
      changes: { supports_long_polling: true },
    })
    expect((await get("/changes?types=acs&seq=0")).status).toBe(204)
    await load("one", "two", "three")
    const answer = await get("/changes?types=acs&seq=0&limit=2")
    const [one, two, ...more] = await linesOf(answer)
    expect(more).toEqual([])
    expect(one).toMatchObject({ type: "acs", payload: { name: "The one", active: true } })
    expect(typeof one?.["seq"]).toBe("string")
    const last = answer.headers.get("x-changes-last-seq")
    expect(last).toBe(two?.["seq"])
    for (const next of [`seq=${answer.headers.get("x-next-seq")}`, `start_seq=${last}`])
      expect(await linesOf(await get(`/changes?types=acs&${next}`))).toMatchObject([
        { payload: { name: "The three" } },
      ])
  })

  it("keeps a question open until something changes", async () => {
    const from = origin.dsp.newest()
    const waiting = get(`/changes?types=acs&start_seq=${from}&wait=30`)
    await load("awaited")
    expect(await linesOf(await waiting)).toMatchObject([{ payload: { name: "The awaited" } }])
  })

  it("makes snapshots whose parts are the same until they are over", async () => {
    const first = await get("/snapshots?types=acs&limit=3")
    const id = first.headers.get("x-snapshot-id")
    const total = Number(first.headers.get("x-snapshot-chunk-total"))
    const names: unknown[] = (await linesOf(first)).map(({ payload }) => payload["name"])
    for (let chunk = 1; chunk < total; chunk += 1)
      for (const spelling of ["chunk", "chunk_index"]) {
        const lines = await linesOf(await get(`/snapshots?id=${id}&${spelling}=${chunk}`))
        if (spelling === "chunk") names.push(...lines.map(({ payload }) => payload["name"]))
      }
    expect(new Set(names)).toEqual(new Set(["The awaited", "The one", "The three", "The two"]))
    expect(names).toHaveLength(4)
    expect((await get(`/snapshots?id=${id}&chunk=${total}`)).status).toBe(400)
    const gone = await fetch(`${origin.url}/acps-dsp-v2/snapshots/${id}`, { method: "DELETE" })
    expect(gone.status).toBe(204)
    expect((await get(`/snapshots?id=${id}&chunk=0`)).status).toBe(410)
  })

  it.each([
    ["/changes?types=other", 400],
    ["/changes?limit=0", 400],
    ["/changes?seq=x", 400],
    ["/changes?seq=1&seq=2", 400],
    ["/snapshots?types=acs&from_seq=7", 400],
    ["/nothing", 404],
    ["/webhooks", 500],
  ])("refuses %s with %d", async (path, status) => {
    expect((await get(path)).status).toBe(status)
  })
})

describe("a registry that follows", () => {
  it("takes in what there is, once, with the ledger that proves it", async () => {
    const added = await mirror.peers.add({ url: origin.url, vkey: undefined, by: person })
    expect(added).toMatchObject({ trust: "ledger", vkey: origin.store.ledger.vkey })
    const synced = await mirror.peers.sync(origin.url)
    expect(synced).toMatchObject({ state: "following", mirrors: 4, usable: 4, left: 0 })
    expect(synced.verified).toBeGreaterThan(0)
    const [own] = await load("four")
    await mirror.peers.sync(origin.url)
    const found = mirror.known.find(nameOf("four"))
    expect(found).toMatchObject({
      owner: null,
      state: "approved",
      mirror: {
        registry: origin.url,
        id: own !== undefined && "registration" in own ? own.registration.id : "",
      },
    })
    expect(mirror.known.find(found?.aic ?? "")?.id).toBe(found?.id)
    const before = mirror.store.ledger.size()
    await mirror.peers.sync(origin.url)
    expect(mirror.store.ledger.size()).toBe(before)
  })

  it("takes in one that was approved with much that was verified of it", async () => {
    const { registrations } = origin
    const keys = Array.from({ length: 8 }, (_, n) => ({
      id: `${n}`.padEnd(64, "k"),
      jwk: { kty: "OKP" as const, crv: "Ed25519" as const, x: randomBytes(32).toString("base64url") },
    }))
    const { id } = await registrations.claim({
      content: content("much-verified", { keys }),
      owner: person,
      agent: null,
      ontology: null,
    })
    for (const key of keys)
      await registrations.prove(
        id,
        { how: "key", of: "key", value: keyProven(key), at: scratchStart, until: null },
        person,
      )
    await registrations.submit(id, person)
    await registrations.approve(id, person)
    await mirror.peers.sync(origin.url)
    expect(usableThere("much-verified")).toBe(true)
    const proofsThere = () => mirror.known.find(nameOf("much-verified"))?.proofs ?? []
    expect(proofsThere()).toMatchObject(keys.map((key) => ({ how: "import", value: keyProven(key) })))
    // Later it is shown again, and runs out; another registry does not call it verified for longer.
    const [first] = keys.map(keyProven)
    const until = origin.disk.clock.now() + 1000
    await registrations.prove(id, { how: "key", of: "key", value: first, at: scratchStart, until }, person)
    await mirror.peers.sync(origin.url)
    expect(usableThere("much-verified")).toBe(true)
    expect(proofsThere().find(({ value }) => value === first)).toMatchObject({ until })
    mirror.disk.clock.set(until)
    expect(proofsThere().find(({ value }) => value === first)).toBeUndefined()
    await registrations.disable(id, "", person)
    await mirror.peers.sync(origin.url)
    expect(usableThere("much-verified")).toBe(false)
    await registrations.enable(id, person)
    await mirror.peers.sync(origin.url)
    expect([usableThere("much-verified"), proofsThere().length]).toEqual([true, 7])
  })

  it("uses nobody whom the origin disables, suspends, retires or erases, and those again whom it enables", async () => {
    await load("disabled", "retired")
    const agent = await origin.agents.create({
      name: "acting",
      identifiedBy: "credential",
      demo: false,
      by: person,
    })
    const claimed = await origin.registrations.claim({
      content: content("acting"),
      owner: person,
      agent: agent.id,
      ontology: null,
    })
    await origin.registrations.submit(claimed.id, person)
    await origin.registrations.approve(claimed.id, person)
    await mirror.peers.sync(origin.url)
    expect(["disabled", "retired", "acting"].map(usableThere)).toEqual([true, true, true])
    const aic = mirror.known.find(nameOf("disabled"))?.aic ?? ""
    await origin.registrations.disable(nameOf("disabled"), "", person)
    await origin.registrations.retire(nameOf("retired"), person)
    await origin.agents.setState(origin.agents.need("acting"), "suspended", person, "")
    await mirror.peers.sync(origin.url)
    expect(["disabled", "retired", "acting"].map(usableThere)).toEqual([false, false, false])
    expect(mirror.mirrors.isRefused(aic)).toBe(true)
    expect(mirror.known.find(nameOf("retired"))).toBeUndefined()
    await origin.registrations.enable(nameOf("disabled"), person)
    await origin.agents.setState(origin.agents.need("acting"), "live", person, "")
    await mirror.peers.sync(origin.url)
    expect(["disabled", "acting"].map(usableThere)).toEqual([true, true])
    expect(mirror.mirrors.isRefused(aic)).toBe(false)
  })

  it("does not let a mirror stand in for what is registered here", async () => {
    await load("both")
    await mirror.peers.sync(origin.url)
    const theirs = mirror.known.find(nameOf("both"))
    expect(theirs !== undefined && mirror.known.isUsable(theirs)).toBe(true)
    const heard: string[] = []
    mirror.known.onChanged((id) => heard.push(id))
    const claim = { content: content("both"), owner: person, agent: null, ontology: null }
    const ours = await mirror.registrations.claim(claim)
    expect(mirror.known.find(nameOf("both"))?.id).toBe(ours.id)
    expect(theirs !== undefined && mirror.known.isUsable(theirs)).toBe(false)
    expect(heard).toContain(theirs?.id)
    await expect(mirror.registrations.change(theirs?.id ?? "", content("both"), person)).rejects.toThrow(
      "no registration",
    )
  })

  it("goes to a snapshot where it is too far behind, and forgets what ended meanwhile", async () => {
    await mirror.peers.remove(origin.url, person)
    expect(mirror.known.find(nameOf("one"))).toBeUndefined()
    const { id } = await mirror.peers.add({ url: origin.url, vkey: origin.store.ledger.vkey, by: person })
    await mirror.peers.sync(id)
    await mirror.peers.close()
    await origin.registrations.retire(nameOf("two"), person)
    origin.disk.clock.set(scratchStart + 200 * 3_600_000)
    await origin.changes.tidy()
    expect((await get("/changes?types=acs&seq=1")).status).toBe(410)
    await load("five")
    mirror.peers.begin()
    const synced = await mirror.peers.sync(id)
    expect(synced.state).toBe("following")
    expect([usableThere("two"), usableThere("five"), mirror.known.find(nameOf("two"))]).toEqual([
      false,
      true,
      undefined,
    ])
  })

  it("keeps nothing of what the origin has erased", async () => {
    const [loaded] = await load("erased")
    const id = loaded !== undefined && "registration" in loaded ? loaded.registration.id : ""
    await mirror.peers.sync(origin.url)
    expect(usableThere("erased")).toBe(true)
    await origin.store.vault.erase(id, (tx) => {
      origin.declare(tx, { fact: "subject.erased", subject: id, by: person, refs: { reason: "asked" } })
      origin.registrations.forget(tx, id)
    })
    await mirror.peers.sync(origin.url)
    expect(mirror.known.find(nameOf("erased"))).toBeUndefined()
  })

  it("takes the word of a registry that has no ledger, and makes up no trust in it", async () => {
    const third = await openRegistry(scratch())
    try {
      origin.bend = (text) => text.replace('["acs","registration","checkpoint"]', '["acs"]')
      const added = await third.peers.add({ url: origin.url, vkey: undefined, by: person })
      expect(added).toMatchObject({ trust: "word", vkey: null })
      const synced = await third.peers.sync(origin.url)
      expect(synced).toMatchObject({ state: "following", verified: 0, left: 0 })
      const aic = origin.known.find(nameOf("one"))?.aic ?? ""
      const found = third.known.find(aic)
      const hostName = loopback === "::1" ? "ip6.0-0-0-0-0-0-0-1" : "1.0.0.127"
      expect(found?.content).toMatchObject({ name: `${hostName}/${aic.toLowerCase()}`, title: "The one" })
      await origin.registrations.disable(nameOf("one"), "", person)
      await third.peers.sync(origin.url)
      expect(found !== undefined && third.known.isUsable(found)).toBe(false)
      await origin.registrations.enable(nameOf("one"), person)
    } finally {
      origin.bend = (text) => text
      await third.close()
      third.disk.remove()
    }
  })

  it("suspends an agent here that its own registry has stopped, until that lets it act again", async () => {
    await load("abroad")
    await mirror.peers.sync(origin.url)
    const aic = mirror.known.find(nameOf("abroad"))?.aic ?? ""
    const agent = await mirror.agents.create({
      name: "here",
      identifiedBy: "credential",
      demo: false,
      by: person,
    })
    const suspended: string[] = []
    const elsewhere = suspendElsewhere({
      registrations: mirror.registrations,
      mirrors: mirror.mirrors,
      agents: mirror.agents,
      interventions: {
        async suspend(id, by, reason) {
          suspended.push(id)
          await mirror.agents.setState(mirror.agents.need(id), "suspended", by, reason)
          return { connections: 0, inFlight: [], cancelledHolds: [], tookMs: 0 } as never // nobody reads it
        },
      },
      onError: (error) => {
        throw error
      },
    })
    await mirror.registrations.claim({
      content: content("here", { aliases: [{ scheme: "aic", value: aic }] }),
      owner: person,
      agent: agent.id,
      ontology: null,
    })
    expect(suspended).toEqual([])
    elsewhere.refuse(agent.id)
    await origin.registrations.disable(nameOf("abroad"), "", person)
    await mirror.peers.sync(origin.url)
    expect(suspended).toEqual([agent.id])
    expect(() => elsewhere.refuse(agent.id)).toThrow("has taken this agent out of service")
    await origin.registrations.enable(nameOf("abroad"), person)
    await mirror.peers.sync(origin.url)
    elsewhere.refuse(agent.id)
  })

  it("follows from the ledger in whatever is kept of it", async () => {
    for (const { store } of [mirror, origin]) {
      const rebuilding = rebuildState(store)
      for (;;) {
        const step = await rebuilding.next()
        if (step.done !== true) continue
        expect(step.value.report).toMatchObject({ differing: 0 })
        break
      }
    }
  })
})

describe("a registry that lies", () => {
  const lying = async (bend: (line: string) => string) => {
    const third = await openRegistry(scratch())
    try {
      const { id } = await third.peers.add({ url: origin.url, vkey: undefined, by: person })
      await third.peers.sync(id)
      await load(`bent-${bends}`)
      bends += 1
      origin.bend = (text) =>
        text
          .split("\n")
          .map((line) => (line === "" ? "" : bend(line)))
          .join("\n")
      const ended = await third.peers.sync(id).catch((error: unknown) => error)
      expect(isFailure(ended, "peer_refused")).toBe(true)
      const taken = third.known.find(nameOf(`bent-${bends - 1}`))
      const [shown] = third.peers.list()
      return { fault: shown?.fault, taken }
    } finally {
      origin.bend = (text) => text
      await third.close()
      third.disk.remove()
    }
  }
  let bends = 0

  it("about the content of an agent is believed no more", async () => {
    expect(await lying((line) => line.replace("Plans journeys.", "Steals money."))).toEqual({
      fault: "unproven",
      taken: undefined,
    })
  })

  it("about what of an agent is verified is believed no more", async () => {
    // What opens the statement is longer by a proof than what was committed to.
    const bent = await lying((line) => line.replace('\\"proofs\\":[', '\\"proofs\\":[{\\"how\\":\\"dns\\"},'))
    expect(bent.fault).toBe("unproven")
  })

  it("about the state of its ledger is believed no more", async () => {
    const bent = await lying((line) => line.replace(/("note":"[^\\]*\\n)\d+/, "$19999"))
    expect(bent).toEqual({ fault: "bad_checkpoint", taken: undefined })
  })
})

describe("a registry with two histories", () => {
  it.each([
    ["forked", ["another", "history"]],
    ["rolled_back", []],
  ] as const)("is believed no more: %s", async (fault, names) => {
    const other = await openRegistry(origin.disk.crashed())
    const third = await openRegistry(scratch())
    try {
      await load(`before-${fault}`)
      await third.peers.add({ url: origin.url, vkey: undefined, by: person })
      await third.peers.sync(origin.url)
      const items = names.map((name) => content(`${name}-${fault}`))
      if (items.length > 0) await other.registrations.load({ items, owner: person, approve: true })
      origin.instead = other.dsp
      const ended = await third.peers.sync(origin.url).catch((error: unknown) => error)
      expect(isFailure(ended, "peer_refused")).toBe(true)
      expect(third.peers.list()).toMatchObject([{ state: "refused", fault }])
      expect(third.known.find(nameOf(`another-${fault}`))).toBeUndefined()
      // What was taken stays, and nothing more comes, whoever answers there again.
      origin.instead = undefined
      await expect(third.peers.sync(origin.url)).rejects.toThrow("not believed any more")
      expect(third.known.find(nameOf(`before-${fault}`))).toBeDefined()
      // Until a person has heard why its ledger is another one: then that one is read, and the other is not held against it.
      origin.instead = other.dsp
      await expect(
        third.peers.trust({ ref: origin.url, vkey: third.store.ledger.vkey, by: person }),
      ).rejects.toThrow("not the one whose key")
      await third.peers.trust({ ref: origin.url, vkey: undefined, by: person })
      await third.peers.sync(origin.url)
      expect(third.peers.list()).toMatchObject([{ state: "following", fault: null }])
      expect(third.known.find(nameOf(`before-${fault}`))).toBeUndefined()
      for (const name of names) expect(third.known.find(nameOf(`${name}-${fault}`))).toBeDefined()
      await expect(third.peers.trust({ ref: origin.url, vkey: undefined, by: person })).rejects.toMatchObject(
        { code: "stale" },
      )
    } finally {
      origin.instead = undefined
      for (const each of [third, other]) {
        await each.close()
        each.disk.remove()
      }
    }
  })
})

describe("an address that is no registry", () => {
  it.each<[string, (path: string) => string | number, RegExp]>([
    ["answers nothing", () => 404, /status 404/],
    ["sends elsewhere", () => 302, /status 302/],
    ["is not JSON", () => "<html>", /.+/],
    ["serves no agents", () => '{"supported_types":["other"]}', /does not say that it serves agents/],
    [
      "has a ledger that it does not show",
      (path) => (path.endsWith("/info") ? '{"supported_types":["acs","registration","checkpoint"]}' : 404),
      /status 404/,
    ],
    ["answers without end", () => "x".repeat(70 * 1024 * 1024), /does not answer/],
  ])("is not added where it %s", async (_, answer, why) => {
    const server = createServer((request, response) => {
      const said = answer((request.url ?? "").split("?")[0] ?? "")
      response.statusCode = typeof said === "number" ? said : 200
      response.setHeader("location", origin.url)
      response.end(typeof said === "number" ? "" : said)
    })
    server.listen(0, loopback)
    await once(server, "listening")
    const url = `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}`
    await expect(mirror.peers.add({ url, vkey: undefined, by: person })).rejects.toThrow(why)
    server.closeAllConnections()
    server.close()
  })

  it("is not added where its key is another than was said, nor at an address that nobody reaches", async () => {
    const third = await openRegistry(scratch())
    const vkey = third.store.ledger.vkey
    await third.close()
    third.disk.remove()
    const fourth = await openRegistry(scratch())
    await expect(fourth.peers.add({ url: origin.url, vkey, by: person })).rejects.toThrow(
      "not the one whose key",
    )
    await expect(
      fourth.peers.add({ url: "http://169.254.169.254/", vkey: undefined, by: person }),
    ).rejects.toMatchObject({ code: "forbidden" })
    expect(fourth.peers.list()).toEqual([])
    await fourth.close()
    fourth.disk.remove()
  })
})

describe("a webhook", () => {
  const received: { headers: Record<string, unknown>; text: string }[] = []
  let answering: "echo" | "error" = "echo"
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = ""
      request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")))
      request.on("end", () => {
        received.push({ headers: request.headers, text })
        response.statusCode = answering === "error" ? 500 : 200
        response.end(text)
      })
    })
    server.listen(0, loopback)
    await once(server, "listening")
    url = `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}/hook`
    origin.asker = nodeOwner
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const call = (method: string, path: string, body?: object) =>
    fetch(`${origin.url}/acps-dsp-v2/webhooks${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    })
  const secret = "a secret of enough letters"

  it("is kept for a person, proved, told of changes under a signature, and deleted", async () => {
    origin.asker = undefined
    expect((await call("POST", "", { url, secret })).status).toBe(500)
    origin.asker = nodeOwner
    expect((await call("POST", "", { url: "http://10.0.0.1/x", secret })).status).toBe(400)
    answering = "error"
    expect((await call("POST", "", { url, secret })).status).toBe(400)
    answering = "echo"
    const made = await call("POST", "", { url, secret, description: "ours" })
    expect(made.status).toBe(201)
    const { id, ...shown } = (await made.json()) as Record<string, unknown>
    expect(shown).toMatchObject({ url, status: "active", failure_count: 0 })
    expect(shown["secret"]).toBeUndefined()
    received.length = 0
    await load("told")
    await expect.poll(() => received.length).toBe(1)
    const [{ headers, text } = { headers: {}, text: "" }] = received
    expect(JSON.parse(text)).toMatchObject({ webhook_id: id, event: "data_change", data: { type: "acs" } })
    const signed = createHmac("sha256", secret).update(`${String(headers["x-webhook-timestamp"])}.${text}`)
    expect(headers["x-webhook-signature"]).toBe(`sha256=${signed.digest("hex")}`)
    await expect
      .poll(async () => (await (await call("GET", `/${String(id)}`)).json()) as object)
      .toMatchObject({
        last_success_at: expect.any(String),
      })
    expect((await call("PUT", `/${String(id)}`, { description: "still ours" })).status).toBe(200)
    expect((await call("POST", `/${String(id)}/reactivate`)).status).toBe(200)
    expect((await (await call("GET", "")).json()) as unknown[]).toHaveLength(1)
    expect((await call("DELETE", `/${String(id)}`)).status).toBe(204)
    expect((await call("GET", `/${String(id)}`)).status).toBe(404)
  })

  it("of an agent is its own, four at most, and tells nothing once the agent is out of service", async () => {
    const [agent, other] = ["reg_agent", "reg_other"]
    origin.asker = agent
    const made = await Promise.all([1, 2, 3, 4].map(() => call("POST", "", { url, secret })))
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect((await call("POST", "", { url, secret })).status).toBe(409)
    const all = (await (await call("GET", "")).json()) as { id: string; owner: string }[]
    expect(all.map(({ owner }) => owner)).toEqual([agent, agent, agent, agent])
    const [first] = all
    origin.asker = other
    expect(await (await call("GET", "")).json()).toEqual([])
    for (const [method, path] of [
      ["GET", ""],
      ["PUT", ""],
      ["POST", "/reactivate"],
    ] as const)
      expect((await call(method, `/${first?.id}${path}`, method === "PUT" ? {} : undefined)).status).toBe(404)
    await call("DELETE", `/${first?.id}`)
    // The person sees everybody's, and takes all but one away.
    origin.asker = nodeOwner
    expect((await (await call("GET", "")).json()) as unknown[]).toHaveLength(4)
    for (const { id } of all.slice(1)) await call("DELETE", `/${id}`)
    received.length = 0
    await load("untold-to-an-agent")
    const watcher = await call("POST", "", { url, secret })
    await load("told-to-a-person")
    await expect.poll(() => received.map(({ text }) => text.includes("data_change"))).toContain(true)
    const told = () => received.filter(({ text }) => text.includes(first?.id ?? "")).length
    expect(told()).toBe(0)
    inService.add(agent)
    await expect.poll(told).toBe(1)
    for (const { id } of [first, (await watcher.json()) as { id: string }].flatMap((each) => each ?? []))
      await call("DELETE", `/${id}`)
  })

  it("that does not answer is tried later and later, and at last not any more", async () => {
    expect([1, 2, 3, 20].map(retryMs)).toEqual([10_000, 20_000, 40_000, 3_600_000])
    const { id } = (await (await call("POST", "", { url, secret })).json()) as { id: string }
    answering = "error"
    await load("untold")
    const shown = async () => (await (await call("GET", `/${id}`)).json()) as Record<string, unknown>
    for (let failures = 1; failures <= 10; failures += 1) {
      await expect.poll(async () => (await shown())["failure_count"]).toBe(failures)
      origin.disk.clock.set(origin.disk.clock.now() + 3_600_000)
    }
    expect(await shown()).toMatchObject({ status: "failed", next_retry_at: null })
    answering = "echo"
    expect((await call("POST", `/${id}/reactivate`)).status).toBe(200)
    await expect
      .poll(shown)
      .toMatchObject({ status: "active", failure_count: 0, last_success_at: expect.any(String) })
    expect((await call("DELETE", `/${id}`)).status).toBe(204)
  })
})
