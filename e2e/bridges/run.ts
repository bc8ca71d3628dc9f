import { parseArgs } from "node:util"
import { compareBridges } from "./compare.ts"
import { openBridgeWorld } from "./world.ts"

/** Random scripts over each of the six pairs of protocols, through one node; says every difference from the model. */
const { values } = parseArgs({
  options: {
    scripts: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "at-once": { type: "string", default: "24" },
  },
})
// However it ends, nothing stays behind.
await using started = new AsyncDisposableStack()
const world = await openBridgeWorld()
started.defer(() => world.close())
const seed = Number(values.seed)
const before = performance.now()
const seconds = () => ((performance.now() - before) / 1000).toFixed(1)
let done = 0
const { differences, played } = await compareBridges(world, {
  scripts: Number(values.scripts),
  seed,
  atOnce: Number(values["at-once"]),
  onScript: () => {
    if (++done % 600 === 0) console.log(`${done} played after ${seconds()} s`)
  },
})
for (const { pair, script, where, expected, seen } of differences.slice(0, 12))
  console.log(
    `${pair} ${script}, ${where}\n  expected ${JSON.stringify(expected)}\n  seen     ${seen instanceof Error ? seen.stack : JSON.stringify(seen)}`,
  )
if (differences.length > 0) console.log(world.node.errorText())
for (const [pair, count] of Object.entries(played))
  console.log(
    `${pair}: ${count} scripts, ${differences.filter((each) => each.pair === pair).length} differences`,
  )
console.log(`seed ${seed}: ${seconds()} s, ${differences.length} differences`)
if (differences.length > 0) process.exitCode = 1
