import { createHash } from "node:crypto"
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { codeOf, syncFolder } from "@hufu/server/store/secret-file"

/** A client's config as it is now. */
export interface ConfigFile {
  /** Where it really is, after links. */
  readonly path: string
  readonly isThere: boolean
  /** Byte for byte, with its byte order mark; empty when it is not there. */
  readonly text: string
  readonly mode: number
  readonly group: number
}

const maxBytes = 32 * 1024 * 1024
const newMode = 0o600

/** Reads a client's config. A link is followed only if it and the file are this user's; throws Failure for what must not be touched. */
export function readConfigFile(path: string): ConfigFile {
  const named = statOf(path)
  if (named === undefined) return { path, isThere: false, text: "", mode: newMode, group: -1 }
  refuseForeign(named, path)
  const real = realOf(path)
  const fd = openSync(real, "r")
  try {
    const stat = fstatSync(fd)
    refuseForeign(stat, real)
    if (!stat.isFile()) throw new Failure("invalid_input", `\`${real}\` is not a file`)
    if (stat.size > maxBytes)
      throw new Failure("too_large", `\`${real}\` is too large to be a client's config`)
    const text = decode(readFileSync(fd), real)
    return { path: real, isThere: true, text, mode: stat.mode & 0o7777, group: stat.gid }
  } finally {
    closeSync(fd)
  }
}

/**
 * Puts another text in the place of a config: after a crash the file has all of the old text or all of the new one. Mode and group
 * stay. A `text` of undefined removes it.
 */
export function replaceConfigFile(file: ConfigFile, text: string | undefined): void {
  refuseReadOnly(file)
  const draft = draftOf(file.path)
  try {
    if (text !== undefined) writeDraft(draft, file, text)
    refuseChanged(file)
    if (text === undefined) rmSync(file.path)
    else renameSync(draft, file.path)
    syncFolder(dirname(file.path))
  } catch (cause) {
    rmSync(draft, { force: true })
    if (cause instanceof Failure) throw cause
    throw new Failure(
      "forbidden",
      `\`${file.path}\` cannot be written (${codeOf(cause) ?? "unknown"}): look at the folder's permissions, nothing was changed`,
      { cause },
    )
  }
}

/** Refuses before anything is done what could not be written at the end. */
export function refuseReadOnly({ path, isThere, mode }: ConfigFile): void {
  if (!isThere || (mode & 0o200) !== 0) return
  throw new Failure(
    "forbidden",
    `\`${path}\` is read-only: make it writable (chmod u+w, or its properties on Windows) if Hufu may change it`,
  )
}

/** Removes what a run that was killed left beside a config. */
export function removeDraft(path: string): void {
  rmSync(draftOf(path), { force: true })
}

/** The digest by which a text is known again. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.hufu-new`)
}

function writeDraft(draft: string, { mode, group }: ConfigFile, text: string): void {
  rmSync(draft, { force: true })
  const fd = openSync(draft, "wx", newMode)
  try {
    writeFileSync(fd, text)
    fchmodSync(fd, mode)
    const made = fstatSync(fd)
    if (group >= 0 && made.gid !== group && process.platform !== "win32") fchownSync(fd, made.uid, group)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** A client that wrote in the meantime would lose what it wrote. */
function refuseChanged(file: ConfigFile): void {
  const now = readConfigFile(file.path)
  if (now.isThere === file.isThere && now.text === file.text) return
  throw new Failure("stale", `\`${file.path}\` was changed just now: close the client and try again`)
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined
    throw new Failure("forbidden", `\`${path}\` cannot be looked at (${codeOf(error) ?? "unknown"})`, {
      cause: error,
    })
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    throw new Failure("not_found", `\`${path}\` is a link that leads nowhere: mend or remove it`, { cause })
  }
}

function refuseForeign(stat: Stats, path: string): void {
  if (process.platform === "win32" || stat.uid === process.getuid?.()) return
  throw new Failure("unsafe_permissions", `\`${path}\` belongs to another account: Hufu leaves it alone`)
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Failure("invalid_json", `\`${path}\` is not UTF-8: save it as UTF-8 first`, { cause })
  }
}
