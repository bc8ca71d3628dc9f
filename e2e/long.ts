import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

// What is too long to be among the other tests: every page of the console in every look, a command that is killed
// before each single step, ten thousand actions that are decided again, whole lives of ledgers and of nodes, thousands of
// flipped bits, benches in small, and what shows of a measure that it measures.
const root = fileURLToPath(new URL("..", import.meta.url))
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url))
const long = [
  "e2e/console",
  "e2e/attacks",
  "e2e/sign-in",
  "e2e/connect",
  "packages/server/src/replay",
  "packages/server/src/witness/ledger-life",
  "packages/server/src/ledger/flipped-byte",
  "e2e/state",
  "conformance/cedar/differential.test.ts",
  "packages/cli/src/demo",
  "bench/console.test.ts",
  "bench/gateway.test.ts",
  "bench/ledger",
  "e2e/soak/soak.test.ts",
  "e2e/hostile/hostile.test.ts",
  "bench/interconnect",
]
// Or only the files that are named.
const named = process.argv.slice(2)
const run = spawn(process.execPath, [vitest, "run", ...(named.length > 0 ? named : long)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, HUFU_LONG: "1" },
})
run.once("exit", (code) => process.exit(code ?? 1))
