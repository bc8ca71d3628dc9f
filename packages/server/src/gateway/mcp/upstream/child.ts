import { Failure } from "@hufu/core/failure"
import { spawn } from "node:child_process"
import type { ChildProcessByStdio } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import type { Log } from "../log.ts"
import type { Sandbox } from "./sandbox.ts"
import type { StdioServer } from "./server-definition.ts"

/** What a tool server needs of Hufu's environment to start at all; everything else must be registered. */
const inheritedEnv =
  process.platform === "win32"
    ? [
        "APPDATA",
        "COMSPEC",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "PATH",
        "PATHEXT",
        "PROGRAMDATA",
      ].concat([
        "PROGRAMFILES",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "USERNAME",
        "USERPROFILE",
        "WINDIR",
      ])
    : ["HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"]

const loggedStderrBytes = 64 * 1024
const killGraceMs = [1500, 2500] as const

export type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts a registered command: no shell, only the environment it was given, its own process group, in a sandbox where there is one. */
export function startChild(server: StdioServer, log: Log, sandbox: Sandbox): Child {
  const env = childEnv(server)
  const { command, args, cwd } = sandbox({ ...withoutShell(server), cwd: server.cwd, path: env["PATH"] })
  const child = spawn(command, args, {
    cwd: cwd ?? undefined,
    env,
    stdio: ["pipe", "pipe", "pipe"],
    // Its own group, so that what it starts itself ends with it.
    detached: process.platform !== "win32",
    windowsHide: true,
    windowsVerbatimArguments: process.platform === "win32" && command !== server.command,
  })
  logStderr(child, server.name, log)
  outliveNot(child)
  // What it started would otherwise outlive it, and hold its output open.
  child.once("exit", () => signalGroup(child, "SIGKILL"))
  return child
}

const running = new Set<Child>()

/** Whatever does not end on its own is ended with this process, also where that ends before the final signal was due. */
function outliveNot(child: Child): void {
  if (running.size === 0) process.on("exit", endRunning)
  running.add(child)
  child.once("exit", () => {
    running.delete(child)
    if (running.size === 0) process.off("exit", endRunning)
  })
}

function endRunning(): void {
  for (const child of running) signalGroup(child, "SIGKILL")
}

/** The environment of a child: a short list of Hufu's own variables, then what was registered. */
export function childEnv(server: StdioServer): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of inheritedEnv) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return { ...env, ...server.env }
}

/**
 * Windows runs `.cmd` and `.bat` only through its command interpreter, which re-reads the arguments:
 * each is quoted, and one with a character that leaves the quotes is refused.
 */
function withoutShell(server: StdioServer): { command: string; args: string[] } {
  const isScript = /\.(?:cmd|bat)$|^(?:npm|npx|pnpm|yarn)$/i.test(server.command)
  if (process.platform !== "win32" || !isScript) return { command: server.command, args: [...server.args] }
  const words = [server.command, ...server.args].map((word) => {
    if (/[\r\n\0%!"]/.test(word)) {
      throw new Failure(
        "invalid_input",
        `an argument of the server \`${server.name}\` cannot be passed to a command script`,
      )
    }
    return `"${word.replace(/\\+$/, "$&$&")}"`
  })
  return { command: process.env["COMSPEC"] ?? "cmd.exe", args: ["/d", "/s", "/c", `"${words.join(" ")}"`] }
}

/** UNTRUSTED: what a server writes to stderr goes to the log alone, and only so much of it. */
function logStderr(child: Child, server: string, log: Log): void {
  let left = loggedStderrBytes
  child.stderr.on("data", (chunk: Buffer) => {
    if (left <= 0) return
    const text = chunk.subarray(0, left).toString("utf8")
    left -= chunk.length
    log.info(
      { server, stderr: text },
      left > 0 ? "tool server wrote to stderr" : "tool server stderr cut off",
    )
  })
}

const ending = new WeakSet<Child>()

/** Ends a child and its group: end of input first, then the polite signal, then the final one. */
export function endChild(child: Child): void {
  if (ending.has(child)) return
  ending.add(child)
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.stdin.end()
  const polite = setTimeout(() => signalGroup(child, "SIGTERM"), killGraceMs[0])
  const final = setTimeout(() => signalGroup(child, "SIGKILL"), killGraceMs[1])
  child.once("exit", () => {
    clearTimeout(polite)
    clearTimeout(final)
  })
}

function signalGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === "win32") child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
