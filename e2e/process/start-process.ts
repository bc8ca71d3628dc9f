import { spawn, type ChildProcessByStdio } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"

const readyWithinMs = 30_000
const stopWithinMs = 10_000
const keptErrorBytes = 16_384

/** A process that was started for a run and has said in one JSON line that it is ready. */
export interface StartedProcess {
  pid: number
  /** The first line of its standard output, which must be a JSON object. */
  ready: Record<string, unknown>
  stdin: Writable
  /** The end of what it wrote to standard error: what a person needs when a run fails. */
  errorText(): string
  /** How it ended, or undefined while it runs. */
  ended(): { code: number | null; signal: NodeJS.Signals | null } | undefined
  /** The next line of its standard output, in order; empty once it has closed that. */
  nextLine(): Promise<string>
  stop: () => Promise<void>
  kill9: () => Promise<void>
}

export interface StartOptions {
  /** Written at once, for a program that answers before it says anything by itself. */
  firstInput?: string
  env?: Record<string, string>
  cwd?: string
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Start a command and wait for its first line, a JSON object; a process that ends or stays silent is an error. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: StartOptions = {},
): Promise<StartedProcess> {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  if (options.firstInput !== undefined) child.stdin.write(options.firstInput)
  const errorText = keepTail(child.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = once(child, "close")
  exited.catch(() => {}) // a spawn error is reported by the first line that never comes
  child.stdin.on("error", () => {}) // writing to a process that was just killed is expected here
  const ready = await firstLine(child, lines, () => `\`${command} ${args.join(" ")}\`: ${errorText()}`)
  return {
    pid: child.pid as number, // a process that printed a line has a pid
    ready,
    stdin: child.stdin,
    errorText,
    ended: () => endOf(child),
    nextLine: async () => (await lines.next()).value ?? "",
    stop: () => end(child, exited, "SIGTERM"),
    kill9: () => end(child, exited, "SIGKILL"),
  }
}

function endOf(child: Child) {
  return child.exitCode === null && child.signalCode === null
    ? undefined
    : { code: child.exitCode, signal: child.signalCode }
}

function keepTail(stream: Readable): () => string {
  let kept = ""
  stream.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-keptErrorBytes)
  })
  return () => kept
}

async function firstLine(child: Child, lines: AsyncIterator<string>, what: () => string) {
  const timer = setTimeout(() => child.kill("SIGKILL"), readyWithinMs)
  try {
    const line = await Promise.race([
      lines.next(),
      once(child, "error").then(([error]) => Promise.reject(error)),
    ])
    if (line.done === true) throw new Error(`the process ended before it was ready: ${what()}`)
    const ready = readObject(line.value)
    if (ready === undefined) throw new Error(await notReady(line.value, lines, what))
    return ready
  } catch (error) {
    child.kill("SIGKILL")
    throw error
  } finally {
    clearTimeout(timer)
  }
}

// The caller reads named fields and checks them; here only that it is a JSON object matters.
function readObject(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}

// A program that says at length why it does not start ends after that, so the rest is read to its end.
async function notReady(first: string, lines: AsyncIterator<string>, what: () => string): Promise<string> {
  const said = [first]
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) said.push(next.value)
  return `instead of being ready it said: ${said.join(" ").slice(0, 1000)}: ${what()}`
}

async function end(child: Child, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (endOf(child) === undefined) child.kill(signal)
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs)
  await exited.catch(() => {})
  clearTimeout(timer)
}
