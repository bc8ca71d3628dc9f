import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createClient, fetchTransport } from "@hufu/sdk"
import { openPasskeyRecords } from "@hufu/server/authority/passkeys"
import { systemClock } from "@hufu/server/clock"
import { openStore } from "@hufu/server/store/store"
import { pino } from "pino"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { socketTransport } from "../connection/socket-transport.ts"
import {
  filesystemServer,
  type NodeUnderTest,
  runHufu,
  secret,
  startHufu,
  startNode,
} from "../testing/hufu-under-test.ts"
import { mcpLines } from "../testing/mcp-lines.ts"
import { registrationDraft } from "../testing/registration-draft.ts"

// Every step starts processes, or waits for a passphrase.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const passphrase = "tiger tally, both halves"
const sealed = { stdin: `${passphrase}\n` }
const alone = { ...sealed, alone: true }
let folder = ""
const nodes: NodeUnderTest[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-backup-"))
})
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)

async function started(name: string, enrol = true): Promise<NodeUnderTest> {
  const node = await startNode(at(name))
  nodes.push(node)
  if (enrol) await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
  return node
}

const names = async (node: NodeUnderTest) =>
  (await node.run(["agent", "list", "--json"])).items().map((each) => String(each["name"]))
const backup = (node: string, options = sealed) =>
  runHufu(["backup", at("b.hufu"), "--data", at(node), "--passphrase-stdin", "--json"], options)
const restore = (to: string, more: readonly string[] = [], options = sealed) =>
  runHufu(["restore", at("b.hufu"), "--data", at(to), "--passphrase-stdin", "--json", ...more], options)

async function entryHashes(node: NodeUnderTest): Promise<string[]> {
  const { items } = await withClient(node, (client) => client.log.entries({ limit: 1000 }))
  return items.map(({ hash }) => hash)
}

async function withClient<T>(
  node: NodeUnderTest,
  work: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const socket = socketTransport(node.dataFolder)
  try {
    return await work(createClient({ transport: socket.transport, retryAfterMs: [] }))
  } finally {
    socket.close()
  }
}

