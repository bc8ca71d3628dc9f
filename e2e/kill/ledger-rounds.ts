import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { verifyLog } from "@hufu/core/evidence/verify-log"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { pino } from "pino"
import { openLedgerProcess } from "../../bench/ledger/ledger-under-test.ts"
import { systemClock } from "../../packages/server/src/clock.ts"
import { nativeHash } from "../../packages/server/src/ledger/native-hash.ts"
import { openLogFiles } from "../../packages/server/src/ledger/publish/log-files.ts"
import { startPublishing } from "../../packages/server/src/ledger/publish/start-publishing.ts"
import { openStore } from "../../packages/server/src/store/store.ts"
import { type StartedProcess, startProcess } from "../process/start-process.ts"
import { seeded } from "../seeded.ts"
import type { Said } from "./ledger-writer.ts"

const program = fileURLToPath(new URL("./ledger-writer.ts", import.meta.url))
const longestLifeMs = 2_000

export interface LedgerKillOptions {
  rounds: number
  /** How many entries the ledger has before the first kill. */
  entries: number
  seed: number
  say?: (line: string) => void
}

export interface LedgerKillReport {
  seed: number
  rounds: number
  entries: number
  acknowledged: number
  checkpoints: number
  published: number
  /** From the start of a process until its ledger is open, each time. */
  restartMs: number[]
  problems: string[]
}

/** Kill a process that appends and publishes, at random moments, and hold what the next one finds against all that it had said. */
export async function killLedgerRounds(options: LedgerKillOptions): Promise<LedgerKillReport> {
  const place = await mkdtemp(join(tmpdir(), "hufu-kill-ledger-"))
  const [dataDir, folder] = [join(place, "data"), join(place, "published")]
  const random = seeded(options.seed)
  const report: LedgerKillReport = {
    seed: options.seed,
    rounds: options.rounds,
    entries: 0,
    acknowledged: 0,
    checkpoints: 0,
    published: 0,
    restartMs: [],
    problems: [],
  }
  try {
    await growTo(dataDir, options.entries)
    await publishAll(dataDir, folder)
    let said: Said = { acknowledged: [], checkpoints: [], published: 0 }
    // The last round only looks at what the kill before it left.
    for (let round = 0; round <= options.rounds; round += 1) {
      const before = performance.now()
      const writer = await startProcess(process.execPath, [program, dataDir, folder])
      report.restartMs.push(performance.now() - before)
      writer.stdin.write(`${JSON.stringify(said)}\n`)
      const problems = JSON.parse(await writer.nextLine()) as string[] // as it writes them
      report.problems.push(...problems.map((problem) => `round ${round}: ${problem}`))
      // Read meanwhile: a full pipe would hold the writer up.
      const saying = readSaid(writer, said.published)
      if (round < options.rounds) await delay(random.int(longestLifeMs))
      await writer.kill9()
      said = await saying
      report.acknowledged += said.acknowledged.length
      report.checkpoints += said.checkpoints.length
      report.published = said.published
      options.say?.(`round ${round} of ${options.rounds}: ${said.acknowledged.length} acknowledged`)
    }
    const { entries, problems } = await verifyAll(dataDir, folder)
    report.entries = entries
    report.problems.push(...problems)
    return report
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function growTo(dataDir: string, entries: number): Promise<void> {
  if (entries === 0) return
  const growing = await openLedgerProcess(dataDir)
  await growing.order({ kind: "grow", to: entries })
  await growing.stop()
}

/** The first publication of a large log takes longer than any life here: it is not what is to be cut. */
async function publishAll(dataDir: string, folder: string): Promise<void> {
  const logger = pino({ level: "silent" })
  const store = await openStore({ dataDir, clock: systemClock, logger })
  const { ledger } = store
  const publishing = await startPublishing({ folder, database: store.folder.database, ledger, logger })
  await store.close()
  await publishing.close()
}

async function readSaid(writer: StartedProcess, published: number): Promise<Said> {
  const said: Said = { acknowledged: [], checkpoints: [], published }
  for (let line = await writer.nextLine(); line !== ""; line = await writer.nextLine()) {
    // A line that the kill cut short was not said.
    const acknowledged = /^a (\d+) (act_[0-9a-z]{26})$/.exec(line)
    if (acknowledged !== null) said.acknowledged.push([Number(acknowledged[1]), acknowledged[2] ?? ""])
    const checkpoint = /^c ([A-Za-z0-9+/]+={0,2})$/.exec(line)?.[1]
    if (checkpoint !== undefined && checkpoint.length % 4 === 0) said.checkpoints.push(checkpoint)
    const size = /^p (\d+)$/.exec(line)?.[1]
    if (size !== undefined) said.published = Math.max(said.published, Number(size))
  }
  return said
}

async function verifyAll(dataDir: string, folder: string): Promise<{ entries: number; problems: string[] }> {
  const store = await openStore({ dataDir, clock: systemClock, logger: pino({ level: "silent" }) })
  try {
    const ledger = await store.ledger.verify()
    const key = parseVkey(store.ledger.vkey)
    const log = await verifyLog(await openLogFiles(folder), { key, hash: nativeHash })
    const problems = [
      ...(ledger.ok ? [] : [`the ledger does not verify: ${ledger.fault.en}`]),
      ...(log.ok ? [] : [`the published log does not verify: ${log.fault.en}`]),
    ]
    return { entries: ledger.entries, problems }
  } finally {
    await store.close()
  }
}
