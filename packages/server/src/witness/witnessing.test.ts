import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { cosignNote, parseNote } from "@hufu/core/evidence/signed-note"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { parseWitnessRequest } from "@hufu/core/evidence/witness-request"
import { pino } from "pino"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { openStop } from "../authority/stop.ts"
import { declareWith } from "../authority/declare.ts"
import { systemClock } from "../clock.ts"
import { Config } from "../config.ts"
import { note as someEntry } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { prepareWitnessFolder } from "./witness-folder.ts"
import { openWitnessKeys } from "./witness-keys.ts"
import { type RunningWitness, startWitness } from "./witness-server.ts"
import { openWitnessState } from "./witness-state.ts"
import { openWitnessing, type Witnessing } from "./witnessing.ts"
import { loopback, loopbackInUrl } from "../http/testing/loopback.ts"

vi.setConfig({ testTimeout: 60_000 })

const logger = pino({ level: "silent" })
const clock = systemClock
let folder = ""
const closing: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-witnessing-"))
})
afterEach(async () => {
  for (const end of closing.splice(0).toReversed()) await end()
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)

async function openedStore(name: string): Promise<Store> {
  const store = await openStore({ dataDir: at(name), clock, logger })
  closing.push(() => store.close())
  return store
}

/** The data folder as it is now, under another name. */
function copied(name: string): void {
  cpSync(at("a"), at(name), { recursive: true })
  for (const each of [at(name), join(at(name), "keys")]) chmodSync(each, 0o700)
}

async function grown(store: Store, count: number): Promise<number> {
  let last = 0
  for (let i = 0; i < count; i += 1) last = (await store.ledger.append(someEntry())).index
  await store.ledger.awaitCheckpoint(last, { soon: true })
  return last
}

async function startedWitness(name: string, port = 0): Promise<RunningWitness> {
  const options = { folder: at(name), name, host: loopback, port, now: Date.now }
  const witness = await startWitness({ ...options, onError: (error) => logger.error(error) })
  closing.push(() => witness.close())
  return witness
}

function watch(name: string, store: Store): void {
  const state = openWitnessState(prepareWitnessFolder(at(name)))
  state.add(parseVkey(store.ledger.vkey))
  state.close()
}

const configOf = (witnesses: { url: string; keys: readonly string[] }[], required = 1) =>
  Config.parse({ witnesses, witness: { required } })
const placeOf = ({ url, vkeys }: RunningWitness) => ({ url, keys: vkeys })

async function opened(store: Store, config: Config): Promise<Witnessing> {
  const witnessing = await openWitnessing({ store, ledger: store.ledger, clock, config, logger })
  closing.push(() => witnessing.close())
  return witnessing
}

const settled = (witnessing: Witnessing, state: string, size?: number) =>
  vi.waitFor(
    () => {
      const [first] = witnessing.status().items
      expect(first?.state).toBe(state)
      if (size !== undefined) expect(first?.size).toBeGreaterThan(size)
    },
    { timeout: 30_000, interval: 20 },
  )

describe("a node with witnesses", () => {
  it("shows the checkpoint that enough of them cosigned, also after a restart without them", async () => {
    const store = await openedStore("a")
    const witnesses = [await startedWitness("one.example"), await startedWitness("two.example")]
    for (const name of ["one.example", "two.example"]) watch(name, store)
    const config = configOf(witnesses.map(placeOf), 2)
    const witnessing = await opened(store, config)
    expect(witnessing.status()).toMatchObject({ of: 2, by: 0, isWitnessed: false, alarm: null })
    witnessing.begin()
    const last = await grown(store, 300)
    await vi.waitFor(() => expect(witnessing.stands(last).isWitnessed).toBe(true), { timeout: 30_000 })
    const keys = witnessing.keys.map(parseVkey)
    const log = parseVkey(store.ledger.vkey)
    const { note, size } = await witnessing.shown.awaitCheckpoint(last)
    expect(await verifyCheckpoint(note, log, keys)).toMatchObject({
      ok: true,
      checkpoint: { size },
      witnesses: [{}, {}],
    })
    const told: { note: string; size: number }[] = []
    const forget = witnessing.onCosigned((checkpoint) => told.push(checkpoint))
    const more = await grown(store, 5)
    // Whoever publishes the log is given the same checkpoint with its cosignatures.
    await vi.waitFor(() => expect(told.at(-1)?.size).toBeGreaterThan(more), { timeout: 30_000 })
    expect(await verifyCheckpoint(told.at(-1)?.note ?? "", log, keys)).toMatchObject({ witnesses: [{}, {}] })
    forget()
    await vi.waitFor(() => expect(witnessing.stands(more).by).toHaveLength(2), { timeout: 30_000 })
    await witnessing.close()
    for (const witness of witnesses) await witness.close()
    const again = await opened(store, config)
    expect(again.status()).toMatchObject({ by: 2, isWitnessed: true, items: [{ state: "unreachable" }, {}] })
    const kept = await again.shown.awaitCheckpoint(more)
    expect(await verifyCheckpoint(kept.note, log, keys)).toMatchObject({ witnesses: [{}, {}] })
    // What the tables hold is not signed: a line that does not verify is no cosignature.
    await store.commit((tx) => tx.run("UPDATE cosignature SET lines = replace(lines, 'a', 'b')"))
    expect((await again.shown.awaitCheckpoint(more)).note).toBe(store.ledger.checkpoint().note)
  })

  it("says unwitnessed when fewer than required, or none, have seen it", async () => {
    const store = await openedStore("a")
    const witness = await startedWitness("one.example")
    watch("one.example", store)
    const absent = { url: "http://127.0.0.1:9", keys: keysOf("absent.example").vkeys }
    const witnessing = await opened(store, configOf([placeOf(witness), absent], 2))
    witnessing.begin()
    const last = await grown(store, 2)
    await vi.waitFor(() => expect(witnessing.stands(last).by).toEqual(["one.example"]), { timeout: 30_000 })
    expect(witnessing.status()).toMatchObject({
      by: 1,
      isWitnessed: false,
      items: [{ state: "cosigned" }, { state: "unreachable" }],
    })
    const alone = await opened(store, configOf([]))
    expect(alone.stands(last)).toMatchObject({ by: [], of: 0, isWitnessed: false })
  })

  it("is told when a witness does not know its log", async () => {
    const store = await openedStore("a")
    const witnessing = await opened(store, configOf([placeOf(await startedWitness("one.example"))]))
    witnessing.begin()
    await settled(witnessing, "refused")
    expect(witnessing.alarm()).toBeNull()
  })
})

describe("a data folder that was rolled back", () => {
  it("is refused at start by what a witness has seen, and starts where none is configured", async () => {
    const witness = await startedWitness("one.example")
    const store = await openedStore("a")
    watch("one.example", store)
    await grown(store, 3)
    await store.close()
    copied("older")
    const config = configOf([placeOf(witness)])
    const newer = await openedStore("a")
    const witnessing = await opened(newer, config)
    witnessing.begin()
    const last = await grown(newer, 4)
    await settled(witnessing, "cosigned", last)
    const older = await openedStore("older")
    await expect(opened(older, config)).rejects.toMatchObject({
      code: "ledger_rolled_back",
      message: expect.stringContaining("one.example saw"),
    })
    // Silencing the witness since does not help.
    await witness.close()
    await expect(opened(older, config)).rejects.toMatchObject({ code: "ledger_rolled_back" })
    await expect(opened(older, configOf([]))).rejects.toMatchObject({ code: "ledger_rolled_back" })
  })

  it("goes unseen without a witness, and is shown as unwitnessed", async () => {
    const store = await openedStore("a")
    await grown(store, 3)
    await store.close()
    copied("older")
    await grown(await openedStore("a"), 3)
    const older = await openedStore("older")
    const witnessing = await opened(older, configOf([]))
    expect(witnessing.status()).toMatchObject({ of: 0, isWitnessed: false, alarm: null })
  })
})

describe("a history that was rewritten with the log's own key", () => {
  it("stops every action when a witness that was away comes back, and stays refused after a restart", async () => {
    const first = await startedWitness("one.example")
    const port = Number(new URL(first.url).port)
    const store = await openedStore("a")
    watch("one.example", store)
    await grown(store, 3)
    await store.close()
    copied("other")
    const config = configOf([placeOf(first)])
    const honest = await openedStore("a")
    const witnessing = await opened(honest, config)
    witnessing.begin()
    await settled(witnessing, "cosigned", await grown(honest, 4))
    await first.close()

    const forked = await openedStore("other")
    const blind = await opened(forked, config)
    expect(blind.status().items[0]?.state).toBe("unreachable")
    const stop = openStop(forked, clock, declareWith(forked.vault), () => blind.alarm())
    blind.begin()
    await grown(forked, 9)
    expect(stop.stopped).toBe(false)
    await startedWitness("one.example", port)
    await vi.waitFor(() => expect(blind.alarm()?.code).toBe("ledger_forked"), { timeout: 30_000 })
    expect(stop.stopped).toBe(true)
    await expect(stop.lift("usr_00000000")).rejects.toMatchObject({ code: "ledger_forked" })
    expect(blind.status()).toMatchObject({
      alarm: { code: "ledger_forked" },
      items: [{ state: "contradicted" }],
    })
    await vi.waitFor(() =>
      expect(opened(forked, configOf([]))).rejects.toMatchObject({ code: "ledger_forked" }),
    )
  })
})

/** The keys of a witness that answers as a test wants. */
function keysOf(name: string) {
  const place = prepareWitnessFolder(at(`keys-of-${name}`))
  const state = openWitnessState(place)
  const keys = openWitnessKeys(place, state, { name })
  state.close()
  return keys
}

async function answering(reply: (body: string) => { status: number; body: string }): Promise<string> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { status, body } = reply(Buffer.concat(chunks).toString("utf8"))
      response.writeHead(status).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return `http://${loopbackInUrl}:${typeof address === "object" && address ? address.port : 0}`
}

