import { connect } from "node:net"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseCheckpoint, verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { toBase64 } from "@hufu/core/evidence/base64"
import { verifyConsistency } from "@hufu/core/evidence/consistency"
import { parseNote, signNote } from "@hufu/core/evidence/signed-note"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { MAX_WITNESS_REQUEST_BYTES } from "@hufu/core/evidence/witness-request"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createLedgerKey } from "../ledger/ledger-key.ts"
import { verifyMlDsa44 } from "../ledger/ml-dsa.ts"
import { HandMadeLog } from "./testing/hand-made-log.ts"
import { originDigest } from "./origin-digest.ts"
import { prepareWitnessFolder } from "./witness-folder.ts"
import { type RunningWitness, startWitness, type WitnessOptions } from "./witness-server.ts"
import { openWitnessState } from "./witness-state.ts"
import { loopback } from "../http/testing/loopback.ts"

const checks = { mlDsa44: verifyMlDsa44 }
let folder = ""
let nowMs = 0
const running: RunningWitness[] = []
const errors: unknown[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-witness-"))
  nowMs = Date.UTC(2026, 10, 1)
})
afterEach(async () => {
  for (const each of running.splice(0)) await each.close()
  rmSync(folder, { recursive: true, force: true })
  expect(errors.splice(0)).toEqual([])
})

async function started(more: Partial<WitnessOptions> = {}): Promise<RunningWitness> {
  const onError = (error: unknown) => void errors.push(error)
  const witness = await startWitness({
    folder,
    host: loopback,
    port: 0,
    now: () => nowMs,
    onError,
    ...more,
  })
  running.push(witness)
  return witness
}

function withState<T>(work: (state: ReturnType<typeof openWitnessState>) => T): T {
  const state = openWitnessState(prepareWitnessFolder(folder))
  try {
    return work(state)
  } finally {
    state.close()
  }
}

const watch = (log: HandMadeLog) => withState((state) => state.add(log.key.signer.key))

async function post({ url }: RunningWitness, body: string | Uint8Array) {
  const response = await fetch(`${url}/add-checkpoint`, { method: "POST", body })
  const type = response.headers.get("content-type")
  return { status: response.status, type, body: await response.text() }
}

async function watched(more: Partial<WitnessOptions> = {}) {
  const witness = await started(more)
  const log = new HandMadeLog().grow(700)
  watch(log)
  const keys = witness.vkeys.map(parseVkey)
  return { witness, log, keys }
}

