import { runSync } from "./run-sync.ts"

/** How many registrations, how many kills, and from which seed: `npm run sync -- 100000 20 7`. */
const [count = 100_000, kills = 20, seed = 1] = process.argv.slice(2).map(Number)
/** INVARIANT 6, across registries. */
const boundMs = 1000

const report = await runSync({ count, kills, suspensions: 20, seed, say: (line) => console.log(line) })
const sorted = report.refusedMs.toSorted((one, other) => one - other)
const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
const longest = Math.max(...sorted)
const isSame = report.originDigest === report.mirrorDigest && report.approved === report.mirrored
console.log(
  `${report.approved} registrations, registered in ${report.loadSeconds.toFixed(0)} s, mirrored in ${report.syncSeconds.toFixed(0)} s with ${report.kills} kills (seed ${seed})`,
)
console.log(
  `${isSame ? "identical" : "DIFFERENT"}: ${report.originDigest} and ${report.mirrorDigest}; ${report.twice} twice`,
)
console.log(`the ledgers are ${report.areLedgersSound ? "sound" : "NOT SOUND"}`)
console.log(
  `stopped on one, refused on the other: p50 ${middle.toFixed(0)} ms, longest ${longest.toFixed(0)} ms of ${sorted.length}; an agent that acts there: ${report.actingMs.toFixed(0)} ms`,
)
const isGood =
  isSame &&
  report.approved === count &&
  report.twice === 0 &&
  report.areLedgersSound &&
  longest <= boundMs &&
  report.actingMs <= boundMs
process.exitCode = isGood ? 0 : 1
