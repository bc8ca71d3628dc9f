import { createDecipheriv } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { createBackup } from "@hufu/server/backup/create-backup"
import { doorKinds } from "../invariants/agent-door.ts"
import { createWorld, type World, type WorldAgent } from "../invariants/world.ts"

/** A word for every place that an agent or a person can fill; none is in any program, path or page. */
const words = {
  agent: "zqagentname",
  label: "zqversionlabel",
  task: "zqtaskwords buy something",
  added: "zqaddedwords and something else",
  mandate: "zqmandatewords only this",
  limit: "zqlimitvalue@example.org",
  argument: "zqargument@example.org",
  path: "/home/zqpath/notes.txt",
  edited: "zqeditedargument",
  result: "zqresultword",
  tool: "zqtoolname",
  refusal: "zqrefusal not now",
  suspension: "zqsuspensionreason",
  standing: "zqstandingargument",
  tenant: "zqtenantname",
  device: "zqdevicename",
} as const
const serverWords = {
  name: "zqservername",
  folder: "zqserverpath",
  description: "zqtooldescription",
} as const

let world: World
let agent: WorldAgent
let before: string
let receipts: { readonly json: unknown; readonly key: string }[]
let parent: string
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "hufu-erasure-"))
  world = await createWorld()
  agent = await world.agent(words.agent)
  await leaveTraces()
  const { key } = await world.local.log.checkpoint()
  const { items } = await world.local.action.list({ agent: agent.id, limit: 1000 })
  const decided = items.filter(({ verdict }) => verdict !== "ask")
  receipts = await Promise.all(
    decided.map(async ({ id }) => ({ key, json: await world.local.action.receipt({ action: id }) })),
  )
  before = await backup("before.tar")
}, 120_000)
afterAll(async () => {
  await world.dispose()
  rmSync(parent, { recursive: true, force: true })
})

async function leaveTraces(): Promise<void> {
  world.upstream.answer = () => ({ resultType: "complete", content: [{ type: "text", text: words.result }] })
  await world.person.version.declare({ agent: agent.id, label: words.label })
  const { credential } = await world.person.credential.issue({ agent: agent.id })
  agent = { ...agent, credential }
  const task = await world.person.task.start({ agent: agent.id, words: words.task })
  await world.person.task.add({ task: task.id, words: words.added })
  const limits = [{ argument: "/to", kind: "equal" as const, value: words.limit }]
  const grants = [{ effects: ["send" as const], tools: ["notes/send_note"], limits, mode: "auto" as const }]
  await world.grant(agent, { words: words.mandate, grants })
  for (const kind of doorKinds) {
    const door = await world.door(kind, agent)
    await door.call("send_note", { to: words.limit, text: words.argument })
    const { hold = "" } = await door.call("add_note", { id: kind, text: words.path })
    await world.local.hold.refuse({ hold, reason: words.refusal })
    const again = await door.call("add_note", { id: `${kind}2`, text: words.path })
    await world.approve(again.hold ?? "", { arguments: { id: words.edited } })
    await door.call("add_note", { id: `${kind}2`, text: words.path }, { hold: again.hold ?? "" })
    const third = await door.call("add_note", { id: `${kind}3`, text: words.standing })
    await world.approve(third.hold ?? "", { for: "until", until: world.clock.now() + 3_600_000 })
    await door.call("add_note", { id: `${kind}3`, text: words.standing })
    await door.call(words.tool, { id: words.argument })
  }
  await world.person.position.state({ agent: agent.id, tenant: words.tenant })
  await world.person.device.add({ name: words.device, agent: agent.id, key: "A".repeat(43) })
  await world.local.agent.suspend({ agent: agent.id, reason: words.suspension })
  await world.person.agent.resume({ agent: agent.id })
}

