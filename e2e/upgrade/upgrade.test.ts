import { createHash } from "node:crypto"
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import type { Output } from "@hufu/core/contract/contract"
import { systemClock } from "@hufu/server/clock"
import { migrations } from "@hufu/server/store/migrate"
import { openStore } from "@hufu/server/store/store"
import { pino } from "pino"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { runHufu } from "../../packages/cli/src/testing/hufu-under-test.ts"
import { ledgerFault, nodeStatus, type NodeUnderTest, startNode } from "../node-under-test.ts"
import { contentOf, type FrozenContent } from "./freeze.ts"
import { unpackFolder } from "./frozen-folder.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const here = fileURLToPath(new URL("./", import.meta.url))
const releases = globSync("*/content.json", { cwd: here }).map((path) => path.split(/[\\/]/)[0] ?? "")
const frozen = releases.flatMap((release) => ["stopped", "killed"].map((how) => ({ release, how })))

let folder = ""
let node: NodeUnderTest | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-upgrade-"))
})
afterEach(async () => {
  await node?.dispose()
  node = undefined
  rmSync(folder, { recursive: true, force: true })
})

const contentOfRelease = (release: string) =>
  JSON.parse(readFileSync(join(here, release, "content.json"), "utf8")) as FrozenContent // written by freeze.ts
const unpack = (release: string, how: string) => {
  mkdirSync(join(folder, "data"), { mode: 0o700 })
  unpackFolder(join(here, release, `${how}.tar.gz`), join(folder, "data"))
  return join(folder, "data")
}

/** Gives a folder a schema that this Hufu does not know, as a newer one that was killed leaves it: in the log beside the database. */
function makeNewer(dataDir: string): void {
  const other = join(folder, "newer")
  cpSync(dataDir, other, { recursive: true })
  const db = new DatabaseSync(join(other, "hufu.db"))
  for (let version = 1; version <= migrations.length + 1; version += 1)
    db.prepare("INSERT OR IGNORE INTO migration (version, name) VALUES (?, ?)").run(
      version,
      migrations[version - 1]?.name ?? "of-the-future",
    )
  for (const name of ["hufu.db", "hufu.db-wal"]) copyFileSync(join(other, name), join(dataDir, name))
  db.close()
}

/** What a start may write before it has looked at anything, and what SQLite shares between processes. */
const ofARun = /[\\/](?:cache|logs)[\\/]|[\\/]hufu\.(?:lock|db-shm)$/

/** Every file of the data with the digest of its bytes. */
function digests(of: string): Record<string, string> {
  const files = globSync("**/*", { cwd: of, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !ofARun.test(join(entry.parentPath, entry.name)),
  )
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted()
  return Object.fromEntries(
    paths.map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  )
}

describe("the data folder of an earlier release", () => {
  it("is frozen for every release", () => {
    expect(releases).toContain("0.1.0")
  })

  it.each(frozen)("of $release, $how, opens with all that was in it", async ({ release, how }) => {
    const dataDir = unpack(release, how)
    const then = contentOfRelease(release)
    const opened = await startNode({ dataDir })
    node = opened
    expect(await ledgerFault(node)).toBeUndefined()
    const now = await contentOf(node)
    expect(now.entries.slice(0, then.entries.length)).toEqual(then.entries)
    expect(now.actions).toEqual(then.actions)
    expect(now.agents).toEqual(then.agents)
    expect(now.words).toBe(then.words)
    // Nobody decided it while no node ran, and silence is no consent.
    expect(then.waiting).toBe(1)
    await vi.waitUntil(async () => (await nodeStatus(opened)).waiting === 0, { timeout: 20_000 })
    const { items } = (await node.api("GET", "/v1/mandates?agent=scribe")) as Output<"mandate.list">
    expect(items.map(({ budget }) => budget)).toContainEqual({ count: 40 })
    const action = then.actions.at(-1)
    const receipt = join(folder, "receipt.json")
    await node.cli(["receipt", action?.id ?? "", "--open", "arguments,tool", "--output", receipt])
    expect((await runHufu(["verify", receipt])).code).toBe(0)
    await node.stop()
    const db = new DatabaseSync(join(dataDir, "hufu.db"), { readOnly: true })
    expect(
      db
        .prepare("SELECT name FROM migration ORDER BY version")
        .all()
        .map(({ name }) => name),
    ).toEqual(migrations.map(({ name }) => name))
    db.close()
    // What it appended is part of the same ledger, also for the next start.
    await node.restart()
    expect(await ledgerFault(node)).toBeUndefined()
    expect((await contentOf(node)).entries.slice(0, now.entries.length)).toEqual(now.entries)
  })

  it.each(frozen)(
    "of $release, $how, has its rows proven once, and never again",
    async ({ release, how }) => {
      const dataDir = unpack(release, how)
      const old = join(folder, "old.db")
      const open = () => openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
      const before = await open()
      const proven = before.ledger
        .entries(0, 1_000)
        .filter(({ entry }) => entry.kind === "statement" && entry.fact === "records.proven")
      const [count] = before.query<{ n: number }>("SELECT count(*) AS n FROM record WHERE proof IS NOT NULL")
      expect(proven.map(({ entry }) => entry)).toMatchObject([{ refs: { records: `count-${count?.n}` } }])
      await before.close()
      expect(count?.n).toBeGreaterThan(5)
      // Who kept a copy of the folder has keys as they were wrapped before; the ledger says that this is over.
      mkdirSync(join(folder, "copy"))
      unpackFolder(join(here, release, `${how}.tar.gz`), join(folder, "copy"))
      copyFileSync(join(folder, "copy", "hufu.db"), old)
      const db = new DatabaseSync(join(dataDir, "hufu.db"))
      db.prepare("ATTACH ? AS old").run(old)
      db.exec(`PRAGMA foreign_keys = OFF; DELETE FROM vault_key; INSERT INTO vault_key SELECT * FROM old.vault_key;
      UPDATE record SET proof = NULL; DELETE FROM meta WHERE key = 'records.seal'`)
      db.close()
      await expect(open()).rejects.toMatchObject({ code: "records_altered" })
    },
  )

  it.each(["stopped", "killed"])(
    "of a newer Hufu, %s, is refused, and nothing in it changes",
    async (how) => {
      const dataDir = unpack("0.1.0", how)
      makeNewer(dataDir)
      const before = digests(dataDir)
      for (const args of [
        ["serve", "--port", "0"],
        ["backup", join(folder, "b.tar"), "--no-keys"],
      ]) {
        const { code, err } = await runHufu([...args, "--data", dataDir, "--lang", "en"])
        expect(code).not.toBe(0)
        expect(err).toContain(`has schema ${migrations.length + 1} and this Hufu knows ${migrations.length}`)
        expect(digests(dataDir)).toEqual(before)
      }
      expect(existsSync(join(folder, "b.tar"))).toBe(false)
    },
  )
})
