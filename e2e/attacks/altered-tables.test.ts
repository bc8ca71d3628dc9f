import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { mandateKind } from "@hufu/server/authority/mandates"
import { openPasskeyRecords } from "@hufu/server/authority/passkeys"
import { openRecords } from "@hufu/server/authority/records"
import { systemClock } from "@hufu/server/clock"
import { inspectRecords } from "@hufu/server/store/inspect-records"
import { migrations } from "@hufu/server/store/migrate"
import { openStore } from "@hufu/server/store/store"
import { pino } from "pino"
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { runHufu } from "../../packages/cli/src/testing/hufu-under-test.ts"
import { openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  claimRegistration,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  heldCalls,
  type NodeUnderTest,
  startNode,
  stopAll,
} from "../node-under-test.ts"
import { type Recorder, startRecorder } from "../upstream/start-recorder.ts"

// An agent that writes into the database of a node that does not run, so that the next start believes what it wants.

const kinds = [
  "agent",
  "browser",
  "credential",
  "hold",
  "mandate",
  "passkey",
  "person",
  "registration",
  "retention",
  "server",
  "stop",
  "task",
  "tool",
  "version",
]
const options = { clock: systemClock, logger: pino({ level: "silent" }) }

let parent: string
let node: NodeUnderTest
let upstream: Recorder
/** The data folder of a stopped node with a row of every kind, and the one it was before the person narrowed and stopped. */
let folder: string
let earlier: string
/** A copy of it for one attack. */
let attacked: string

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "hufu-altered-"))
  folder = join(parent, "data")
  earlier = join(parent, "earlier.db")
  upstream = await startRecorder()
  mkdirSync(folder, { mode: 0o700 })
  node = await startNode({ dataDir: folder })
  await enrolPerson(node)
  await stopAll(node)
  await node.api("DELETE", "/v1/stop")
  await addHttpServer(node, "notes", upstream.url)
  const credential = await createAgent(node, "scribe")
  const draft = {
    words: "keep my notes",
    task: null,
    grants: [{ effects: ["write"], tools: ["notes/*"], mode: "auto", limits: [] }],
    never: [{ tools: ["notes/write_slowly"] }],
    userOnly: [],
    otherwise: "ask",
    until: Date.now() + 86_400_000,
  } satisfies Parameters<typeof grantMandate>[2]
  await grantMandate(node, "scribe", draft)
  await createAgent(node, "idle")
  const mandate = await grantMandate(node, "idle", draft)
  await node.api("POST", "/v1/retention", { actions: 30 })
  const caller = await openCaller({ url: doorOf(node, "notes"), era: "modern", credential })
  await caller.call("add_note", { id: "1" })
  const waits = new AbortController()
  const asked = caller
    .call("send_note", { id: "1", to: "mallory@example.com" }, waits.signal)
    .catch(() => undefined)
  await vi.waitUntil(async () => (await heldCalls(node)).length === 1, { timeout: 20_000 })
  waits.abort()
  await asked
  await caller.close()
  await letBrowserIn()
  const registration = await claimRegistration(node, "com.example/planner")
  await claimRegistration(node, "com.example/porter")
  await node.stop()
  copyFileSync(join(folder, "hufu.db"), earlier)
  await node.restart()
  await node.api("POST", `/v1/mandates/${mandate}:revoke`, {})
  await node.api("POST", `/v1/registrations/${registration}:retire`, {})
  await node.api("POST", "/v1/agents/idle:suspend", { reason: "it has nothing to do" })
  await node.stop()
  // A passkey takes an authenticator: here the row alone counts.
  const store = await openStore({ dataDir: folder, ...options })
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
}, 120_000)
afterAll(async () => {
  await node?.dispose()
  await upstream?.stop()
  rmSync(parent, { recursive: true, force: true })
})

async function letBrowserIn(): Promise<void> {
  // The command's own output.
  const { url } = (await node.cli(["signin"])) as { url: string }
  const { origin, hash } = new URL(url)
  const response = await fetch(`${origin}/v1/sign-in-links:exchange`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ code: hash.slice("#signin=".length) }),
  })
  expect(response.status).toBeLessThan(300)
}

beforeEach(() => {
  attacked = mkdtempSync(join(parent, "attacked-"))
  cpSync(folder, attacked, { recursive: true })
  for (const each of [attacked, join(attacked, "keys")]) chmodSync(each, 0o700)
  return () => rmSync(attacked, { recursive: true })
})

function attack(work: (db: DatabaseSync) => unknown): void {
  const db = new DatabaseSync(join(attacked, "hufu.db"))
  try {
    work(db)
    expect(db.prepare("SELECT total_changes() AS n").get()?.["n"]).toBeGreaterThan(0)
  } finally {
    db.close()
  }
}

const opened = async () => (await openStore({ dataDir: attacked, ...options })).close()
const refused = (message: RegExp | string) =>
  expect(opened()).rejects.toMatchObject({ code: "records_altered", message: expect.stringMatching(message) })

test("as it is it opens, with a row of every kind", async () => {
  const db = new DatabaseSync(join(attacked, "hufu.db"))
  const rows = db.prepare("SELECT DISTINCT kind FROM record ORDER BY kind").all()
  db.close()
  expect(rows.map(({ kind }) => kind)).toEqual(kinds)
  await opened()
})

