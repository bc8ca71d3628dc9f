import { opendir } from "node:fs/promises"
import { join } from "node:path"
import { parseTilePath, type TileName } from "@hufu/core/evidence/tile-path"
import { codeOf } from "../../store/secret-file.ts"

const maxDepth = 10

/** What lies in the `tile` folder of a published log: a tile or bundle, or a file that is neither. */
export type Found =
  | { readonly path: string; readonly tile: TileName }
  | { readonly path: string; readonly tile: null }

/** Every file below `tile`, in no order and without holding their names. */
export async function* walkLog(folder: string): AsyncGenerator<Found> {
  yield* walk(folder, "tile", 0)
}

async function* walk(folder: string, path: string, depth: number): AsyncGenerator<Found> {
  let entries: Awaited<ReturnType<typeof opendir>>
  try {
    entries = await opendir(join(folder, path))
  } catch (error) {
    if (codeOf(error) === "ENOENT") return
    throw error
  }
  for await (const entry of entries) {
    const inner = `${path}/${entry.name}`
    if (entry.isDirectory() && depth < maxDepth) yield* walk(folder, inner, depth + 1)
    else yield { path: inner, tile: entry.isFile() ? parseTilePath(inner) : null }
  }
}
