import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join, relative } from "node:path"

/** A digest of every file at these paths, so that "nothing changed" can be held against the disk. */
export async function snapshot(...paths: readonly string[]): Promise<string> {
  const digest = createHash("sha256")
  for (const path of paths)
    for (const file of await filesAt(path))
      digest.update(`${relative(path, file)}\0`).update(
        createHash("sha256")
          .update(await readFile(file))
          .digest(),
      )
  return digest.digest("hex")
}

async function filesAt(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (!found) return [path]
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