describe("a witness", () => {
  it("cosigns what follows by Ed25519 and ML-DSA-44, and serves the latest with both signatures", async () => {
    const { witness, log, keys } = await watched({ mlDsa: true, name: "witness.example" })
    expect(keys.map(({ algorithm }) => algorithm)).toEqual(["cosignature", "ml-dsa-44"])
    for (const [old, size] of [
      [0, 0],
      [0, 1],
      [1, 255],
      [255, 256],
      [256, 700],
      [700, 700],
    ] as const) {
      const answer = await post(witness, log.request(old, size))
      expect([answer.status, answer.type]).toEqual([200, "text/plain; charset=utf-8"])
      const verdict = await verifyCheckpoint(
        log.checkpoint(size) + answer.body,
        log.key.signer.key,
        keys,
        checks,
      )
      expect(verdict).toMatchObject({ ok: true, checkpoint: { size } })
      expect(verdict.ok && verdict.witnesses).toEqual(keys.map((key) => ({ key, atSeconds: nowMs / 1000 })))
      nowMs += 5000
    }
    const served = await fetch(`${witness.url}/${originDigest(log.key.origin)}/checkpoint`)
    expect(await verifyCheckpoint(await served.text(), log.key.signer.key, keys, checks)).toMatchObject({
      ok: true,
      checkpoint: { size: 700 },
      witnesses: [{}, {}],
    })
  })

  it("answers each refusal with the status and the body of the protocol", async () => {
    const { witness, log } = await watched()
    const text = { type: "text/plain; charset=utf-8" }
    const fork = log.forkAt(300, 400)
    expect(
      await post(witness, new HandMadeLog(createLedgerKey("unknown.example").key).request(0)),
    ).toMatchObject({
      status: 404,
      ...text,
    })
    const impostor = new HandMadeLog(createLedgerKey(log.key.origin).key).grow(3)
    expect(await post(witness, impostor.request(0))).toMatchObject({ status: 403, ...text })
    const forged = log.request(0, 5).replace(/\n\u2014 (\S+) (\S{20})/, (_, name: string, head: string) => {
      const flipped = head.slice(0, -1) + (head.endsWith("A") ? "B" : "A")
      return `\n\u2014 ${name} ${flipped}`
    })
    expect(await post(witness, forged)).toMatchObject({ status: 403, ...text })
    expect(await post(witness, log.request(0, 500))).toMatchObject({ status: 200 })
    const older = `old 600\n\n${log.checkpoint(550)}`
    expect(await post(witness, older)).toMatchObject({ status: 400, ...text })
    const stale = { status: 409, type: "text/x.tlog.size", body: "500\n" }
    expect(await post(witness, log.request(400, 600))).toEqual(stale)
    expect(await post(witness, log.request(600, 700))).toEqual(stale)
    // A rollback, and the same history again from the start.
    expect(await post(witness, log.request(0, 400))).toEqual(stale)
    expect(await post(witness, fork.request(500, 700))).toMatchObject({ status: 422, ...text })
    expect(await post(witness, `old 500\n\n${fork.checkpoint(500)}`)).toMatchObject({ status: 422 })
    const needless = `old 500\n${toBase64(log.root(500))}\n\n${log.checkpoint(500)}`
    expect(await post(witness, needless)).toMatchObject({ status: 422 })
    expect(await post(witness, `old 500\n\n${log.checkpoint(700)}`)).toMatchObject({ status: 422 })
  })

  it("refuses a proof from nothing, and an empty tree with a root", async () => {
    const { witness, log } = await watched()
    const proved = `old 0\n${toBase64(log.root(1))}\n\n${log.checkpoint(5)}`
    expect(await post(witness, proved)).toMatchObject({ status: 422 })
    const { origin, signer } = log.key
    const rooted = signNote(`${origin}\n0\n${toBase64(log.root(1))}\n`, signer)
    expect(await post(witness, `old 0\n\n${rooted}`)).toMatchObject({ status: 422 })
    expect(await post(witness, `old 0\n\n${signNote(`${origin}\nmany\nx\n`, signer)}`)).toMatchObject({
      status: 400,
    })
    expect(withState((state) => state.hasSigned())).toBe(false)
  })

  it.each([
    ["nothing", ""],
    ["no old size", "\n\nnote"],
    ["a negative size", "old -1\n\nx\n1\n\n"],
    ["a size with a leading zero", "old 01\n\nx\n"],
    ["a hash that is too short", "old 1\nAAAA\n\nx\n"],
    ["more hashes than a proof has", `old 1\n${`${"A".repeat(43)}=\n`.repeat(64)}\nx\n`],
    ["bytes that are no UTF-8", new Uint8Array([0x6f, 0xff])],
    ["too much", "x".repeat(MAX_WITNESS_REQUEST_BYTES + 1)],
  ])("refuses %s", async (_, body) => {
    const { witness } = await watched()
    const { status } = await post(witness, body)
    expect([400, 413]).toContain(status)
  })

  it("has nothing at other places and by other methods", async () => {
    const { witness, log } = await watched()
    const status = async (path: string, method = "GET") =>
      (await fetch(`${witness.url}${path}`, { method })).status
    expect(await status("/")).toBe(404)
    expect(await status("/add-checkpoint")).toBe(405)
    expect(await status(`/${originDigest(log.key.origin)}/checkpoint`)).toBe(404)
    expect(await status(`/${originDigest(log.key.origin)}/checkpoint`, "DELETE")).toBe(405)
    const raw = connect(Number(new URL(witness.url).port), loopback)
    raw.end("GET / HTTP/1.1\r\nhost: x\r\nx: " + "y".repeat(20_000) + "\r\n\r\n")
    let said = ""
    for await (const chunk of raw) said += String(chunk)
    expect(said).toContain("431")
  })

  it("lets one history win when 32 requests of two histories race", async () => {
    const { witness, log, keys } = await watched()
    const fork = log.forkAt(100, 600)
    expect((await post(witness, log.request(0, 100))).status).toBe(200)
    const sizes = Array.from({ length: 16 }, (_, i) => 101 + i * 7)
    const tried = sizes.flatMap((size) => [log, fork].map((side) => ({ side, size })))
    const answers = await Promise.all(
      tried.map(async ({ side, size }) => ({
        side,
        size,
        ...(await post(witness, side.request(100, size))),
      })),
    )
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    const won = answers.find(({ status }) => status === 200)
    const served = await (await fetch(`${witness.url}/${originDigest(log.key.origin)}/checkpoint`)).text()
    const { size, root } = parseCheckpoint(parseNote(served).text)
    expect([size, root]).toEqual([won?.size, won?.side.root(won.size)])
    const claim = { size1: 100, size2: size, root1: log.root(100), root2: root }
    expect(verifyConsistency({ ...claim, proof: won?.side.proof(100, size) ?? [] })).toBe(true)
    expect(await verifyCheckpoint(served, log.key.signer.key, keys)).toMatchObject({ witnesses: [{}] })
  })

  it("keeps its keys, its name and what it cosigned, and is alone in its folder", async () => {
    const { witness, log } = await watched({ name: "witness.example" })
    expect((await post(witness, log.request(0, 600))).status).toBe(200)
    await expect(started()).rejects.toMatchObject({ code: "data_folder_in_use" })
    await witness.close()
    running.length = 0
    await expect(started({ name: "other.example" })).rejects.toMatchObject({ code: "invalid_input" })
    const again = await started()
    expect(again.vkeys).toEqual(witness.vkeys)
    expect((await post(again, log.request(0, 500))).body).toBe("600\n")
    await again.close()
    running.length = 0
    rmSync(join(folder, "keys", "witness.key"))
    await expect(started()).rejects.toMatchObject({ code: "ledger_ambiguous" })
  })

  it("states no time before one that it stated, and cosigns nothing by a clock that is wrong", async () => {
    const { witness, log, keys } = await watched()
    const first = nowMs / 1000
    const at = async (old: number, size: number) => {
      const { status, body } = await post(witness, log.request(old, size))
      if (status !== 200) return status
      const verdict = await verifyCheckpoint(log.checkpoint(size) + body, log.key.signer.key, keys)
      return verdict.ok && verdict.witnesses[0]?.atSeconds
    }
    expect(await at(0, 10)).toBe(first)
    nowMs -= 30_000
    expect(await at(10, 20)).toBe(first)
    nowMs -= 31_000
    expect(await at(20, 30)).toBe(503)
    for (const wrong of [Date.UTC(1970, 0, 2), Date.UTC(2199, 0, 1)]) {
      nowMs = wrong
      expect(await at(20, 30)).toBe(503)
    }
    nowMs = first * 1000 + 1000
    expect(await at(20, 30)).toBe(first + 1)
  })

  it("takes a second key of a log that changed its own, and forgets a log when told", async () => {
    const { witness, log } = await watched()
    expect((await post(witness, log.request(0, 100))).status).toBe(200)
    const next = new HandMadeLog(createLedgerKey(log.key.origin).key, log.entries)
    expect((await post(witness, next.request(100, 200))).status).toBe(403)
    watch(next)
    expect((await post(witness, next.request(100, 200))).status).toBe(200)
    withState((state) => state.forget(log.key.origin))
    expect((await post(witness, log.request(200, 300))).status).toBe(404)
    expect(() => withState((state) => state.forget(log.key.origin))).toThrow(/does not watch/)
    expect(() => withState((state) => state.add(parseVkey(witness.vkeys[0] ?? "")))).toThrow(/of a witness/)
  })
})
