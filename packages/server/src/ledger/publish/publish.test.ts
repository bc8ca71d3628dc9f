import {
  appendFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { decodeBundle, encodeBundle } from "@hufu/core/evidence/entry-bundle"
import { keptCheckpoint } from "@hufu/core/evidence/kept-checkpoint"
import { buildReceipt } from "@hufu/core/evidence/receipt"
import { verifyLog } from "@hufu/core/evidence/verify-log"
import { parseTilePath } from "@hufu/core/evidence/tile-path"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { signCheckpoint } from "@hufu/core/evidence/checkpoint"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { intentOf, newAction, outcomeOf, type Scratch, scratch } from "../../store/scratch-store.ts"
import { openReader } from "../../store/sqlite-connection.ts"
import { openStore, type Store } from "../../store/store.ts"
import { readStoredNote } from "../checkpointer.ts"
import { compareCheckpoint } from "../compare-checkpoint.ts"
import { createLedgerKey } from "../ledger-key.ts"
import { verifyMlDsa44 } from "../ml-dsa.ts"
import { nativeHash } from "../native-hash.ts"
import { exportLog } from "./export-log.ts"
import { openLogFiles } from "./log-files.ts"
import { type Publishing, startPublishing } from "./start-publishing.ts"

let place: Scratch
let folder: string
let warnings: unknown[]
let logger: { warn: (of: unknown) => void; error: (of: unknown) => void }

beforeEach(() => {
  place = scratch()
  folder = join(place.dataDir, "..", "published")
  warnings = []
  logger = { warn: (of) => void warnings.push(of), error: (of) => void warnings.push(of) }
})
afterEach(() => place.remove())

/** Entries of real actions, so many. */
async function grow(store: Store, count: number): Promise<void> {
  const actions = Array.from({ length: Math.ceil(count / 2) }, newAction)
  await Promise.all(actions.map((action) => store.ledger.append(intentOf(action))))
  await Promise.all(
    actions.slice(0, Math.floor(count / 2)).map((action) => store.ledger.append(outcomeOf(action))),
  )
}

function start(store: Store, into = folder): Promise<Publishing> {
  return startPublishing({ folder: into, database: store.folder.database, ledger: store.ledger, logger })
}

/** Waits for a checkpoint of all that there is, and for its publication. */
async function signedAndPublished({ ledger }: Store, publishing: Publishing): Promise<void> {
  const { size } = await ledger.awaitCheckpoint(ledger.size() - 1, { soon: true })
  await expect.poll(() => publishing.state().entries, { interval: 5 }).toBeGreaterThanOrEqual(size)
}

/** A ledger that grows while it is published, closed again. */
async function published(...steps: number[]): Promise<string> {
  return (await publishedWith({}, ...steps)).vkey
}

async function publishedWith(options: { mlDsa?: boolean }, ...steps: number[]) {
  const store = await openStore(place.options(options))
  const publishing = await start(store)
  for (const step of steps) {
    await grow(store, step)
    await signedAndPublished(store, publishing)
  }
  await store.close()
  await publishing.close()
  expect(publishing.state().fault).toBeNull()
  return store.ledger
}

async function verify(vkey: string, more: { kept?: string; place?: string } = {}) {
  const files = await openLogFiles(more.place ?? folder)
  return verifyLog(files, { key: parseVkey(vkey), hash: nativeHash, kept: more.kept })
}

function files(): string[] {
  return globSync("tile/**", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile())
}

describe("a published log", () => {
  test("verifies after every growth, with every file of it in its place", async () => {
    const vkey = await published(3, 253, 3, 1000)
    expect(await verify(vkey)).toMatchObject({ ok: true, signed: true, checkpoint: { size: 1259 } })
    expect(files().every((path) => parseTilePath(path) !== null)).toBe(true)
    expect(files()).toContain("tile/0/003")
    expect(files()).toContain("tile/entries/004.p/235")
    expect(files()).toContain("tile/1/000.p/4")
    // The edge is tile 4: of 2, 3 and 4 somebody may still ask for a partial one, of 0 and 1 nobody.
    expect(files().filter((path) => /^tile\/(?:0|entries)\/00[01]\.p/.test(path))).toEqual([])
    expect(warnings).toEqual([])
  })

  test("is exported from a running node as it is from a stopped one, and brought up to date", async () => {
    const store = await openStore(place.options())
    await grow(store, 700)
    await store.ledger.awaitCheckpoint(699, { soon: true })
    const exported = await exportLog(store.folder.database, folder, { logger })
    expect(exported).toEqual({ entries: 700, vkey: store.ledger.vkey })
    const kept = readFileSync(join(folder, "checkpoint"), "utf8")
    await grow(store, 30)
    await store.close()
    await exportLog(store.folder.database, folder, { logger })
    expect(await verify(exported.vkey, { kept })).toMatchObject({ ok: true, checkpoint: { size: 730 } })
  })

  test("of an empty ledger is a checkpoint of size zero", async () => {
    const vkey = await published()
    expect(await verify(vkey)).toMatchObject({ ok: true, checkpoint: { size: 0 } })
    expect(files()).toEqual([])
  })
})

describe("a reader of a published log", () => {
  test("finds one flipped bit in any file, by the file's name", async () => {
    const vkey = await published(3, 257, 302)
    const all = [...files(), "checkpoint"]
    expect(all.length).toBeGreaterThan(12)
    for (const path of all) {
      const whole = readFileSync(join(folder, path))
      for (const at of [
        0,
        whole.length - 1,
        ...Array.from({ length: 4 }, () => Math.floor(Math.random() * whole.length)),
      ]) {
        const bytes = Buffer.from(whole)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8))
        writeFileSync(join(folder, path), bytes)
        const verdict = await verify(vkey)
        expect({ path, at, ok: verdict.ok }).toEqual({ path, at, ok: false })
        // An altered bundle shows where its hashes are looked up.
        const n = parseTilePath(path)?.n
        if (!verdict.ok) expect(n === undefined ? 0 : parseTilePath(verdict.fault.file)?.n).toBe(n ?? 0)
      }
      writeFileSync(join(folder, path), whole)
    }
    expect(await verify(vkey)).toMatchObject({ ok: true })
  })

  test("finds a file that is cut, longer, missing or another's", async () => {
    const vkey = await published(3, 257, 302)
    const edge = [
      "tile/0/000",
      "tile/0/002.p/50",
      "tile/entries/001",
      "tile/entries/002.p/50",
      "tile/1/000.p/2",
    ]
    for (const path of edge) {
      const file = join(folder, path)
      const whole = readFileSync(file)
      truncateSync(file, whole.length - 1)
      expect(await verify(vkey)).toMatchObject({ ok: false })
      writeFileSync(file, whole)
      appendFileSync(file, "x")
      expect(await verify(vkey)).toMatchObject({ ok: false })
      rmSync(file)
      expect(await verify(vkey)).toMatchObject({ ok: false, fault: { id: "missing_file", file: path } })
      writeFileSync(file, whole)
    }
    const [first, second] = ["tile/entries/000", "tile/entries/001"].map((path) => join(folder, path))
    cpSync(first ?? "", second ?? "")
    expect(await verify(vkey)).toMatchObject({ ok: false, fault: { id: "altered_tile", file: "tile/0/001" } })
    rmSync(join(folder, "checkpoint"))
    expect(await verify(vkey)).toMatchObject({ ok: false, fault: { id: "no_checkpoint" } })
  })

  test("finds a tail that was cut off and signed again, and a history that was rewritten with the log's own key", async () => {
    const empty = await emptyCopy()
    const vkey = await published(20)
    const kept = readFileSync(join(folder, "checkpoint"), "utf8")
    for (const [count, id] of [
      [19, "shorter"],
      [21, "forked"],
    ] as const) {
      const fork = await forkOf(empty, count)
      const other = join(fork.dataDir, "..", "published")
      await exportLog(join(fork.dataDir, "hufu.db"), other, { logger })
      expect(await verify(vkey, { place: other })).toMatchObject({ ok: true })
      expect(await verify(vkey, { place: other, kept })).toMatchObject({ ok: false, fault: { id } })
      fork.remove()
    }
    empty.remove()
  })

  test("finds two entries that changed places", async () => {
    const vkey = await published(3, 257, 302)
    const file = join(folder, "tile/entries/001")
    const entries = decodeBundle(readFileSync(file), 256)
    const [first = new Uint8Array(), second = new Uint8Array()] = entries
    writeFileSync(file, encodeBundle([second, first, ...entries.slice(2)]))
    expect(await verify(vkey)).toMatchObject({ ok: false, fault: { id: "altered_tile", file: "tile/0/001" } })
  })

  test("finds a split view once two who were shown different histories compare what they kept", async () => {
    const empty = await emptyCopy()
    const vkey = await published(20)
    const fork = await forkOf(empty, 21)
    const other = join(fork.dataDir, "..", "published")
    await exportLog(join(fork.dataDir, "hufu.db"), other, { logger })
    const [mine, theirs] = [folder, other].map((each) => readFileSync(join(each, "checkpoint"), "utf8"))
    // Each alone sees a sound log that goes on from what it has seen.
    expect(await verify(vkey, { kept: mine ?? "" })).toMatchObject({ ok: true })
    expect(await verify(vkey, { kept: theirs ?? "", place: other })).toMatchObject({ ok: true })
    expect(await verify(vkey, { kept: mine ?? "", place: other })).toMatchObject({
      ok: false,
      fault: { id: "forked" },
    })
    expect(await verify(vkey, { kept: theirs ?? "" })).toMatchObject({ ok: false, fault: { id: "shorter" } })
    fork.remove()
    empty.remove()
  })

  test("finds by an old receipt that a history was rewritten with the log's own key", async () => {
    const empty = await emptyCopy()
    const store = await openStore(place.options())
    const action = newAction()
    await store.ledger.append(intentOf(action))
    const { index } = await store.ledger.append(outcomeOf(action))
    const { note, size } = await store.ledger.awaitCheckpoint(index, { soon: true })
    const receipt = buildReceipt({
      entries: store.ledger
        .entriesOf(action)
        .map((each) => ({ ...each, proof: store.ledger.proof(each.index, size) })),
      checkpoint: note,
      logKey: store.ledger.vkey,
    })
    const kept = keptCheckpoint(JSON.stringify(receipt))
    expect(kept).toBe(note)
    await store.close()
    const compared = async (file: string) => {
      const db = openReader(file)
      try {
        return await compareCheckpoint(db, kept)
      } finally {
        db.close()
      }
    }
    expect(await compared(store.folder.database)).toEqual({ is: "contained", size })
    const fork = await forkOf(empty, 21)
    const database = join(fork.dataDir, "hufu.db")
    expect(await compared(database)).toEqual({ is: "forked", size })
    await exportLog(database, folder, { logger })
    expect(await verify(store.ledger.vkey, { kept })).toMatchObject({ ok: false, fault: { id: "forked" } })
    fork.remove()
    empty.remove()
  })

  test("who names the log's second key gets its signature, or the fault that it is missing or forged", async () => {
    const plain = await publishedWith({}, 5)
    const before = readFileSync(join(folder, "checkpoint"), "utf8")
    const { vkey, mlDsaKey } = await publishedWith({ mlDsa: true }, 300)
    expect(plain.mlDsaKey).toBeNull()
    const second = { key: parseVkey(mlDsaKey ?? ""), mlDsa44: verifyMlDsa44 }
    const files = await openLogFiles(folder)
    const read = (kept?: string) => verifyLog(files, { key: parseVkey(vkey), second, hash: nativeHash, kept })
    const note = readFileSync(join(folder, "checkpoint"), "utf8")
    expect(await read(note)).toMatchObject({ ok: true, signedTwice: true })
    expect(await verify(vkey)).toMatchObject({ ok: true, signedTwice: false })
    // Whoever lacks the second key sees nothing wrong.
    const line = (of: string) => of.trimEnd().split("\n").at(-1) ?? ""
    const text = note.slice(0, -line(note).length - 1)
    const broken = Buffer.from(line(note).split(" ")[2] ?? "", "base64")
    broken[500] = (broken[500] ?? 0) ^ 1
    const forged = `${text}${line(note).split(" ").slice(0, 2).join(" ")} ${broken.toString("base64")}\n`
    for (const [shown, id] of [
      [text, "no_second_signature"],
      [forged, "bad_second_signature"],
    ] as const) {
      writeFileSync(join(folder, "checkpoint"), shown)
      expect(await read()).toMatchObject({ ok: false, fault: { id } })
      expect(await verify(vkey)).toMatchObject({ ok: true })
    }
    writeFileSync(join(folder, "checkpoint"), note)
    for (const kept of [before, text, forged])
      await expect(read(kept)).rejects.toMatchObject({
        code: "invalid_evidence",
        message: expect.stringContaining("does not carry the second signature") as string,
      })
  })

  test("finds another log's checkpoint and another key's", async () => {
    await published(5)
    const stranger = scratch()
    try {
      const store = await openStore(stranger.options())
      await store.close()
      expect(await verify(store.ledger.vkey)).toMatchObject({ ok: false, fault: { id: "unknown_signer" } })
    } finally {
      stranger.remove()
    }
  })
})