describe("hufu backup and hufu restore", () => {
  it("take all that was acknowledged while 16 clients write, and give it back in a new epoch", async () => {
    const node = await started("a")
    const transport = fetchTransport(node.url)
    const { token } = await withClient(node, (client) => client.session.create({ secret }))
    const acknowledged: string[] = []
    const registered: string[] = []
    const over = new AbortController()
    const write = async (writer: number) => {
      const client = createClient({ transport, token })
      for (let i = 0; !over.signal.aborted; i++) {
        const { agent } = await client.agent.create({ name: `w${writer}-${i}`, credential: false })
        acknowledged.push(agent.name)
      }
    }
    const register = async () => {
      const client = createClient({ transport, token })
      for (let i = 0; !over.signal.aborted; i++) {
        const { registration } = await client.registration.claim({
          content: registrationDraft(`com.example/r${i}`),
        })
        registered.push(registration.id)
      }
    }
    const writers = [...Array.from({ length: 15 }, (_, writer) => write(writer)), register()]
    await vi.waitFor(() => expect([acknowledged.length > 32, registered.length > 2]).toEqual([true, true]), {
      timeout: 60_000,
    })
    const before = [...acknowledged]
    const registeredBefore = [...registered]
    const made = await backup("a", alone)
    over.abort()
    await Promise.all(writers)
    expect(made.err).toBe("")
    const entries = Number(made.json()["entries"])
    expect(entries).toBeGreaterThanOrEqual(before.length)

    const original = await entryHashes(node)
    const checkpoint = await node.run(["log", "checkpoint", "--json"])
    writeFileSync(at("later.txt"), String(checkpoint.json()["checkpoint"]))
    const back = await restore("b", ["--checkpoint", at("later.txt")], alone)
    expect(back.err).toBe("")
    expect(back.json()).toMatchObject({ entries, epoch: entries })
    const restored = await started("b", false)
    const held = await names(restored)
    expect(before.filter((name) => !held.includes(name))).toEqual([])
    const kept = await withClient(restored, (client) => client.registration.list({ limit: 1000 }))
    expect(kept.items.map(({ id }) => id)).toEqual(expect.arrayContaining(registeredBefore))
    const again = await entryHashes(restored)
    expect(again.slice(0, Math.min(entries, 1000))).toEqual(original.slice(0, Math.min(entries, 1000)))
    expect((await restored.run(["log", "verify"])).code).toBe(0)

    const epoch = (await withClient(restored, (client) => client.log.entries({ from: entries, limit: 1 })))
      .items[0]?.entry
    expect(epoch).toMatchObject({ fact: "ledger.restored", refs: { size: `entries-${entries}` } })
    const compared = await restored.run(["log", "compare", at("later.txt"), "--json"])
    expect([compared.code, compared.json()]).toEqual([
      1,
      expect.objectContaining({ is: "restored", epoch: entries }),
    ])
    writeFileSync(at("then.txt"), String(made.json()["checkpoint"]))
    expect((await restored.run(["log", "compare", at("then.txt")])).code).toBe(0)
    // What was revoked since is not known, so nothing acts before a person has looked.
    expect((await restored.run(["status", "--json"])).json()["stopped"]).toBe(true)
    expect((await restored.asPerson(["stop", "--lift"])).code).toBe(0)
  })

  it("take back what was held or approved and not used, for it may have been used since", async () => {
    const node = await started("a")
    mkdirSync(at("work"))
    const server = [process.execPath, filesystemServer, at("work")]
    const guard = startHufu(["guard", "--existing", "--data", node.dataFolder, "--", ...server])
    const client = mcpLines(guard)
    await client.initialize()
    // A write asks the person.
    const args = { path: join(at("work"), "new.txt"), content: "x" }
    client.send({ id: 2, method: "tools/call", params: { name: "write_file", arguments: args } })
    await vi.waitFor(async () => expect((await node.run(["approvals", "--json"])).items()).toHaveLength(1), {
      timeout: 60_000,
      interval: 200,
    })
    expect((await backup("a")).code).toBe(0)
    guard.kill()
    expect((await restore("b")).json()["cancelled"]).toBe(1)
    expect((await (await started("b", false)).run(["approvals", "--json"])).items()).toEqual([])
  })

  it("work on a node that was killed, and refuse what is there, altered, or opened with another passphrase", async () => {
    const node = await started("a")
    await node.asPerson(["agent", "create", "kept", "--no-credential"])
    await node.signal("SIGKILL")
    expect((await backup("a")).code).toBe(0)
    expect((await backup("a")).err).toContain("[already_exists]")
    expect((await restore("a")).err).toContain("[already_exists]")
    expect((await runHufu(["restore", at("none"), "--data", at("b")])).err).toContain("[not_found]")
    expect((await runHufu(["backup", at("none/b.hufu"), "--data", at("a"), "--no-keys"])).err).toContain(
      "[not_found]",
    )
    const wrong = await runHufu(["restore", at("b.hufu"), "--data", at("b"), "--passphrase-stdin"], {
      stdin: "another passphrase\n",
    })
    expect(wrong.err).toContain("[wrong_secret]")
    const bytes = readFileSync(at("b.hufu"))
    for (const place of [600, 2000, Math.floor(bytes.length / 2)]) {
      const bad = Buffer.from(bytes)
      bad.writeUInt8(bad.readUInt8(place) ^ 1, place)
      writeFileSync(at("b.hufu"), bad)
      expect([place, (await restore("b")).code]).toEqual([place, 1])
    }
    writeFileSync(at("b.hufu"), bytes.subarray(0, bytes.length - 3000))
    expect((await restore("b")).code).toBe(1)
    // A refused restore leaves nothing behind.
    expect(readdirSync(folder).toSorted()).toEqual(["a", "b.hufu"])
    writeFileSync(at("b.hufu"), bytes)
    expect((await restore("b")).code).toBe(0)
    expect(await names(await started("b", false))).toEqual(["kept"])
  })

  it("leave the keys out when told so, and take them from where they were kept", async () => {
    const node = await started("a")
    writeFileSync(
      join(node.dataFolder, "config.json"),
      '{"ask":{"expirySeconds":77},"rules":["mine.cedar"]}',
      {
        mode: 0o600,
      },
    )
    // What the node would not start without, or would forget: its own packs, and the examples beside its rules.
    const own = ["mine.cedar", "mine.examples.json", "packs/mine/pack.json", "packs/mine/some.cedar"]
    mkdirSync(join(node.dataFolder, "packs/mine"), { recursive: true })
    for (const name of own) writeFileSync(join(node.dataFolder, name), `of ${name}`)
    const made = await node.run(["backup", at("b.hufu"), "--no-keys", "--json"])
    expect(made.json()["keys"]).toBe("none")
    expect(readFileSync(at("b.hufu")).includes("PRIVATE KEY")).toBe(false)
    expect((await restore("b")).err).toContain("--keys")
    mkdirSync(at("kept"), { mode: 0o700 })
    for (const name of ["ledger.key", "vault.key"]) {
      writeFileSync(join(at("kept"), name), readFileSync(join(node.dataFolder, "keys", name)))
      chmodSync(join(at("kept"), name), 0o600)
    }
    expect((await restore("b", ["--keys", at("kept")])).code).toBe(0)
    expect(readFileSync(join(at("b"), "config.json"), "utf8")).toContain("77")
    for (const name of own) expect(readFileSync(join(at("b"), name), "utf8")).toBe(`of ${name}`)
    writeFileSync(join(node.dataFolder, "packs/mine/an odd name.cedar"), "")
    rmSync(at("b.hufu"))
    expect((await node.run(["backup", at("b.hufu"), "--no-keys"])).err).toContain("an odd name")
  })
})

