import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Which OpenSSL this machine has; undefined where there is none, and then what needs it is skipped with that said. */
export const opensslVersion: string | undefined = versionOf()

function versionOf(): string | undefined {
  const { status, stdout } = spawnSync("openssl", ["version"], { encoding: "utf8" })
  return status === 0 ? stdout.trim() : undefined
}

/** What one command of OpenSSL said. */
export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A folder of files for OpenSSL, the other implementation that tests compare with. */
export interface OpensslFolder {
  readonly path: string
  /** Keeps a file there and returns its path. */
  file(name: string, content: string | Uint8Array): string
  /** Runs a command, its words apart by spaces; what has spaces itself comes after it. */
  run(command: string, ...more: readonly string[]): Said
  remove(): void
}

export function opensslFolder(): OpensslFolder {
  const path = mkdtempSync(join(tmpdir(), "hufu-openssl-"))
  return {
    path,
    file(name, content) {
      const file = join(path, name)
      writeFileSync(file, content)
      return file
    },
    run(command, ...more) {
      const args = [...command.split(/ +/), ...more]
      const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: path, encoding: "utf8" })
      return { code: status, out: stdout, err: stderr }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
