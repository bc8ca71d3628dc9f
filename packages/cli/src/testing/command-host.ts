import { setImmediate, setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { PassThrough, Writable } from "node:stream"
import { findOwnModules } from "../../bin/own-modules.js"

// A process that runs one command after the other, each with its own streams. Most of what a short command takes is the
// start of a process and the loading of modules, and both are the same every time.

/** What the host is asked. */
export interface HostedCommand {
  readonly args: readonly string[]
  readonly stdin: string
}

/** What it answers once the command is over. */
export interface HostedEnd {
  readonly code: number
  readonly out: string
  readonly err: string
}

const program = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))
const folder = process.cwd()
findOwnModules()
const { runCommand } = await import("../run-command.ts")

process.on("disconnect", () => process.exit())
// Only `runInHost` starts this file, and it sends nothing else.
process.on("message", (command) => void answer(command as HostedCommand))

async function answer({ args, stdin }: HostedCommand): Promise<void> {
  /** What keeps this process alive between two commands. */
  const own = await inUse()
  // Its folder may have been made anew since the last command.
  process.chdir(folder)
  process.argv = [process.execPath, program, ...args]
  const input = new PassThrough()
  const [out, err] = [collected(), collected()]
  for (const [name, value] of Object.entries({ stdin: input, stdout: out.stream, stderr: err.stream }))
    Object.defineProperty(process, name, { value, configurable: true })
  input.end(stdin)
  const code = await runCommand(args)
  await nothingLeft(own)
  process.send?.({ code, out: out.text(), err: err.text() } satisfies HostedEnd)
}

function collected(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = []
  const write = (chunk: Buffer, _: string, done: () => void) => {
    chunks.push(chunk)
    done()
  }
  return { stream: new Writable({ write }), text: () => Buffer.concat(chunks).toString("utf8") }
}

/** A command's own process would end here, unless the command left something behind that keeps it alive: then neither does this. */
async function nothingLeft(own: number): Promise<void> {
  while ((await inUse()) > own) await setTimeout(1)
}

/** Asked where no timer of this file counts itself. */
const inUse = async () => {
  await setImmediate()
  return process.getActiveResourcesInfo().length
}
