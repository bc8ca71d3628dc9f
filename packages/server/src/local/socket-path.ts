import { createHash } from "node:crypto"
import { lstatSync, mkdirSync, realpathSync } from "node:fs"
import { userInfo } from "node:os"
import { dirname, join, resolve } from "node:path"
import { Failure } from "@hufu/core/failure"

/** Unix domain sockets have paths of 104 bytes at most on macOS, 108 on Linux. */
const longestPath = 100

/** Where the node of a data folder listens: in its folder, in a short private one where that path is too long, or a named pipe on Windows. */
export function socketPath(dataFolder: string): string {
  const folder = realPath(dataFolder)
  const id = createHash("sha256").update(folder).digest("hex").slice(0, 24)
  if (process.platform === "win32") return `\\\\.\\pipe\\hufu-${id}`
  const near = join(folder, "run", "hufu.sock")
  if (Buffer.byteLength(near) <= longestPath) return near
  // Not TMPDIR: clients start guards without it, and guard and node have to agree.
  return join("/tmp", `hufu-${userInfo().uid}-${id}`, "hufu.sock")
}

/** One name for the folder, however it was written; one that is not there has no node. */
function realPath(dataFolder: string): string {
  try {
    return realpathSync(dataFolder)
  } catch {
    return resolve(dataFolder)
  }
}

/** Makes the socket's folder, for this user alone. */
export function prepareSocketFolder(path: string): void {
  if (process.platform === "win32") return
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  checkPrivate(dirname(path))
}

/** Throws Failure("unsafe_permissions") unless it belongs to this user and nobody else may enter. */
export function checkPrivate(path: string): void {
  if (process.platform === "win32") return
  const found = lstatSync(path)
  const mine = found.uid === userInfo().uid && (found.mode & 0o077) === 0 && !found.isSymbolicLink()
  if (!mine)
    throw new Failure(
      "unsafe_permissions",
      `\`${path}\` is open to other users or belongs to one: remove it, or make it yours alone (chmod 700)`,
    )
}
