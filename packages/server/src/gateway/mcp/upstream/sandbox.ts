import { spawnSync } from "node:child_process"
import { accessSync, constants, realpathSync, statSync } from "node:fs"
import { delimiter, isAbsolute, relative, resolve, sep } from "node:path"
import { Failure } from "@hufu/core/failure"

/** `auto`: where bubblewrap works; `required`: nowhere else; `off`: never. */
export const sandboxModes = ["auto", "required", "off"] as const
export type SandboxMode = (typeof sandboxModes)[number]

export interface SandboxOptions {
  readonly mode: SandboxMode
  /** Folders and files of Hufu itself, which no tool server gets to see. */
  readonly hidden: () => readonly string[]
}

/** A command as it is started. */
export interface Started {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string | null
  /** Where the command is looked for: the variable of that name. */
  readonly path: string | undefined
}

/** Makes of a tool server's command the one that runs it with less than the account's powers. */
export type Sandbox = (server: Started) => Started

/** Everything of the system as it is, but other processes: a server can neither look into the node nor end it. */
const bounds = ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"].concat([
  "--unshare-pid",
  "--unshare-ipc",
  "--die-with-parent",
])

/** Where bubblewrap is, if it is here and may do its work; asked of the system once. */
export const bubblewrap = once(() => {
  if (process.platform !== "linux") return undefined
  const program = findProgram({ command: "bwrap", cwd: null, path: process.env["PATH"] })
  if (program === undefined) return undefined
  const { status } = spawnSync(program, [...bounds, "true"], { stdio: "ignore", timeout: 5000 })
  return status === 0 ? program : undefined
})

export function openSandbox({ mode, hidden }: SandboxOptions): Sandbox {
  return function sandboxed(server) {
    if (mode === "off") return server
    const program = bubblewrap()
    if (program === undefined && mode === "auto") return server
    if (program === undefined)
      throw new Failure(
        "upstream_unavailable",
        "no tool server starts without a sandbox here (`upstream.sandbox`), and there is none: install bubblewrap, or set it to `auto`",
      )
    // What is not there is said by the system itself, and better.
    if (findProgram(server) === undefined) return server
    const cwd = server.cwd ?? process.cwd()
    const masks = hidden().flatMap((path) => maskOf(path, cwd))
    return {
      ...server,
      command: program,
      args: [...bounds, ...masks, "--chdir", cwd, "--", server.command, ...server.args],
      cwd: null,
    }
  }
}

/** A folder is empty in the sandbox, but for the one that the server works in; a file, or a socket, holds nothing. */
function maskOf(path: string, cwd: string): string[] {
  const real = realPath(path)
  if (real === undefined) return []
  if (!statSync(real).isDirectory()) return ["--ro-bind", "/dev/null", real]
  const folder = realPath(cwd) ?? cwd
  return isWithin(folder, real) ? ["--tmpfs", real, "--bind", folder, folder] : ["--tmpfs", real]
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** What the system would start; undefined when it would find nothing. */
function findProgram({ command, cwd, path }: Pick<Started, "command" | "cwd" | "path">): string | undefined {
  const places = command.includes("/")
    ? [resolve(cwd ?? ".", command)]
    : (path ?? "").split(delimiter).map((folder) => resolve(cwd ?? ".", folder, command))
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function once<T>(look: () => T): () => T {
  let found: { readonly value: T } | undefined
  return () => (found ??= { value: look() }).value
}
