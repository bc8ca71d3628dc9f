import { mkdir, writeFile } from "node:fs/promises"
import { startRecorder } from "../upstream/start-recorder.ts"
import { measureStop } from "./measure-stop.ts"
import { spendAtOnce } from "./spend-at-once.ts"

const recorder = await startRecorder()
const size = { live: 50, holds: 20, queued: 20 }
const suspend = await measureStop(recorder, { how: "suspend", ...size })
recorder.received()
const everything = await measureStop(recorder, { how: "stop-all", ...size })
const spend = await spendAtOnce(recorder, 64, 500)
await recorder.stop()
await mkdir("out", { recursive: true })
await writeFile("out/stop.json", `${JSON.stringify({ suspend, everything, spend }, null, 2)}\n`)
for (const { how, lastRefusalMs, slowest, reportedMs, clients, cancelledHolds, inFlight } of [
  suspend,
  everything,
])
  process.stdout.write(
    `${how}: the last of ${clients} clients (${slowest}) was refused after ${lastRefusalMs.toFixed(0)} ms; ` +
      `the node reports ${reportedMs.toFixed(0)} ms, ${cancelledHolds} holds cancelled, ${inFlight} calls in flight\n`,
  )
process.stdout.write(
  `budget: ${spend.performed} of ${spend.budget} performed by ${spend.clients} clients at once\n`,
)
const problems = [...suspend.problems, ...everything.problems, ...spend.problems]
for (const problem of problems) process.stdout.write(`PROBLEM ${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