/** Another history of the same ledger with its own key, as its owner could make it: the folder was copied while it was empty. */
async function forkOf(empty: Scratch, count: number): Promise<Scratch> {
  const fork = empty.crashed()
  const store = await openStore(fork.options())
  await grow(store, count)
  await store.close()
  return fork
}

async function emptyCopy(): Promise<Scratch> {
  const store = await openStore(place.options())
  await store.close()
  return place.crashed()
}

describe("a start", () => {
  /** Opens the node's store and publishing, and expects publishing to be refused. */
  async function refused(from: Scratch = place): Promise<string> {
    const store = await openStore(from.options())
    try {
      const error: unknown = await start(store).then(
        async (publishing) => publishing.close(),
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({ code: "ledger_ambiguous" })
      return (error as Error).message
    } finally {
      await store.close()
    }
  }

  test("is refused by a database that is older than the published checkpoint, also when that is gone", async () => {
    const empty = await emptyCopy()
    try {
      await published(300)
      const older = await forkOf(empty, 0)
      expect(await refused(older)).toContain("the database is older than what others have seen")
      rmSync(join(folder, "checkpoint"))
      expect(await refused(older)).toMatch(
        /has no checkpoint, but `tile\/.*`, which is of a ledger longer than/,
      )
      older.remove()
    } finally {
      empty.remove()
    }
  })

  test("is refused by a ledger whose history was rewritten under its own key", async () => {
    const empty = await emptyCopy()
    try {
      await published(300)
      const fork = await forkOf(empty, 310)
      expect(await refused(fork)).toContain("another history: its 300 entries are not how this ledger began")
      fork.remove()
    } finally {
      empty.remove()
    }
  })

  test("is refused by another origin, another key and a checkpoint that is none", async () => {
    await published(30)
    const note = readFileSync(join(folder, "checkpoint"), "utf8")
    writeFileSync(join(folder, "checkpoint"), note.replaceAll("localhost/ledger", "localhost/edger"))
    expect(await refused()).toContain("is of the log `localhost/edger")
    const { key } = createLedgerKey(note.slice(0, note.indexOf("\n")))
    const { origin, size, root } = readStoredNote(note)
    writeFileSync(join(folder, "checkpoint"), signCheckpoint({ origin, size, root }, key.signer))
    expect(await refused()).toContain("no key of this ledger signed")
    writeFileSync(join(folder, "checkpoint"), note.slice(0, -2))
    expect(await refused()).toContain("has a `checkpoint` that is none")
    writeFileSync(join(folder, "checkpoint"), note)
    const store = await openStore(place.options())
    const publishing = await start(store)
    await store.close()
    await publishing.close()
  })

  test.each(["tile/0/001", "tile/0/002.p/88", "tile/entries/001", "tile/entries/002.p/88", "tile/1/000.p/2"])(
    "writes a missing %s again with a warning, and is refused by an altered one",
    async (path) => {
      const vkey = await published(600)
      const file = join(folder, path)
      const whole = readFileSync(file)
      rmSync(file)
      const store = await openStore(place.options())
      const publishing = await start(store)
      expect(warnings).toEqual([{ folder: publishing.folder, files: [path] }])
      await store.close()
      await publishing.close()
      expect(await verify(vkey)).toMatchObject({ ok: true })
      writeFileSync(file, whole.with(40, (whole[40] ?? 0) ^ 4))
      expect(await refused()).toContain(`\`${path}\` in the published folder`)
      expect(await verify(vkey)).toMatchObject({ ok: false })
    },
  )

  test("is refused into a folder that another publishes into, until that lets it go", async () => {
    const store = await openStore(place.options())
    const first = await start(store)
    await expect(start(store)).rejects.toMatchObject({ code: "data_folder_in_use" })
    await expect(exportLog(store.folder.database, folder, { logger })).rejects.toThrow(
      "another process publishes",
    )
    await store.close()
    await first.close()
    await exportLog(store.folder.database, folder, { logger })
  })
})

test("a tile that would change is never overwritten: publishing halts and says so", async () => {
  const store = await openStore(place.options())
  const publishing = await start(store)
  await grow(store, 10)
  await signedAndPublished(store, publishing)
  mkdirSync(join(folder, "tile/entries"), { recursive: true })
  writeFileSync(join(folder, "tile/entries/000"), "written by somebody else")
  await grow(store, 300)
  await store.close()
  await publishing.close()
  expect(publishing.state()).toMatchObject({
    entries: 10,
    fault: expect.stringContaining("`tile/entries/000`") as string,
  })
  expect(readFileSync(join(folder, "tile/entries/000"), "utf8")).toBe("written by somebody else")
  expect(await verify(store.ledger.vkey)).toMatchObject({ ok: true, checkpoint: { size: 10 } })
})

test("a long publication that is cut short has come as far as a checkpoint on its way, and goes on from there", async () => {
  const store = await openStore(place.options())
  for (const count of [4_200, 4_200, 700]) {
    await grow(store, count)
    await store.ledger.awaitCheckpoint(store.ledger.size() - 1, { soon: true })
  }
  // The bundle of the last entries: what ends a publication here may end it anywhere.
  const obstacle = join(folder, "tile/entries/034")
  mkdirSync(join(folder, "tile/entries"), { recursive: true })
  writeFileSync(obstacle, "written by somebody else")
  const cut = await start(store)
  await cut.close()
  const { entries, fault } = cut.state()
  expect(fault).toContain("`tile/entries/034`")
  expect(entries).toBeGreaterThanOrEqual(8_192)
  expect(entries).toBeLessThanOrEqual(8_400)
  const kept = readFileSync(join(folder, "checkpoint"), "utf8")
  expect(await verify(store.ledger.vkey)).toMatchObject({
    ok: true,
    signed: true,
    checkpoint: { size: entries },
  })
  rmSync(obstacle)
  const publishing = await start(store)
  expect(publishing.state().entries).toBe(entries)
  await store.close()
  await publishing.close()
  expect(await verify(store.ledger.vkey, { kept })).toMatchObject({ ok: true, checkpoint: { size: 9_100 } })
})

test("a checkpoint on the way that nobody signed ends a publication before it", async () => {
  const store = await openStore(place.options())
  await grow(store, 4_300)
  const { note } = await store.ledger.awaitCheckpoint(4_299, { soon: true })
  const other = new DatabaseSync(store.folder.database)
  const insert = other.prepare("INSERT OR IGNORE INTO checkpoint (size, note) VALUES (?, ?)")
  // Whichever the first one from 4,096 entries on is.
  for (let size = 4_096; size < 4_300; size += 1) insert.run(size, note)
  other.close()
  const publishing = await start(store)
  await store.close()
  await publishing.close()
  expect(publishing.state()).toMatchObject({
    entries: 0,
    fault: expect.stringContaining("of size 4096 was not signed") as string,
  })
})

test("a checkpoint is not kept when another process has kept one: nothing of it is published", async () => {
  const store = await openStore(place.options())
  const publishing = await start(store)
  await grow(store, 10)
  await signedAndPublished(store, publishing)
  const { note, size } = store.ledger.checkpoint()
  const other = new DatabaseSync(store.folder.database)
  other.prepare("INSERT INTO checkpoint (size, note) VALUES (?, ?)").run(size + 1, `${note}other`)
  other.close()
  await grow(store, 2)
  await expect(store.close()).rejects.toMatchObject({ code: "ledger_ambiguous" })
  await publishing.close()
  expect(publishing.state()).toMatchObject({ entries: 10, fault: null })
})

test("a checkpoint that was cosigned since takes the place of its plain one, and an older one of none", async () => {
  const store = await openStore(place.options())
  const publishing = await start(store)
  await grow(store, 10)
  const first = await store.ledger.awaitCheckpoint(9)
  await grow(store, 10)
  const second = await store.ledger.awaitCheckpoint(19, { soon: true })
  const cosign = (note: string) => `${note}\u2014 witness.example ${Buffer.alloc(76, 7).toString("base64")}\n`
  publishing.offer({ ...second, note: cosign(second.note) })
  publishing.offer({ ...first, note: cosign(first.note) })
  await store.close()
  await publishing.close()
  expect(readFileSync(join(folder, "checkpoint"), "utf8")).toBe(cosign(second.note))
  expect(await verify(store.ledger.vkey)).toMatchObject({ ok: true, checkpoint: { size: 20 } })
  expect(publishing.state().fault).toBeNull()
})
