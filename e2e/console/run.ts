import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

// Every page of the console in every look: both languages, both themes, two widths.
const root = fileURLToPath(new URL("../..", import.meta.url))
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url))
const run = spawn(process.execPath, [vitest, "run", "e2e/console", "e2e/sign-in"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, HUFU_LOOKS: "all" },
})
run.once("exit", (code) => process.exit(code ?? 1))
