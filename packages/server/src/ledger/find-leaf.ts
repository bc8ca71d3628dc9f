import { setImmediate } from "node:timers/promises"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { readTile } from "./ledger-rows.ts"
import { tileWidth, type TreeEdge } from "./tile-tree.ts"

const hashBytes = 32
/** How many tiles are read before others have their turn. */
const tilesAtOnce = 64

/**
 * The index of the leaf with a hash, newest first. The tiles hold every leaf hash, 256 in 8 KiB: reading them is cheaper than an
 * index by hash, which every entry would have to be written into.
 */
export async function findLeaf(
  db: SqliteConnection,
  { frontier, partial }: TreeEdge,
  hash: Uint8Array,
): Promise<number | undefined> {
  const full = Math.floor(frontier.size / tileWidth)
  const recent = partial[0] ?? []
  const at = recent.findLastIndex((leaf) => Buffer.compare(leaf, hash) === 0)
  if (at >= 0) return full * tileWidth + at
  for (let n = full - 1; n >= 0; n -= 1) {
    if (n % tilesAtOnce === 0) await setImmediate()
    const place = placeIn(readTile(db, 0, n), hash)
    if (place !== undefined) return n * tileWidth + place
  }
  return undefined
}

function placeIn(tile: Uint8Array, hash: Uint8Array): number | undefined {
  const bytes = Buffer.from(tile.buffer, tile.byteOffset, tile.byteLength)
  for (let from = bytes.indexOf(hash); from >= 0; from = bytes.indexOf(hash, from + 1))
    // Between two hashes it would be chance.
    if (from % hashBytes === 0) return from / hashBytes
  return undefined
}
