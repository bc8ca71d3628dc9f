import { spawn } from "node:child_process"
import { appendFileSync } from "node:fs"
import { createInterface } from "node:readline"

// Stands between a client and a stdio server and appends each message of the client to a file.
// Usage: recording-command.ts FILE COMMAND ARGS…

const [file, command, ...args] = process.argv.slice(2)
if (file === undefined || command === undefined) {
  throw new Error("usage: recording-command.ts FILE COMMAND ARGS…")
}
const server = spawn(command, args, { stdio: ["pipe", "inherit", "inherit"] })
server.once("close", (code) => process.exit(code ?? 1))
server.stdin.on("error", () => {}) // the server may end first
createInterface({ input: process.stdin })
  .on("line", (line) => {
    appendFileSync(file, `${line}\n`)
    server.stdin.write(`${line}\n`)
  })
  .once("close", () => server.stdin.end())