async function backup(name: string): Promise<string> {
  const file = join(parent, name)
  await createBackup({
    dataDir: world.dataFolder,
    file,
    passphrase: null,
    vaultKey: () => Promise.reject(new Error("the key is kept apart")),
    fold: async () => void (await world.local.log.entries({ limit: 1 })),
    files: [],
    now: world.clock.now(),
    version: "test",
  })
  return file
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Which of the words stand in these files, as UTF-8 or UTF-16. */
function found(paths: readonly string[], looked: Readonly<Record<string, string>> = words): string[] {
  return paths.flatMap((path) => {
    const bytes = readFileSync(path)
    return Object.values(looked)
      .filter((word) => bytes.includes(word) || bytes.includes(Buffer.from(word, "utf16le")))
      .map((word) => `${word} in ${path}`)
  })
}

/** Everything that somebody with the vault's own key can still read: the rows of tables and vault, decrypted. */
function readable(database: string): string {
  const wrapping = Buffer.from(
    readFileSync(join(world.dataFolder, "keys", "vault.key"), "utf8").trim(),
    "base64url",
  )
  const open = (key: Uint8Array, name: string, bytes: Uint8Array) => {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(bytes.subarray(bytes.length - 16))
    return Buffer.concat([decipher.update(bytes.subarray(12, bytes.length - 16)), decipher.final()])
  }
  const db = new DatabaseSync(database, { readOnly: true })
  try {
    const keys = new Map(
      db
        .prepare("SELECT subject, wrapped FROM vault_key")
        .all()
        .map((row) => [
          String(row["subject"]),
          open(wrapping, `hufu-vault-key/2\0${String(row["subject"])}`, row["wrapped"] as Uint8Array),
        ]),
    )
    const boxed = db.prepare("SELECT id, subject, nonce, body FROM vault").all()
    const rows = db.prepare("SELECT kind, id, subject, body, sealed FROM record").all()
    const keyOf = (subject: unknown) => keys.get(String(subject))?.subarray(0, 32) ?? Buffer.alloc(32)
    return [
      ...boxed.map(({ id, subject, nonce, body }) =>
        open(
          keyOf(subject),
          `hufu-vault/1\0${String(id)}\0${String(subject)}`,
          Buffer.concat([nonce as Uint8Array, body as Uint8Array]),
        ),
      ),
      ...rows.map(({ kind, id, subject, sealed }) =>
        sealed instanceof Uint8Array
          ? open(
              keyOf(subject),
              `hufu-vault/1\0row/${String(kind)}/${String(id)}\0${String(subject)}`,
              sealed,
            )
          : "",
      ),
      ...rows.map(({ body }) => String(body)),
    ].join("\n")
  } finally {
    db.close()
  }
}

function stillReadable(looked: Readonly<Record<string, string>> = words): string[] {
  const text = readable(join(world.dataFolder, "hufu.db"))
  return Object.values(looked).filter((word) => text.includes(word))
}

describe("an agent that is erased with all that is its own", () => {
  test("was readable before, by the node and with the vault's key, and in no file in clear", () => {
    // Results are never kept at all.
    const kept = Object.values(words).filter((word) => word !== words.result)
    expect(new Set(stillReadable())).toEqual(new Set(kept))
    expect(found(files(world.dataFolder))).toEqual([])
  })

  test("only the person erases", async () => {
    await expect(world.local.subject.erase({ subject: agent.id })).rejects.toMatchObject({
      code: "unauthenticated",
    })
    await expect(world.person.subject.erase({ subject: "agt_00000000" })).rejects.toMatchObject({
      code: "not_found",
    })
    await expect(world.person.subject.erase({ subject: "all" })).rejects.toMatchObject({
      code: "invalid_input",
    })
  })

  test("is gone: from memory, tables, vault, log, journal and backups; every receipt still verifies; the ledger says so", async () => {
    // What a tool server says of itself stands in the node's log, and nobody can tell whose it is.
    mkdirSync(join(world.dataFolder, "logs"), { recursive: true })
    writeFileSync(join(world.dataFolder, "logs", "hufu.1.log"), `{"stderr":"${words.argument}"}\n`)
    const report = await world.person.subject.erase({ subject: agent.id })
    // Nothing was written since: the journal holds no frame any more, and the log beside the database nothing of the agent.
    const frames = readFileSync(join(world.dataFolder, "hufu.journal")).subarray(4096)
    expect(frames.every((byte) => byte === 0)).toBe(true)
    expect(report.subjects[0]).toBe(agent.id)
    expect(stillReadable()).toEqual([])
    const after = await backup("after.tar")
    expect(found([...files(world.dataFolder), before, after])).toEqual([])

    const shown = JSON.stringify([
      await world.local.agent.list(),
      await world.local.task.list({ limit: 1000 }),
      await world.local.mandate.list(),
      await world.local.hold.list({ state: "all", limit: 1000 }),
      await world.local.action.list({ limit: 1000 }),
    ])
    expect(Object.values(words).filter((word) => shown.includes(word))).toEqual([])
    expect(shown).toContain('"erased"')

    expect(receipts.length).toBeGreaterThan(5)
    for (const { json, key } of receipts) {
      const verified = await verifyReceipt(json, { trustedKeys: [key] })
      expect(verified.ok).toBe(true)
    }
    expect(await world.local.log.verify()).toMatchObject({ ok: true })
    const said = (await world.entries()).filter(({ entry }) => entry["fact"] === "subject.erased")
    expect(said.map(({ entry }) => entry["subject"])).toEqual(report.subjects)
    expect(said[0]).toMatchObject({ index: report.index, entry: { refs: { reason: "right" } } })
  })

  test("cannot be decided again, and the replay says why", async () => {
    const page = await world.local.action.replay({})
    expect(page.decided).toBe(0)
    expect(page.undecidable.length).toBeGreaterThan(5)
    expect(new Set(page.undecidable.map(({ why }) => why))).toEqual(new Set(["erased"]))
  })

  test("acts no more, and nothing of it comes back after a restart", async () => {
    await world.restart()
    const said = await (await world.door("modern", agent)).call("add_note", {})
    expect(said).toMatchObject({ isError: true })
    expect(said.text).not.toContain("note")
    expect(stillReadable()).toEqual([])
    expect(found(files(world.dataFolder))).toEqual([])
  })
})

describe("a place that is erased", () => {
  test("leaves none of its owner's words, and restricts no more", async () => {
    const said = { name: "zqplacename", coordinate: "12.3456789" }
    const geometry = {
      type: "Point",
      coordinates: [12.345_678_9, 1],
      extent: { subType: "Circle", radius: 9 },
    }
    const { items } = await world.person.place.add({
      template: "home",
      identifier: "zqplace",
      name: said.name,
      geometry,
    })
    expect(stillReadable(said)).toEqual(Object.values(said))
    for (const { id } of items) await world.person.subject.erase({ subject: id })
    expect(stillReadable(said)).toEqual([])
    expect(found(files(world.dataFolder), said)).toEqual([])
    expect((await world.local.place.list()).items).toEqual([])
  })
})

describe("a server that is erased", () => {
  test("leaves neither its name, its command nor its tools; no program takes a name that a mandate still gives", async () => {
    await world.person.server.add({
      name: serverWords.name,
      url: `${world.upstream.url}?${serverWords.folder}`,
    })
    await world.person.tool.list({ server: serverWords.name })
    const keeper = await world.agent("keeper")
    const grants = [
      { effects: ["send" as const], tools: [`${serverWords.name}/*`], limits: [], mode: "auto" as const },
    ]
    const mandate = await world.grant(keeper, { words: "keep", grants })
    const { items } = await world.local.server.list()
    const id = items.find(({ name }) => name === serverWords.name)?.id ?? ""
    await world.person.subject.erase({ subject: id, reason: "operator" })
    // The mandate's own words are another subject's.
    expect(stillReadable({ folder: serverWords.folder })).toEqual([])
    await world.person.subject.erase({ subject: mandate.id })
    expect(stillReadable({ name: serverWords.name, folder: serverWords.folder })).toEqual([])
    expect(found(files(world.dataFolder), serverWords)).toEqual([])
  })
})
