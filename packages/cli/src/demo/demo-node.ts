import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Failure, isFailure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { Language } from "@hufu/core/words"
import { withNode } from "../connection/with-node.ts"

/** The command itself, as a person starts it. */
export const hufu: readonly [string, ...string[]] = [
  process.execPath,
  fileURLToPath(new URL("../../bin/hufu.js", import.meta.url)),
]

export interface DemoNode {
  readonly url: string
  stop(): Promise<void>
}

const startMs = 60_000
const stopMs = 15_000
/** A demo that is killed leaves no node behind for longer than this. */
const idleSeconds = 300

/** Starts a node of its own on the demo's data folder, on any free port. */
export async function startDemoNode(dataFolder: string, language: Language): Promise<DemoNode> {
  const [program, ...args] = hufu
  const flags = ["--data", dataFolder, "--port", "0", "--idle-exit", String(idleSeconds), "--lang", language]
  // Not in this terminal's group: Ctrl+C at a prompt must not end the node behind it.
  const child = spawn(program, [...args, "serve", ...flags, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  })
  try {
    return { url: await readyAt(child), stop: () => endChild(child) }
  } catch (error) {
    await endChild(child)
    throw error
  }
}

/** The address in the line that a node prints when it is ready. */
function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let lastWords = ""
    const fail = () => {
      clearTimeout(timer)
      reject(
        new Failure(
          "node_unavailable",
          `the demo's node did not start: ${lastWords.trim() || "it did not say why"}`,
        ),
      )
    }
    const timer = setTimeout(fail, startMs)
    child.stderr?.on(
      "data",
      (chunk: Buffer) => (lastWords = (lastWords + chunk.toString("utf8")).slice(-2000)),
    )
    child.once("error", fail)
    child.once("close", fail)
    if (child.stdout)
      createInterface({ input: child.stdout }).once("line", (line) => {
        clearTimeout(timer)
        const url = urlIn(line)
        if (url === undefined) fail()
        else resolve(url)
      })
  })
}

function urlIn(line: string): string | undefined {
  try {
    const said = parseStrict(line)
    return isJsonObject(said) && typeof said["url"] === "string" ? said["url"] : undefined
  } catch {
    return undefined
  }
}

function endChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMs)
    child.once("close", () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill("SIGTERM")
    return undefined
  })
}

/** Ends the node that a demo left running, if there is one: it proves over the local socket which process it is. */
export async function stopLeftNode(dataFolder: string, language: Language): Promise<void> {
  const asked = { dataFolder, language, flags: {} }
  const pidOf = async () => {
    try {
      return (await withNode(asked, (client) => client.node.status({}))).pid
    } catch (error) {
      if (isFailure(error, "node_unavailable")) return undefined
      throw error
    }
  }
  const pid = await pidOf()
  if (pid === undefined) return
  process.kill(pid, "SIGTERM")
  const until = performance.now() + stopMs
  while (isRunning(pid)) {
    if (performance.now() > until)
      throw new Failure(
        "data_folder_in_use",
        `the demo's node (process ${pid}) does not end: end it and try again`,
      )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
