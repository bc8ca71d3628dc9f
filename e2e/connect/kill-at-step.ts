import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"

// Loaded before `hufu` in a process of a test: ends it without warning just before it touches the disk for the nth time.

const killAt = Number(process.env["KILL_AT"])
let steps = 0

const touching = [
  "writeFileSync",
  "writeSync",
  "fsyncSync",
  "renameSync",
  "rmSync",
  "mkdirSync",
  "fchmodSync",
  "openSync",
] as const
for (const name of touching) {
  const real = fs[name] as (...args: unknown[]) => unknown
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      // Opening to read changes nothing.
      if (name !== "openSync" || /[wa]/.test(String(args[1]))) steps += 1
      if (steps === killAt) process.kill(process.pid, "SIGKILL")
      return real(...args)
    },
  })
}
syncBuiltinESMExports()
