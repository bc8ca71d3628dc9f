import { join } from "node:path"
import { parseCheckpoint, verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { equalBytes } from "@hufu/core/evidence/merkle"
import { parseNote } from "@hufu/core/evidence/signed-note"
import { TILE_WIDTH } from "@hufu/core/evidence/tile-path"
import { Failure, isFailure } from "@hufu/core/failure"
import { readBounded } from "./durable-folder.ts"
import type { LogSource } from "./log-source.ts"
import { walkLog } from "./walk-log.ts"

const maxCheckpointBytes = 1024 * 1024

/**
 * How many entries of this ledger a folder already publishes. Refuses a folder that is of another log or key, of another history,
 * or of a later moment than the ledger. UNTRUSTED: everything in the folder.
 */
export async function findPublished(folder: string, source: LogSource): Promise<number> {
  const bytes = await readBounded(join(folder, "checkpoint"), maxCheckpointBytes)
  if (bytes === null) return withoutCheckpoint(folder, source)
  const { size, root } = await ownCheckpoint(bytes.toString("utf8"), folder, source)
  const latest = await source.latest()
  if (latest === null || latest.size < size)
    throw refused(
      folder,
      `was published up to ${size} entries, but the ledger's last checkpoint covers ${latest?.size ?? 0}: the database is older than what others have seen`,
      "restore a newer backup of the data folder, or publish this one into a new folder",
    )
  if (!equalBytes(source.rootAt(size), root))
    throw refused(
      folder,
      `shows another history: its ${size} entries are not how this ledger began`,
      "restore the data folder that was published, or publish this one into a new folder",
    )
  return size
}

async function ownCheckpoint(note: string, folder: string, source: LogSource) {
  let found: ReturnType<typeof parseCheckpoint>
  try {
    found = parseCheckpoint(parseNote(note).text)
  } catch (error) {
    if (!isFailure(error)) throw error
    throw refused(
      folder,
      "has a `checkpoint` that is none",
      "find out who changed it, and publish into a new folder",
    )
  }
  if (found.origin !== source.origin)
    throw refused(
      folder,
      `is of the log \`${found.origin}\`, and this ledger is \`${source.origin}\``,
      "choose the folder of this ledger, or a new one",
    )
  for (const key of source.verifiers(found.size)) {
    const verdict = await verifyCheckpoint(note, key)
    if (verdict.ok) return verdict.checkpoint
  }
  throw refused(
    folder,
    `has a checkpoint of size ${found.size} that no key of this ledger signed`,
    "choose the folder of this ledger, or a new one",
  )
}

// A first publication that was cut short leaves tiles without a checkpoint; each is compared when it is its turn. What lies beyond
// the ledger was written by a longer one.
async function withoutCheckpoint(folder: string, source: LogSource): Promise<0> {
  const size = source.size()
  for await (const { path, tile } of walkLog(folder)) {
    if (tile === null) continue
    const { level, n, width } = tile
    const end = (n * TILE_WIDTH + width) * TILE_WIDTH ** (level === "entries" ? 0 : level)
    if (end > size)
      throw refused(
        folder,
        `has no checkpoint, but \`${path}\`, which is of a ledger longer than these ${size} entries`,
        "restore a newer backup of the data folder, or publish this one into a new folder",
      )
  }
  return 0
}

function refused(folder: string, found: string, act: string): Failure {
  return new Failure("ledger_ambiguous", `the published folder \`${folder}\` ${found}; ${act}`)
}
