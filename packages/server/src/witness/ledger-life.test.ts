import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseCheckpoint, verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { verifyInclusion } from "@hufu/core/evidence/inclusion"
import { leafHash, rootFromLeaves } from "@hufu/core/evidence/merkle"
import { parseNote } from "@hufu/core/evidence/signed-note"
import { verifyLog } from "@hufu/core/evidence/verify-log"
import { parseVkey } from "@hufu/core/evidence/vkey"
import * as fc from "fast-check"
import { pino } from "pino"
import { expect, test, vi } from "vitest"
import { Config } from "../config.ts"
import { openLogFiles } from "../ledger/publish/log-files.ts"
import { type Publishing, startPublishing } from "../ledger/publish/start-publishing.ts"
import { intentOf, newAction, note, outcomeOf, type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { prepareWitnessFolder } from "./witness-folder.ts"
import { type RunningWitness, startWitness } from "./witness-server.ts"
import { openWitnessState } from "./witness-state.ts"
import { openWitnessing, type Witnessing } from "./witnessing.ts"
import { loopback } from "../http/testing/loopback.ts"

// The life of a ledger in random order, with real files and a real witness: after every step an oracle that keeps no state
// but what it was told reads everything again.

const logger = pino({ level: "silent" })
const isLong = process.env["HUFU_LONG"] === "1"
const lives = isLong ? 30 : 2
const steps = isLong ? 40 : 12
const subjects = ["tsk_a", "tsk_b", "tsk_c"]

/** All that was acknowledged, in the order of the ledger. */
interface Told {
  readonly leaves: Uint8Array[]
  readonly checkpoints: string[]
  /** By vault id: whose it is, and what. */
  readonly kept: Map<string, { subject: string; value: string }>
  readonly gone: Set<string>
}

interface Life {
  place: Scratch
  store: Store
  publishing: Publishing
  witnessing: Witnessing
  readonly home: Scratch
  readonly witness: RunningWitness
  readonly folder: string
  readonly told: Told
}

async function begun(): Promise<Life> {
  const place = scratch()
  const home = scratch()
  const folder = join(home.dataDir, "published")
  const witnessFolder = join(home.dataDir, "..", "witness")
  const witness = await startWitness({
    folder: witnessFolder,
    name: "one.example",
    host: loopback,
    port: 0,
    now: Date.now,
    onError: (error) => logger.error(error),
  })
  const store = await openStore(place.options())
  const state = openWitnessState(prepareWitnessFolder(witnessFolder))
  state.add(parseVkey(store.ledger.vkey))
  state.close()
  const told: Told = { leaves: [], checkpoints: [], kept: new Map(), gone: new Set() }
  for (const subject of subjects) await store.commit((tx) => store.vault.enroll(tx, subject))
  return { place, home, ...(await attended(store, { witness, folder, told })), witness, folder, told }
}

/** The parts beside a store that was opened. */
async function attended(
  store: Store,
  { witness, folder, told }: Pick<Life, "witness" | "folder" | "told">,
): Promise<Pick<Life, "store" | "publishing" | "witnessing">> {
  const { ledger } = store
  ledger.onCheckpoint((checkpoint) => told.checkpoints.push(checkpoint.note))
  const publishing = await startPublishing({ folder, database: store.folder.database, ledger, logger })
  const witnesses = [{ url: witness.url, keys: [...witness.vkeys] }]
  const config = Config.parse({ witnesses, witness: { required: 1 } })
  const clock = { now: Date.now, monotonic: () => performance.now() }
  const witnessing = await openWitnessing({ store, ledger, clock, config, logger })
  witnessing.onCosigned((checkpoint) => publishing.offer(checkpoint))
  witnessing.begin()
  return { store, publishing, witnessing }
}

async function closed({ store, publishing, witnessing }: Life): Promise<void> {
  await witnessing.close()
  await store.close()
  await publishing.close()
}

/** Appends as the pipeline does: in batches, some blind, some lazy, some in a transaction, some with content. */
async function append({ store, told }: Life, count: number, mix: number): Promise<void> {
  const appended: { index: number; leaf: Uint8Array }[] = []
  const one = async (n: number): Promise<void> => {
    const action = newAction()
    const draft = n % 3 === 0 ? note() : n % 3 === 1 ? intentOf(action) : outcomeOf(action)
    const subject = subjects.filter((each) => !told.gone.has(each)).at(n % 2)
    const hasContent = (n + mix) % 4 === 0 && subject !== undefined
    const index = await store.commit(
      (tx) => {
        if (hasContent) store.vault.put(tx, { id: action, subject, value: `content of ${action}` })
        return tx.append(draft)
      },
      // As the pipeline does: what keeps content is blind only where the subject's key is at hand.
      { blind: !hasContent && (n + mix) % 5 !== 0, lazy: (n + mix) % 7 === 0 },
    )
    if (hasContent) told.kept.set(action, { subject, value: `content of ${action}` })
    appended.push({ index, leaf: leafHash(store.ledger.entry(index).bytes) })
  }
  await Promise.all(Array.from({ length: count }, (_, n) => one(n)))
  for (const { index, leaf } of appended.toSorted((a, b) => a.index - b.index)) {
    expect(index).toBe(told.leaves.length)
    told.leaves.push(leaf)
  }
}

/** A node that is killed at this moment, and its next start. */
async function crash(life: Life): Promise<void> {
  const { place } = life
  const left = place.crashed()
  // What the process left behind still writes is the same again: it lets go of witness and folder.
  await closed(life)
  place.remove()
  life.place = left
  Object.assign(life, await attended(await openStore(left.options()), life))
}

const stepsOf: Record<string, (life: Life, n: number) => Promise<void>> = {
  crash,
  append: (life, n) => append(life, 1 + (n % 400), n),
  one: (life, n) => append(life, 1, n),
  async checkpoint({ store }) {
    if (store.ledger.size() > 0) await store.ledger.awaitCheckpoint(store.ledger.size() - 1, { soon: true })
  },
  async witness({ store, witnessing }) {
    const { size } = store.ledger.checkpoint()
    if (size === 0) return
    await vi.waitFor(() => expect(witnessing.stands(size - 1).by).toEqual(["one.example"]), {
      timeout: 20_000,
    })
  },
  async restart(life) {
    await closed(life)
    Object.assign(life, await attended(await openStore(life.place.options()), life))
  },
  async prune({ store, told }, n) {
    const subject = subjects[n % subjects.length] ?? ""
    if (told.gone.has(subject) || told.gone.size === subjects.length - 1) return
    await store.vault.erase(subject)
    told.gone.add(subject)
  },
  async time({ place }, n) {
    place.clock.set(place.clock.now() + (n % 90_000))
  },
}

/** Everything again, from the bytes. */
async function everythingHolds({ store, told, folder, witnessing }: Life): Promise<void> {
  const { ledger } = store
  expect(ledger.size()).toBe(told.leaves.length)
  expect(await ledger.verify()).toMatchObject({ ok: true, entries: told.leaves.length })
  const rootOf = (size: number): string =>
    Buffer.from(rootFromLeaves(told.leaves.slice(0, size))).toString("hex")
  expect(Buffer.from(ledger.rootAt(ledger.size())).toString("hex")).toBe(rootOf(ledger.size()))
  const key = parseVkey(ledger.vkey)
  const published = join(folder, "checkpoint")
  const notes = [...told.checkpoints.slice(-3), ledger.checkpoint().note]
  if (existsSync(published)) notes.push(readFileSync(published, "utf8"))
  for (const each of notes) {
    const { size, root } = parseCheckpoint(parseNote(each).text)
    expect((await verifyCheckpoint(each, key)).ok).toBe(true)
    expect(Buffer.from(root).toString("hex")).toBe(rootOf(size))
  }
  const { size, root } = ledger.checkpoint()
  for (const index of [0, size >> 1, size - 1].filter((each) => each >= 0 && each < size)) {
    const leaf = told.leaves[index] ?? new Uint8Array()
    expect(verifyInclusion({ index, size, leaf, proof: ledger.proof(index, size), root })).toBe(true)
  }
  if (existsSync(published))
    expect(await verifyLog(await openLogFiles(folder), { key })).toMatchObject({ ok: true })
  for (const [id, { subject, value }] of told.kept) {
    if (!told.gone.has(subject)) expect(store.vault.get(id)).toBe(value)
    else expect(() => store.vault.get(id)).toThrow()
  }
  expect(witnessing.alarm()).toBeNull()
}

const step = fc.tuple(fc.constantFrom(...Object.keys(stepsOf)), fc.nat(999))

test(
  "whatever happens to a ledger in whatever order, all that was acknowledged is there and nothing else",
  { timeout: isLong ? 1_800_000 : 120_000 },
  async () => {
    const life = fc.array(step, { minLength: steps, maxLength: steps })
    await fc.assert(
      fc.asyncProperty(life, async (all) => lived([["append", 300], ...all])),
      // A life takes seconds, and a shorter one that fails too is not worth hundreds of them.
      { numRuns: lives, endOnFailure: true },
    )
  },
)

async function lived(all: readonly (readonly [string, number])[]): Promise<void> {
  const life = await begun()
  try {
    for (const [name, n] of all) {
      await stepsOf[name]?.(life, n)
      await everythingHolds(life)
    }
  } finally {
    await closed(life)
    await life.witness.close()
    life.place.remove()
    life.home.remove()
  }
}
