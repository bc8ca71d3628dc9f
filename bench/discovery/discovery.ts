import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Engine } from "./engine.ts"
import { loadHufu } from "./hufu-engines.ts"
import { madeAgents, madeQuestions } from "./made-agents.ts"
import { loadMiniSearch, loadPlainFts } from "./peer-engines.ts"

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "100000" },
    questions: { type: "string", default: "500" },
    "no-peers": { type: "boolean", default: false },
  },
})
const asked = Number(values.questions)
/** What the 99th percentile may be, by the number of agents. */
const limitMs = (agents: number) => (agents <= 100_000 ? 20 : 100)
/** An engine that takes longer for all of them is asked fewer. */
const longestMs = 90_000

interface Measured {
  readonly name: string
  readonly p50: number
  readonly p99: number
}

for (const agents of values.sizes.split(",").map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), "hufu-bench-discovery-"))
  try {
    await measureSize(agents, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureSize(agents: number, folder: string): Promise<void> {
  const questions = madeQuestions(asked, agents)
  console.log(`${agents} agents in Chinese and English, ${asked} questions`)
  const making = await timed(() => {
    for (const each of madeAgents(agents)) if (each.id === "") throw new Error("it has an id")
  })
  console.log(`  to make them alone takes ${seconds(making.ms)}, which is part of every load below`)

  const file = join(folder, "discovery.db")
  const loaded = await loading("hufu", () => loadHufu(file, madeAgents(agents)), making.ms)
  console.log(`  its file has ${Math.round(statSync(file).size / 2 ** 20)} MiB`)
  const { own, adp, adpFilter } = loaded
  const ours: Measured[] = []
  for (const engine of [own, adp, adpFilter]) ours.push(await measure(engine, questions))
  own.close?.()
  if (!values["no-peers"]) {
    const plain = await loading(
      "SQLite FTS5, plain",
      () => loadPlainFts(join(folder, "plain.db"), madeAgents(agents)),
      making.ms,
    )
    await measure(plain, questions)
    plain.close?.()
    await measurePeer(agents, questions, making.ms)
  }
  for (const { name, p99 } of ours) {
    const met = p99 <= limitMs(agents)
    console.log(
      `${met ? "met   " : "MISSED"} ${name}, p99 at ${agents}: ${p99.toFixed(1)} ms (at most ${limitMs(agents)})`,
    )
    if (!met) process.exitCode = 1
  }
}

/** Its index is in memory, which may not be enough. */
async function measurePeer(agents: number, questions: readonly string[], makingMs: number): Promise<void> {
  if (agents > 200_000)
    return console.log("  MiniSearch is left out: a million agents are more than it can hold in memory here")
  try {
    await measure(await loading("MiniSearch", () => loadMiniSearch(madeAgents(agents)), makingMs), questions)
  } catch (error) {
    console.log(`  MiniSearch is left out: ${String(error)}`)
  }
}

async function loading<T>(name: string, load: () => Promise<T>, makingMs: number): Promise<T> {
  collect()
  const before = process.memoryUsage()
  const { ms, result } = await timed(load)
  collect()
  const after = process.memoryUsage()
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`
  console.log(
    `  ${name}: loaded in ${seconds(ms)} (${seconds(ms - makingMs)} without making), ${mib(after.heapUsed - before.heapUsed)} more heap, ${mib(after.rss)} resident in all`,
  )
  return result
}

async function measure(engine: Engine, questions: readonly string[]): Promise<Measured> {
  for (const question of questions.slice(0, 20)) await engine.ask(question)
  const times: number[] = []
  let [found, all] = [0, 0]
  for (const question of questions) {
    const begun = performance.now()
    found += (await engine.ask(question)) > 0 ? 1 : 0
    const ms = performance.now() - begun
    times.push(ms)
    all += ms
    if (all > longestMs) break
  }
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  const measured = { name: engine.name, p50: at(0.5), p99: at(0.99) }
  console.log(
    `  ${engine.name.padEnd(25)} p50 ${measured.p50.toFixed(1)} ms, p99 ${measured.p99.toFixed(1)} ms, longest ${at(1).toFixed(1)} ms; something found for ${found} of ${times.length}`,
  )
  return measured
}

async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const begun = performance.now()
  const result = await work()
  return { ms: performance.now() - begun, result }
}

function collect(): void {
  // It is there with --expose-gc.
  const { gc } = globalThis as { gc?: () => void }
  gc?.()
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