describe("hufu purge", () => {
  it("needs the person, removes what it names and nothing else, and keeps evidence that verifies", async () => {
    const node = await started("a")
    const data = node.dataFolder
    await node.asPerson(["agent", "create", "gone", "--no-credential"])
    writeFileSync(join(data, "mine.txt"), "not Hufu's")
    const purge = (stdin: string, ...more: string[]) =>
      runHufu(["purge", "--data", data, "--secret-stdin", "--json", ...more], { stdin, alone: true })
    expect((await purge(`${secret}\n`)).err).toContain("[data_folder_in_use]")
    await node.signal("SIGTERM")
    const before = readdirSync(data)
    const dry = await purge("", "--dry-run")
    expect(dry.json()["stays"]).toEqual(["mine.txt"])
    expect((await purge("not the secret\n")).err).toContain("[wrong_secret]")
    expect(readdirSync(data).toSorted()).toEqual(before.toSorted())
    const done = await purge(`${secret}\n`, "--keep-evidence", at("evidence"))
    expect(done.err).toBe("")
    expect(done.json()["stays"]).toEqual(["mine.txt"])
    expect(done.json()["removed"]).toEqual(expect.arrayContaining(dry.json()["would"] as string[]))
    expect(readdirSync(data)).toEqual(["mine.txt"])

    expect(readdirSync(at("evidence")).toSorted()).toEqual(["checkpoint.txt", "ledger.db", "ledger.pub"])
    const tables = readFileSync(join(at("evidence"), "ledger.db"))
    expect([tables.includes("CREATE TABLE vault"), tables.includes("CREATE TABLE record")]).toEqual([
      false,
      false,
    ])
    const checked = await runHufu(["log", "check", at("evidence"), "--json"])
    expect(checked.json()).toMatchObject({ ok: true, entries: done.json()["entries"] })
    const place = tables.indexOf('"fact":"agent.created"')
    expect(place).toBeGreaterThan(0)
    tables.writeUInt8(tables.readUInt8(place + 9) ^ 1, place + 9)
    writeFileSync(join(at("evidence"), "ledger.db"), tables)
    expect((await runHufu(["log", "check", at("evidence")])).code).toBe(1)
  })

  it("takes nobody's word where only a passkey proves the person", async () => {
    const node = await started("a", false)
    await node.signal("SIGTERM")
    const store = await openStore({
      dataDir: node.dataFolder,
      clock: systemClock,
      logger: pino({ level: "silent" }),
    })
    const passkey = {
      id: "pky_0123456789abcdef",
      name: "mine",
      credential: "AAAA",
      publicKey: "AAAA",
      counter: 0,
      transports: [],
      synced: false,
      state: "live" as const,
      createdAt: 1,
      usedAt: null,
    }
    await store.commit((tx) => openPasskeyRecords(store).put(tx, passkey))
    await store.close()
    const refused = await runHufu(["purge", "--data", node.dataFolder, "--json"])
    expect(refused.err).toContain("only a passkey proves the person")
    expect(existsSync(join(node.dataFolder, "hufu.db"))).toBe(true)
  })

  it("removes the folder too when nothing else was in it", async () => {
    const node = await started("a", false)
    await node.signal("SIGTERM")
    const env = { HOME: at("home"), XDG_CONFIG_HOME: "" }
    const hufu = (...args: string[]) => runHufu([...args, "--data", node.dataFolder], { env })
    // What would make a new node at the next session goes first.
    const service = String((await hufu("service", "status", "--json")).json()["file"])
    mkdirSync(dirname(service), { recursive: true })
    writeFileSync(service, "")
    expect(await hufu("purge")).toMatchObject({
      code: 1,
      err: expect.stringContaining("hufu service remove"),
    })
    rmSync(service)
    const { code, out } = await hufu("purge")
    expect(code).toBe(0)
    expect(out).toContain(`${node.dataFolder} is gone.\nNothing else of this node is left here`)
    expect(existsSync(node.dataFolder)).toBe(false)
  })
})
