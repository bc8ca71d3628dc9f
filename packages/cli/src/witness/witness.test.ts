import { type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parseCheckpoint, verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { parseNote } from "@hufu/core/evidence/signed-note"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { HandMadeLog } from "@hufu/server/witness/testing/hand-made-log"
import { originDigest } from "@hufu/server/witness/origin-digest"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { runHufu, startHufu } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder = ""
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-witness-"))
})
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) await end(child)
  rmSync(folder, { recursive: true, force: true })
})

async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  const ended = once(child, "close")
  child.kill(signal)
  await ended
}

async function serve() {
  const child = startHufu(["witness", "serve", "--folder", folder, "--port", "0", "--json"])
  children.push(child)
  if (!child.stdout) throw new Error("the streams are pipes")
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, keys } = JSON.parse(line) as { url: string; keys: string[] }
    return { child, url, keys }
  }
  throw new Error("the witness did not start")
}

async function post(url: string, body: string): Promise<{ status: number; body: string } | null> {
  try {
    const response = await fetch(`${url}/add-checkpoint`, { method: "POST", body })
    return { status: response.status, body: await response.text() }
  } catch {
    return null
  }
}

describe("hufu witness", () => {
  it("takes logs while it runs, and shows its keys and what it watches", async () => {
    const log = new HandMadeLog().grow(4)
    const { url, keys } = await serve()
    expect((await post(url, log.request(0)))?.status).toBe(404)
    expect((await runHufu(["witness", "add", log.key.vkey, "--folder", folder])).code).toBe(0)
    expect((await post(url, log.request(0)))?.status).toBe(200)
    const shown = await runHufu(["witness", "key", "--folder", folder, "--json"])
    expect(shown.json()["keys"]).toEqual(keys)
    const listed = await runHufu(["witness", "list", "--folder", folder, "--json"])
    expect(listed.items()).toEqual([{ origin: log.key.origin, keys: 1, size: 4 }])
    const second = await runHufu(["witness", "serve", "--folder", folder, "--port", "0"])
    expect([second.code, second.err]).toEqual([1, expect.stringContaining("[data_folder_in_use]")])
    const open = await runHufu(["witness", "serve", "--folder", folder, "--host", "0.0.0.0"])
    expect(open.err).toContain("--expose")
  })

  it("never goes back behind an answer, killed three times while two histories race", async () => {
    const log = new HandMadeLog().grow(400)
    await runHufu(["witness", "add", log.key.vkey, "--folder", folder])
    const fork = log.forkAt(1, 399)
    const won: { side: HandMadeLog; size: number }[] = []
    let keys: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const witness = await serve()
      keys = witness.keys
      let answered = 0
      const rush = async (side: HandMadeLog, step: number) => {
        for (let old = won.at(-1)?.size ?? 0; ;) {
          const size = Math.min(old + step, 400)
          const answer = await post(witness.url, side.request(old, size))
          if (answer === null) return
          answered += 1
          if (answer.status === 200) {
            won.push({ side, size })
            old = size
          } else if (answer.status === 409) old = Number(answer.body)
          // The other history has won: this one cannot go on.
          else if (answer.status === 422) return
          else throw new Error(`${answer.status} ${answer.body}`)
          if (old >= 400) return
        }
      }
      const racing = Promise.all(
        Array.from({ length: 8 }, (_, i) => rush(i % 2 === 0 ? log : fork, 1 + (i % 3))),
      )
      await Promise.race([racing, vi.waitUntil(() => answered > 12, { timeout: 60_000, interval: 1 })])
      await end(witness.child, "SIGKILL")
      await racing
    }
    const sides = new Set(won.filter(({ size }) => size > 1).map(({ side }) => side))
    expect(sides.size).toBe(1)
    const { url } = await serve()
    const served = await (await fetch(`${url}/${originDigest(log.key.origin)}/checkpoint`)).text()
    const { size, root } = parseCheckpoint(parseNote(served).text)
    expect(size).toBeGreaterThanOrEqual(Math.max(...won.map((each) => each.size)))
    expect(root).toEqual([...sides][0]?.root(size))
    expect(await verifyCheckpoint(served, log.key.signer.key, keys.map(parseVkey))).toMatchObject({
      witnesses: [{}],
    })
  })
})
