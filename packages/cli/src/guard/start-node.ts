import { spawn } from "node:child_process"
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))
/** A node that a guard started goes by itself when no guard has been there for so long. */
const idleSeconds = 600
const staleMs = 15_000
/** What a node needs of this environment; a client may have put a tool server's secrets there, which are none of its business. */
const passedOn =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|XDG_\w+|HUFU_(?!CREDENTIAL|HOOK_CREDENTIAL)\w+|CLAUDE_CONFIG_DIR|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|SYSTEMROOT|SYSTEMDRIVE|HOMEDRIVE|HOMEPATH|PATHEXT|COMSPEC|PROGRAMDATA|PROGRAMFILES|WINDIR|NODE_EXTRA_CA_CERTS|HTTPS?_PROXY|NO_PROXY)$/i

/**
 * Starts a node that outlives this process, unless another guard is just doing so. The caller waits until it answers.
 *
 * @returns whether the node that was started has ended already, because it could not start
 */
export function startNode(dataFolder: string, by: "guard" | "command"): () => boolean {
  mkdirSync(join(dataFolder, "logs"), { recursive: true, mode: 0o700 })
  if (!claim(join(dataFolder, "starting"))) return () => false
  const output = openSync(startLog(dataFolder), "w", 0o600)
  const args = [
    "serve",
    "--data",
    dataFolder,
    "--json",
    "--any-port",
    "--idle-exit",
    String(idleSeconds),
    "--started-by",
    by,
  ]
  const environment = Object.entries(process.env).filter(([name]) => passedOn.test(name))
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ["ignore", "ignore", output],
    env: Object.fromEntries(environment),
    cwd: homedir(),
    windowsHide: true,
  })
  let hasEnded = false
  const end = () => {
    hasEnded = true
    nodeStarted(dataFolder)
  }
  child.on("error", end).on("exit", end).unref()
  closeSync(output)
  return () => hasEnded
}

/** Called when it is known how the start went, so that the next node may be started at once. */
export function nodeStarted(dataFolder: string): void {
  rmSync(join(dataFolder, "starting"), { force: true })
}

/** What a node said that did not start. */
export function whyNotStarted(dataFolder: string): string | undefined {
  try {
    return readFileSync(startLog(dataFolder), "utf8")
      .slice(0, 2000)
      .split("\n")
      .find((line) => line.startsWith("hufu: "))
      ?.slice("hufu: ".length)
  } catch {
    return undefined
  }
}

function startLog(dataFolder: string): string {
  return join(dataFolder, "logs", "start.log")
}

/** Whether this process is the one to start the node; a claim that led to nothing goes stale. */
function claim(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleMs) rmSync(path, { force: true })
  } catch {
    // Nobody has claimed it.
  }
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: "wx", mode: 0o600 })
    return true
  } catch {
    return false
  }
}
