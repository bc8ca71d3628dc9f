import { decodeBundle, maxBundleBytes } from "@hufu/core/evidence/entry-bundle"
import type { FollowedSource } from "@hufu/core/evidence/follow-log"
import { HASH_BYTES } from "@hufu/core/evidence/sha256"
import { TILE_WIDTH, type TileName, tilePath } from "@hufu/core/evidence/tile-path"
import type { LogFiles } from "@hufu/core/evidence/verify-log"
import { isFailure } from "@hufu/core/failure"

const maxCheckpointBytes = 64 * 1024

/** A published log (C2SP tlog-tiles) as a monitor follows it: only the bundles and leaf tiles that are new are read. UNTRUSTED. */
export function followedFiles(files: LogFiles): FollowedSource {
  return {
    async checkpoint() {
      const bytes = await files.read("checkpoint", maxCheckpointBytes)
      return bytes === null ? null : new TextDecoder().decode(bytes)
    },
    async *entries(from, to) {
      for (let at = from - (from % TILE_WIDTH); at < to; at += TILE_WIDTH) {
        const tile = { n: at / TILE_WIDTH, width: Math.min(TILE_WIDTH, to - at) }
        const bundle = await readTile(files, { ...tile, level: "entries" }, maxBundleBytes)
        const leaves = await readTile(
          files,
          { ...tile, level: 0 },
          (width = TILE_WIDTH) => width * HASH_BYTES,
        )
        const entries = bundle === null ? [] : tryDecodeBundle(bundle.bytes, bundle.width)
        // Where the tile is missing, the entries are held against nothing but the root.
        for (const [i, bytes] of entries.slice(0, tile.width).entries())
          if (at + i >= from)
            yield { bytes, leaf: leaves?.bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES) ?? null }
        if (entries.length < tile.width) return
      }
    },
  }
}

async function readTile(
  files: LogFiles,
  tile: TileName,
  bytesOf: (width?: number) => number,
): Promise<{ bytes: Uint8Array; width: number } | null> {
  const bytes = await files.read(tilePath(tile), bytesOf(tile.width))
  if (bytes !== null || tile.width === TILE_WIDTH) return bytes === null ? null : { bytes, width: tile.width }
  // A log that grew meanwhile may have replaced what was partial.
  const whole = await files.read(tilePath({ ...tile, width: TILE_WIDTH }), bytesOf())
  return whole === null ? null : { bytes: whole, width: TILE_WIDTH }
}

function tryDecodeBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  try {
    return decodeBundle(bytes, width)
  } catch (error) {
    if (isFailure(error)) return []
    throw error
  }
}
