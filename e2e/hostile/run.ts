import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { parseArgs } from "node:util"
import { openMemoryProbe } from "../soak/memory-probe.ts"
import { startRecorder } from "../upstream/start-recorder.ts"
import { attack } from "./hostile.ts"
import { startHufuGround } from "./hufu-target.ts"
import { startPlainTarget } from "./plain-target.ts"
import { type Ground, refusals } from "./refusals.ts"

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    target: { type: "string", default: "hufu" },
    out: { type: "string", default: "out/hostile.json" },
  },
})
const shownProblems = 50
// However it ends, no node stays behind.
await using started = new AsyncDisposableStack()
const recorder = started.adopt(await startRecorder({ keepAliveMs: 1000 }), (it) => it.stop())
const probe = started.adopt(await openMemoryProbe(), (it) => it.close())
const ground = values.target === "plain" ? undefined : await startHufuGround(recorder, probe.env)
const target = started.adopt(ground?.target ?? (await startPlainTarget(recorder, probe.env)), (it) =>
  it.dispose(),
)
const report = await attack(target, probe, {
  messages: Number(values.messages),
  seed: Number(values.seed),
  say: (line) => void process.stderr.write(`${line}\n`),
})
const refused = ground === undefined ? [] : await refuseAll(ground)
await mkdir(dirname(values.out), { recursive: true })
await writeFile(values.out, `${JSON.stringify({ ...report, refused }, null, 2)}\n`)
for (const problem of report.problems.slice(0, shownProblems)) process.stdout.write(`PROBLEM ${problem}\n`)
for (const { name, problem } of refused)
  process.stdout.write(
    `${problem === null ? "ok     " : "PROBLEM"} ${name}${problem === null ? "" : `: ${problem}`}\n`,
  )
const sent = report.doors.map((door) => `${door.messages} to ${door.door}`).join(", ")
process.stdout.write(
  `${sent} (seed ${report.seed}), ${report.received} reached an upstream, ${report.problems.length} problems\n`,
)
process.exitCode = report.problems.length === 0 && refused.every(({ problem }) => problem === null) ? 0 : 1

async function refuseAll(all: Ground) {
  const results: { name: string; problem: string | null }[] = []
  for (const refusal of refusals)
    results.push({ name: refusal.name, problem: (await refusal.run(all).catch(String)) ?? null })
  return results
}
