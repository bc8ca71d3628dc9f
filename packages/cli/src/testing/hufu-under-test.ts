import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { derivedOnce } from "@hufu/server/keys/testing/derived-once"
import { runInHost } from "./run-in-host.ts"

const program = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))
export const filesystemServer = fileURLToPath(
  new URL("../../../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js", import.meta.url),
)
export const secret = "two halves of one tally"

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** What it printed as JSON. */
  json(): Record<string, unknown>
  /** The `items` of that. */
  items(): Record<string, unknown>[]
}

export interface RunOptions {
  readonly stdin?: string
  readonly env?: Record<string, string>
  readonly node?: string
  /** In a process of its own, as at a terminal: by default only what is given variables or another Node. */
  readonly alone?: boolean
}

const environmentOf = ({ env = {} }: RunOptions) => ({ ...process.env, LC_ALL: "C", ...env })

/** Starts the real command. */
export function startHufu(args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(options.node ?? process.execPath, [program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: environmentOf(options),
  })
}

/** Runs the real command to its end. */
export async function runHufu(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { stdin = "", alone = options.env !== undefined || options.node !== undefined } = options
  const hosted = { args, stdin, folder: process.cwd(), environment: environmentOf(options) }
  const ended = alone ? await runAlone(args, options) : await runInHost(hosted)
  // Every command prints an object, and every list stands under `items`.
  const json = () => JSON.parse(ended.out) as Record<string, unknown>
  return { ...ended, json, items: () => json()["items"] as Record<string, unknown>[] }
}

async function runAlone(args: readonly string[], options: RunOptions): Promise<Omit<Ran, "json" | "items">> {
  const child = startHufu(args, options)
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error("the streams are pipes")
  stdin.on("error", () => {})
  stdin.end(options.stdin ?? "")
  const ended = once(child, "close")
  const [out, err] = await Promise.all([text(stdout), text(stderr)])
  const [code] = (await ended) as [number | null]
  return { code, out, err }
}

/** A node in its own process and data folder. */
export interface NodeUnderTest {
  readonly dataFolder: string
  readonly url: string
  readonly pid: number
  run(args: readonly string[], options?: RunOptions): Promise<Ran>
  /** As the person. */
  asPerson(args: readonly string[], options?: Omit<RunOptions, "stdin">): Promise<Ran>
  signal(signal: NodeJS.Signals): Promise<number | null>
  dispose(): Promise<void>
}

/** Starts one with `hufu serve`, on a new data folder or the one that is given. */
export async function startNode(dataFolder?: string, more: readonly string[] = []): Promise<NodeUnderTest> {
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), "hufu-cli-")))
  const child = startHufu(["serve", "--data", folder, "--port", "0", "--json", ...more], {
    env: derivedOnce,
  })
  const ended = once(child, "close")
  const said = await firstLine(child)
  const { url, pid } = JSON.parse(said) as { url: string; pid: number }
  const run = (args: readonly string[], options: RunOptions = {}) => runHufu(withData(args, folder), options)
  const signal = async (name: NodeJS.Signals) => {
    child.kill(name)
    return ((await ended) as [number | null])[0]
  }
  return {
    dataFolder: folder,
    url,
    pid,
    run,
    asPerson: (args, options) => run(["--secret-stdin", ...args], { ...options, stdin: `${secret}\n` }),
    signal,
    async dispose() {
      if (child.exitCode === null && child.signalCode === null) await signal("SIGTERM")
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Ends the node that a guard started on a data folder, and removes the folder. */
export async function removeStarted(folder: string): Promise<void> {
  // Asked over its own socket: a number in a file may be another process by now.
  const status = await runHufu(["status", "--data", folder, "--json"])
  if (status.code === 0) {
    const pid = Number(status.json()["pid"])
    process.kill(pid, "SIGTERM")
    for (;;) {
      if (!(await isThere(pid))) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await rm(folder, { recursive: true, force: true })
}

async function isThere(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
    return !(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => " R ")).includes(") Z ")
  } catch {
    return false
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout || !child.stderr) throw new Error("the streams are pipes")
  let said = ""
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")))
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error(`the node did not start: ${said}`)
}

function withData(args: readonly string[], folder: string): string[] {
  return ["--data", folder, ...args]
}
