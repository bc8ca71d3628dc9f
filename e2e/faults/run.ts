import { openFaultWorld } from "./fault-world.ts"
import { faults, peakMiB, runFaults } from "./faults.ts"

/** Partners that die, repeat, disorder, delay, lie, flood and never end, over A2A and AIP; then the same while the node is killed. */
// However it ends, nothing stays behind.
await using started = new AsyncDisposableStack()
const world = await openFaultWorld()
started.defer(() => world.close())
/** What all of it at once may add to the memory of a node that is idle. */
const mostMiB = 512
const idle = (await peakMiB(world.node.pid)) ?? 0
let isGood = true
for (const isNodeKilled of [false, true]) {
  const before = performance.now()
  const { wrong, cases } = await runFaults(world, { of: faults, isNodeKilled })
  const seconds = ((performance.now() - before) / 1000).toFixed(1)
  const peak = await peakMiB(world.node.pid)
  console.log(
    `${isNodeKilled ? "with the node killed: " : ""}${cases} tasks, ${wrong.length} wrong, ${seconds} s; the node had at most ${peak ?? "?"} MiB, ${idle} before`,
  )
  for (const each of wrong) console.log(`  ${each}`)
  if (wrong.length > 0) console.log(world.complaints())
  isGood &&= wrong.length === 0 && (peak ?? 0) - idle < mostMiB
}
if (!isGood) process.exitCode = 1
