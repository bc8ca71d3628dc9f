import { existsSync, readdirSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { Failure } from "@hufu/core/failure"

const mostFiles = 200

/** The files of the packs that lie in a data folder, by their places in it. Links are not followed. */
export function packFiles(dataDir: string): string[] {
  const folder = join(dataDir, "packs")
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted()
  if (files.length > mostFiles)
    throw new Failure("too_many", `\`packs\` has more than ${mostFiles} files: move away what is no pack's`)
  return files
}