const perKind: readonly [how: string, sql: string, says: (kind: string) => string][] = [
  [
    "altered",
    "UPDATE record SET body = json_set(body, '$.altered', 1) WHERE kind = ?1 AND id = (SELECT min(id) FROM record WHERE kind = ?1)",
    (kind) => `the row of ${kind} \`.+\` is not what this node wrote`,
  ],
  [
    "added as a copy under another id",
    "INSERT INTO record SELECT kind, 'zzz_copy', state, at, body, subject, sealed, proof FROM record WHERE kind = ? LIMIT 1",
    (kind) => `the row of ${kind} \`zzz_copy\` is not what this node wrote`,
  ],
  [
    "given another kind",
    "UPDATE record SET kind = 'agents' WHERE kind = ?",
    () => "the row of agents `.+` (?:\\(and \\d+ more\\) )?is not what this node wrote",
  ],
  [
    "taken away",
    "DELETE FROM record WHERE kind = ?",
    () => "rows of the tables are missing, or are older than what this node wrote last",
  ],
]
test.each(perKind)("a row of whatever kind that was %s is refused", async (_, sql, says) => {
  for (const kind of kinds) {
    copyFileSync(join(folder, "hufu.db"), join(attacked, "hufu.db"))
    attack((db) => db.prepare(sql).run(kind))
    // The check of a start, on the file as it is.
    await expect(inspectRecords(attacked)).rejects.toMatchObject({
      code: "records_altered",
      message: expect.stringMatching(says(kind)),
    })
  }
  await refused("is not what this node wrote|are missing")
})

describe("what the person took back", () => {
  const restore = (where: string) =>
    attack((db) => {
      db.prepare("ATTACH ? AS old").run(earlier)
      db.exec(`INSERT OR REPLACE INTO record SELECT * FROM old.record WHERE ${where}`)
    })

  test.each(["mandate", "agent", "registration"])(
    "is not given back by the row of before: %s",
    async (kind) => {
      restore(`kind = '${kind}'`)
      await refused("rows of the tables are missing, or are older than what this node wrote last")
    },
  )

  test("is not given back by all rows of before with their seal", async () => {
    attack((db) => {
      db.prepare("ATTACH ? AS old").run(earlier)
      db.exec(`DELETE FROM record; INSERT INTO record SELECT * FROM old.record;
        INSERT OR REPLACE INTO meta SELECT * FROM old.meta WHERE key LIKE 'records.%'`)
    })
    await refused("as they were at entry \\d+ of the ledger, which has changed them since")
  })

  test("is not given back under the look of a folder from before proofs", async () => {
    attack((db) =>
      db.exec(`UPDATE record SET proof = NULL; UPDATE record SET state = 'live' WHERE kind = 'mandate';
        DELETE FROM meta WHERE key = 'records.seal'`),
    )
    await refused("have lost what proves that this node wrote them")
  })

  test("is not given back by the schema of before", async () => {
    const since = migrations.slice(migrations.findIndex(({ name }) => name === "proven records"))
    const made = since.flatMap(({ up }) => [...up.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name))
    attack((db) =>
      db.exec(`DROP INDEX record_state; DROP INDEX record_subject; ALTER TABLE record DROP COLUMN proof;
        CREATE INDEX record_state ON record (kind, state, at);
        CREATE INDEX record_subject ON record (subject) WHERE subject IS NOT NULL;
        ALTER TABLE checkpoint DROP COLUMN digest;
        ${made.map((name) => `DROP TABLE ${name};`).join(" ")}
        DELETE FROM migration WHERE version >= (SELECT version FROM migration WHERE name = 'proven records');
        DELETE FROM meta WHERE key = 'records.seal'`),
    )
    await refused("have lost what proves that this node wrote them")
  })

  test("a forbidding row does not lose what it forbids with its key", async () => {
    attack((db) => {
      const row = db.prepare("SELECT subject FROM record WHERE kind = 'mandate' AND sealed IS NOT NULL").get()
      db.prepare("DELETE FROM vault WHERE subject = ?").run(String(row?.["subject"]))
      db.prepare("DELETE FROM vault_key WHERE subject = ?").run(String(row?.["subject"]))
    })
    const store = await openStore({ dataDir: attacked, ...options })
    expect(() => openRecords(store, mandateKind)).toThrow("which opens a row of mandate, is missing")
    await store.close()
  })
})

test("a person is told which row, by the start and by hufu doctor, in both languages", async () => {
  attack((db) =>
    db
      .prepare(
        "INSERT INTO record (kind, id, state, at, body) VALUES ('passkey', 'pky_mine', 'live', 1, '{}')",
      )
      .run(),
  )
  const started = await runHufu(["serve", "--port", "0", "--data", attacked, "--lang", "en"])
  expect(started.code).not.toBe(0)
  expect(started.err).toContain("the row of passkey `pky_mine` is not what this node wrote")
  const { code, out } = await runHufu(["doctor", "--data", attacked, "--json"])
  expect(code).toBe(1)
  for (const says of ["The node does not start on these tables", "节点不会以这些数据表启动", "pky_mine"])
    expect(out).toContain(says)
}, 60_000)

test("who has the vault's key can write rows: it lies in the folder unless the person sealed it", async () => {
  // The limit that SECURITY.md states: the attack works with the plain key, and not without it.
  const store = await openStore({ dataDir: attacked, ...options })
  const row = { kind: "stop", id: "zzz", state: "", at: 0, subject: null, body: "{}", sealed: null }
  await store.commit((tx) => store.records.put(tx, row))
  await store.close()
  await opened()
  const key = join(attacked, "keys", "vault.key")
  const text = readFileSync(key, "utf8")
  writeFileSync(key, `${Buffer.alloc(32, 7).toString("base64url")}\n`)
  await expect(opened()).rejects.toMatchObject({ code: "vault_damaged" })
  writeFileSync(key, text)
})
