import { Failure } from "@hufu/core/failure"
import type { Logger } from "pino"
import { openReader } from "../../store/sqlite-connection.ts"
import { openLogSource } from "./log-source.ts"
import { openPublisher } from "./publisher.ts"

/** What was written. */
export interface ExportedLog {
  readonly entries: number
  readonly vkey: string
}

/**
 * Writes the ledger of a database, up to its last checkpoint, into a folder, whether or not a node runs on it. A folder that holds an
 * earlier part of it is brought up to date.
 */
export async function exportLog(
  database: string,
  folder: string,
  { logger, onProgress }: { logger: Pick<Logger, "warn">; onProgress?: (done: number, of: number) => void },
): Promise<ExportedLog> {
  const db = openReader(database)
  try {
    const source = openLogSource(db)
    const latest = await source.latest()
    if (latest === null)
      throw new Failure("not_found", "the ledger has no checkpoint yet: start the node once, then publish")
    const publisher = await openPublisher({ folder, source, logger })
    try {
      await publisher.publish(latest, onProgress)
      await publisher.sweep()
      return { entries: publisher.size, vkey: source.vkey }
    } finally {
      publisher.close()
    }
  } finally {
    db.close()
  }
}