describe("a witness that lies", () => {
  const lies: readonly [string, (keys: ReturnType<typeof keysOf>, note: string, first: string) => string][] =
    [
      ["answers nonsense", () => "\u2014 nonsense\n"],
      ["answers nothing", () => ""],
      ["signs by another key", (_, note) => lineOf(note, keysOf("evil.example"))],
      [
        "signs by another key under its name",
        ({ name, signers }, note) => {
          const other = keysOf(`other-of-${name}`)
          const [own, evil] = [signers[0], other.signers[0]]
          if (!own || !evil) throw new Error("both have a key")
          return lineOf(note, { signers: [{ key: own.key, sign: evil.sign }] })
        },
      ],
      ["replays the cosignature of an earlier checkpoint", (keys, _note, first) => lineOf(first, keys)],
      ["replays a cosignature of an hour ago", (keys, note) => lineOf(note, keys, -3600)],
      ["signs with a clock that is an hour ahead", (keys, note) => lineOf(note, keys, 3600)],
    ]

  function lineOf(
    note: string,
    { signers }: Pick<ReturnType<typeof keysOf>, "signers">,
    seconds = 0,
  ): string {
    const [signer] = signers
    if (!signer) throw new Error("it has a key")
    return cosignNote(note, signer, Math.floor(Date.now() / 1000) + seconds).slice(note.length)
  }

  it.each(lies)("is not believed when it %s", async (_, lie) => {
    const store = await openedStore("a")
    const first = store.ledger.checkpoint().note
    await grown(store, 1)
    const keys = keysOf("one.example")
    const url = await answering((body) =>
      body === ""
        ? { status: 404, body: "" }
        : { status: 200, body: lie(keys, parseWitnessRequest(body).note, first) },
    )
    const witnessing = await opened(store, configOf([{ url, keys: keys.vkeys }]))
    witnessing.begin()
    await settled(witnessing, "untrusted")
    expect(witnessing.status()).toMatchObject({ by: 0, isWitnessed: false, alarm: null })
    expect(parseNote((await witnessing.shown.awaitCheckpoint(0)).note).signatures).toHaveLength(1)
  })

  it("stops nothing by claims that it cannot prove", async () => {
    const store = await openedStore("a")
    const keys = keysOf("one.example")
    const url = await answering((body) =>
      body === "" ? { status: 404, body: "" } : { status: 409, body: "999\n" },
    )
    const witnessing = await opened(store, configOf([{ url, keys: keys.vkeys }]))
    witnessing.begin()
    await settled(witnessing, "disputed")
    expect(witnessing.alarm()).toBeNull()
  })
})
