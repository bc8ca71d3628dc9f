import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { runInHost } from "../../packages/cli/src/testing/run-in-host.ts"

const program = fileURLToPath(new URL("../../packages/cli/bin/hufu.js", import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly signal?: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** A home folder and a project of somebody who uses clients. */
export interface Machine {
  readonly home: string
  readonly project: string
  path(file: string): string
  write(file: string, content: string): string
  /** Runs `hufu` in the project. */
  hufu(args: readonly string[], more?: { preload?: string; env?: Record<string, string> }): Promise<Ran>
  dispose(): void
}

/** Makes one in a folder that is not there; its `hufu` works on the given data folder. */
export function newMachine(root: string, dataFolder: string): Machine {
  const [home, project] = [join(root, "home"), join(root, "project")]
  for (const folder of [home, project]) mkdirSync(folder, { recursive: true })
  const path = (file: string) => join(file.startsWith("project/") ? root : home, file)
  return {
    home,
    project,
    path,
    write(file, content) {
      mkdirSync(dirname(path(file)), { recursive: true })
      writeFileSync(path(file), content)
      return path(file)
    },
    async hufu(given, { preload, env = {} } = {}) {
      const args = ["--data", dataFolder, ...given]
      const environment = {
        PATH: process.env["PATH"] ?? "",
        TMPDIR: tmpdir(),
        XDG_RUNTIME_DIR: process.env["XDG_RUNTIME_DIR"] ?? "",
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
        LC_ALL: "C",
        HOME: home,
        ...env,
      }
      return preload === undefined
        ? runInHost({ args, stdin: "", folder: project, environment })
        : runAlone(["--import", preload, program, ...args], { cwd: project, env: environment })
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  }
}

async function runAlone(args: readonly string[], of: { cwd: string; env: NodeJS.ProcessEnv }): Promise<Ran> {
  const child = spawn(process.execPath, args, { ...of, stdio: ["ignore", "pipe", "pipe"] })
  const ended = once(child, "close")
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null]
  return { code, signal, out, err }
}
