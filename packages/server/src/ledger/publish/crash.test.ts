import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { verifyLog } from "@hufu/core/evidence/verify-log"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { expect, test } from "vitest"
import { intentOf, newAction, scratch } from "../../store/scratch-store.ts"
import { openStore } from "../../store/store.ts"
import { nativeHash } from "../native-hash.ts"
import { openLogFiles } from "./log-files.ts"

const rounds = 12
const entries = 2_000
const writer = fileURLToPath(new URL("crash-publisher.ts", import.meta.url))

/** Lets a publisher run until it has said so many lines, kills it, and returns the last size that it said, and whether it was killed. */
async function killedAfter(dataDir: string, folder: string, lines: number) {
  const child = spawn(process.execPath, [writer, dataDir, folder], { stdio: ["ignore", "pipe", "inherit"] })
  const exited = once(child, "exit")
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (said.length >= lines) child.kill("SIGKILL")
  }
  const [code, signal] = (await exited) as [number | null, string | null]
  expect(said.filter((line) => line.startsWith("warned"))).toEqual([])
  const sizes = said.flatMap((line) => /^published (\d+)$/.exec(line)?.[1] ?? [])
  return {
    size: Number(sizes.at(-1) ?? 0),
    isKilled: signal === "SIGKILL",
    code,
    isDone: said.at(-1) === "all",
  }
}

test(
  "a publisher killed at any moment leaves a log that verifies and goes on from all it had said",
  { timeout: 180_000 },
  async () => {
    const place = scratch()
    const folder = join(place.dataDir, "..", "published")
    try {
      const store = await openStore(place.options())
      await Promise.all(Array.from({ length: entries }, () => store.ledger.append(intentOf(newAction()))))
      await store.close()
      const key = parseVkey(store.ledger.vkey)
      let said = 0
      let kept: string | undefined
      let killed = 0
      for (let round = 0; round < rounds; round += 1) {
        const run = await killedAfter(place.dataDir, folder, 2 + Math.floor(Math.random() * 12))
        if (run.isKilled) killed += 1
        said = Math.max(said, run.size)
        const verdict = await verifyLog(await openLogFiles(folder), { key, kept, hash: nativeHash })
        expect(verdict).toMatchObject({ ok: true })
        if (!verdict.ok) return
        expect(verdict.checkpoint.size).toBeGreaterThanOrEqual(said)
        kept = readFileSync(join(folder, "checkpoint"), "utf8")
        if (!run.isDone) continue
        // From the beginning again: the first publication is the one that nobody has kept anything of.
        rmSync(folder, { recursive: true })
        said = 0
        kept = undefined
      }
      expect(killed).toBeGreaterThan(0)
    } finally {
      place.remove()
    }
  },
)
