import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { Failure } from "@hufu/core/failure"

const maxSecretBytes = 16 * 1024

/** Whether this system has owners and modes; Windows guards files by access lists that the folder inherits. */
const hasModes = process.platform !== "win32"

/** Reads a secret that only this account may read; `null` when there is no such file. */
export function readSecret(path: string): Buffer | null {
  const fd = openExisting(path)
  if (fd === null) return null
  try {
    refuseUnsafe(fd, path)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Writes a secret durably under its final name: after a crash there is all of it or none. */
export function writeSecret(path: string, content: string): void {
  const draft = `${path}.new`
  const fd = openSync(draft, "w", 0o600)
  try {
    writeSync(fd, content)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(draft, path)
  syncFolder(dirname(path))
}

/** Makes names that were created or renamed in a folder durable. */
export function syncFolder(folder: string): void {
  if (!hasModes) return
  const fd = openSync(folder, "r")
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | (hasModes ? constants.O_NOFOLLOW : 0))
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null
    if (codeOf(error) !== "ELOOP") throw error
    throw new Failure("unsafe_permissions", `\`${path}\` is a symbolic link: put the key file itself there`)
  }
}

// The open file is judged, not its name, so that it cannot be exchanged between the look and the read.
function refuseUnsafe(fd: number, path: string): void {
  const stat = fstatSync(fd)
  if (!stat.isFile() || stat.size > maxSecretBytes) {
    throw new Failure("unsafe_permissions", `\`${path}\` is not a key file: restore it from your backup`)
  }
  if (!hasModes) return
  if (stat.uid !== process.getuid?.()) {
    throw new Failure(
      "unsafe_permissions",
      `\`${path}\` belongs to another account: make it yours with chown`,
    )
  }
  if ((stat.mode & 0o077) !== 0) {
    throw new Failure("unsafe_permissions", `\`${path}\` can be read by others: run chmod 600 on it`)
  }
}

/** The system's own code of an error (`ENOENT`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined
}
