import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { signCheckpoint } from "@hufu/core/evidence/checkpoint"
import { encodeEntry } from "@hufu/core/evidence/encode-entry"
import { encodeBundle } from "@hufu/core/evidence/entry-bundle"
import { cosignNote } from "@hufu/core/evidence/signed-note"
import { TILE_WIDTH, tilePath } from "@hufu/core/evidence/tile-path"
import { createLedgerKey } from "@hufu/server/ledger/ledger-key"
import { createMlDsaKey } from "@hufu/server/ledger/ml-dsa"
import { HandMadeLog } from "@hufu/server/witness/testing/hand-made-log"
import { formatVkey } from "@hufu/core/evidence/vkey"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { runHufu, secret, startNode, type NodeUnderTest } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let folder = ""
let node: NodeUnderTest | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-watch-"))
})
afterEach(async () => {
  await node?.dispose()
  node = undefined
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)
const agent = "agt_0000000000000000"
const statement = (i: number, subject = "node") =>
  new TextEncoder().encode(
    encodeEntry({ kind: "statement", v: 1, at: 1_790_000_000_000 + i, fact: "note", subject }),
  )

function logOf(count: number): HandMadeLog {
  const entries = Array.from({ length: count }, (_, i) => statement(i))
  return new HandMadeLog(createLedgerKey("log.example/hand-made").key, entries)
}

/** Writes a log as tlog-tiles by hand: its checkpoint, leaf tiles and bundles, as a static server has them. */
function publish(log: HandMadeLog, note = log.checkpoint()): void {
  for (let from = 0; from < log.entries.length; from += TILE_WIDTH) {
    const entries = log.entries.slice(from, from + TILE_WIDTH)
    const tile = { n: from / TILE_WIDTH, width: entries.length }
    put(tilePath({ ...tile, level: 0 }), Buffer.concat(log.leaves(from + entries.length).slice(from)))
    put(tilePath({ ...tile, level: "entries" }), encodeBundle(entries))
  }
  put("checkpoint", note)
}

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(at("log"), path)), { recursive: true })
  writeFileSync(join(at("log"), path), content)
}

async function watched(log: HandMadeLog, ...more: string[]) {
  const ran = await runHufu([
    "log",
    "watch",
    at("log"),
    "--key",
    log.key.vkey,
    "--once",
    "--json",
    "--data",
    at("data"),
    ...more,
  ])
  const alerts = ran.out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { alert: string; index?: number })
  return { code: ran.code, alerts: alerts.map(({ alert }) => alert), all: alerts, err: ran.err }
}

const quiet = { code: 0, alerts: [] }

