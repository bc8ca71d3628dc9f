import { lstat, mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { codeOf } from "../../store/secret-file.ts"

/** A file to be, below the folder. */
export interface PublishedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Files are written here first and then moved, so that a reader finds all of one or none. */
const staging = ".hufu-new"
const hasFolderSync = process.platform !== "win32"

/** Removes what a writer that was killed had not moved yet. */
export async function clearStaging(folder: string): Promise<void> {
  await rm(join(folder, staging), { recursive: true, force: true })
}

/**
 * Puts files that never change where they belong; all of them are on the disk when it resolves. Returns those that were not there.
 *
 * INVARIANT: a file that is there is never overwritten: with other bytes it refuses, by name.
 */
export async function placeFiles(folder: string, files: readonly PublishedFile[]): Promise<string[]> {
  const missing: PublishedFile[] = []
  for (const file of files) if (!(await isThere(folder, file))) missing.push(file)
  for (const { path, bytes } of missing) {
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o755 })
    await moveIn(folder, path, bytes)
  }
  // Also of what was there: a writer that was killed may have moved it in without getting so far.
  for (const each of foldersOf(files)) await syncFolder(join(folder, each))
  return missing.map(({ path }) => path)
}

/** Replaces the one file that changes. */
export async function replaceFile(folder: string, { path, bytes }: PublishedFile): Promise<void> {
  await moveIn(folder, path, bytes)
  await syncFolder(folder)
}

/** The bytes of a file, at most one more than so many; null when there is none. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer | null> {
  const handle = await openExisting(path)
  if (handle === null) return null
  try {
    const buffer = Buffer.allocUnsafe(Math.min((await handle.stat()).size, maxBytes) + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return buffer.subarray(0, length)
  } finally {
    await handle.close()
  }
}

async function openExisting(path: string) {
  try {
    // A pipe or a device would never end.
    if (!(await lstat(path)).isFile()) return null
    return await open(path, "r")
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null
    throw error
  }
}

async function isThere(folder: string, { path, bytes }: PublishedFile): Promise<boolean> {
  const found = await readBounded(join(folder, path), bytes.length)
  if (found === null) return false
  if (found.equals(bytes)) return true
  throw new Failure(
    "ledger_ambiguous",
    `\`${path}\` in the published folder \`${folder}\` holds other bytes than the ledger: find out who changed it, then publish into a new folder`,
  )
}

async function moveIn(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, staging, path.replaceAll("/", "-"))
  await mkdir(dirname(draft), { recursive: true, mode: 0o755 })
  const handle = await open(draft, "w", 0o644)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, join(folder, path))
}

/** The folders of some files and those above them, innermost first. */
function foldersOf(files: readonly PublishedFile[]): string[] {
  const folders = new Set<string>()
  for (const { path } of files)
    for (let each = dirname(path); ; each = dirname(each)) {
      folders.add(each)
      if (each === ".") break
    }
  return [...folders].toSorted((a, b) => b.length - a.length)
}

async function syncFolder(path: string): Promise<void> {
  if (!hasFolderSync) return
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