describe("hufu log watch", () => {
  it("follows a log that grows, and names entries about an agent", async () => {
    const log = logOf(300)
    publish(log)
    expect(await watched(log)).toMatchObject(quiet)
    log.entries.push(statement(300, agent), ...Array.from({ length: 300 }, (_, i) => statement(301 + i)))
    publish(log)
    const about = await watched(log, "--agent", agent)
    expect(about).toMatchObject({ code: 1, all: [{ alert: "agent", index: 300 }] })
    expect(await watched(log, "--agent", agent)).toMatchObject(quiet)
    expect((await watched(log, "--agent", "Ann")).err).toContain("holds no names")
  })

  it("alerts on a rollback, a fork, a forged checkpoint and altered entries, until they are gone", async () => {
    const log = logOf(300)
    publish(log)
    expect(await watched(log)).toMatchObject(quiet)
    const shorter = new HandMadeLog(log.key, log.entries.slice(0, 280))
    publish(shorter)
    for (let i = 0; i < 2; i += 1)
      expect(await watched(log)).toMatchObject({ code: 1, alerts: ["rolled_back"] })
    // A split view: another reader was shown this.
    const fork = new HandMadeLog(log.key, [...log.entries.slice(0, 290), ...logOf(20).entries])
    publish(fork)
    expect(await watched(log)).toMatchObject({ code: 1, alerts: ["forked"] })
    publish(log)
    put("checkpoint", new HandMadeLog(createLedgerKey(log.key.origin).key, log.entries).checkpoint())
    expect(await watched(log)).toMatchObject({ code: 1, alerts: ["bad_checkpoint"] })
    const same = new HandMadeLog(log.key, [...log.entries.slice(0, 299), statement(999)])
    put("checkpoint", same.checkpoint())
    expect(await watched(log)).toMatchObject({ code: 1, alerts: ["forked"] })
    log.entries.push(statement(300), statement(301))
    publish(log)
    const altered = [...log.entries.slice(256, 301), statement(77)]
    put(tilePath({ level: "entries", n: 1, width: altered.length }), encodeBundle(altered))
    expect(await watched(log)).toMatchObject({ code: 1, all: [{ alert: "bad_entries", index: 301 }] })
    publish(log)
    expect(await watched(log)).toMatchObject(quiet)
  })

  it("asks for witnesses, and alerts on a log that stands still", async () => {
    const log = logOf(3)
    const { signer } = createMlDsaKey("witness.example")
    const policy = ["--witness", formatVkey(signer.key), "--witnesses", "1"]
    publish(log)
    expect(await watched(log, ...policy)).toMatchObject({ code: 1, alerts: ["unwitnessed"] })
    publish(log, cosignNote(log.checkpoint(), signer, Math.floor(Date.now() / 1000)))
    expect(await watched(log, ...policy)).toMatchObject(quiet)
    publish(log, cosignNote(log.checkpoint(), signer, Math.floor(Date.now() / 1000) + 3600))
    expect(await watched(log, ...policy)).toMatchObject({ code: 1, alerts: ["unwitnessed"] })
    publish(log)
    expect(await watched(log, "--stale", "0")).toMatchObject({ code: 1, alerts: ["stale"] })
    const zero = signCheckpoint({ origin: log.key.origin, size: 0, root: log.root(0) }, log.key.signer)
    put("checkpoint", zero)
    expect(await watched(log)).toMatchObject({ code: 1, alerts: ["rolled_back"] })
  })

  it("asks for the log's second signature where its key is given too", async () => {
    const log = logOf(3)
    const { signer } = createMlDsaKey(log.key.origin)
    const both = ["--key", formatVkey(signer.key)]
    const now = Math.floor(Date.now() / 1000)
    publish(log, cosignNote(log.checkpoint(), signer, now))
    expect(await watched(log, ...both)).toMatchObject(quiet)
    publish(log)
    const missing = await watched(log, ...both)
    expect(missing).toMatchObject({ code: 1, alerts: ["bad_checkpoint"] })
    expect(missing.all[0]).toMatchObject({ en: expect.stringContaining("no_second_signature") as string })
    const before = new HandMadeLog(log.key, log.entries.slice(0, 2))
    const old = cosignNote(before.checkpoint(), signer, now).trimEnd().split("\n").at(-1)
    publish(log, `${log.checkpoint()}${old ?? ""}\n`)
    const replayed = await watched(log, ...both)
    expect(replayed.all[0]).toMatchObject({ en: expect.stringContaining("bad_second_signature") as string })
  })

  it("follows a node itself, by an agent's name", async () => {
    node = await startNode(at("node"))
    await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
    const key = String((await node.run(["log", "checkpoint", "--json"])).json()["key"])
    const watch = (...more: string[]) => node?.run(["log", "watch", "node", "--key", key, "--once", ...more])
    expect(await watch("--state", at("state.json"))).toMatchObject({ code: 0, out: "" })
    await node.asPerson(["agent", "create", "ann", "--no-credential"])
    // The node signs within a second of what was declared.
    await vi.waitFor(
      async () => {
        const seen = await watch("--agent", "ann", "--state", at("state.json"))
        expect(seen).toMatchObject({ code: 1 })
        expect(seen?.out).toContain("agent.created")
      },
      { timeout: 60_000, interval: 100 },
    )
  })
})
