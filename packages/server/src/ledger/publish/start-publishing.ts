import { resolve } from "node:path"
import { isFailure } from "@hufu/core/failure"
import type { Logger } from "pino"
import { openReader } from "../../store/sqlite-connection.ts"
import type { SignedCheckpoint } from "../checkpointer.ts"
import type { Ledger } from "../ledger.ts"
import { openLogSource } from "./log-source.ts"
import { openPublisher } from "./publisher.ts"

/** After how long what the disk refused is tried again, if no new checkpoint comes before. */
const retryMs = 5_000

/** How far the published log is. */
export interface PublishState {
  readonly folder: string
  readonly entries: number
  /** Why nothing more is published, in one sentence; null while all is well. */
  readonly fault: string | null
}

export interface Publishing {
  readonly folder: string
  state(): PublishState
  /** Publishes this checkpoint too, as one with cosignatures; an older one than is published, or waits, is left out. */
  offer(checkpoint: SignedCheckpoint): void
  /** Publishes the last checkpoint that it was told of, and lets the folder go. Call it after the store has closed. */
  close(): Promise<void>
}

export interface PublishingParts {
  readonly folder: string
  /** The database's file: it is read by a connection of its own, beside the work of the node. */
  readonly database: string
  readonly ledger: Pick<Ledger, "checkpoint" | "onCheckpoint">
  readonly logger: Pick<Logger, "warn" | "error">
}

/**
 * Publishes every checkpoint of a ledger from now on. The folder is compared with the ledger before this resolves; a folder that this
 * ledger does not extend is refused.
 */
export async function startPublishing(parts: PublishingParts): Promise<Publishing> {
  const { ledger, logger } = parts
  const folder = resolve(parts.folder)
  const db = openReader(parts.database)
  const publisher = await openPublisher({ folder, source: openLogSource(db), logger }).catch(
    (error: unknown) => {
      db.close()
      throw error
    },
  )
  let wanted: SignedCheckpoint | null = null
  let fault: string | null = null
  let isHalted = false
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  async function publishWanted(): Promise<void> {
    while (wanted !== null && !isHalted) {
      const checkpoint: SignedCheckpoint = wanted
      try {
        await publisher.publish(checkpoint)
        fault = null
        if (wanted === checkpoint) wanted = null
      } catch (error) {
        fault = error instanceof Error ? error.message : String(error)
        // What is ambiguous stays so: nothing is guessed, and the published log ends where it is.
        isHalted = isFailure(error, "ledger_ambiguous")
        logger.error({ err: error, folder }, "the log could not be published")
        return
      }
    }
  }
  function run(): void {
    if (running !== null) return
    if (timer !== null) clearTimeout(timer)
    timer = null
    running = publishWanted().finally(() => {
      running = null
      if (wanted === null || isHalted || isClosing) return
      timer = setTimeout(run, retryMs)
      timer.unref()
    })
  }
  let isClosing = false
  const offer = (checkpoint: SignedCheckpoint): void => {
    if (isClosing || checkpoint.size < Math.max(publisher.size, wanted?.size ?? 0)) return
    wanted = checkpoint
    run()
  }
  const forget = ledger.onCheckpoint(offer)
  // What is there already may have cosignatures, which the ledger's own copy has not.
  if (publisher.size === 0 || ledger.checkpoint().size > publisher.size) offer(ledger.checkpoint())
  const swept = publisher
    .sweep()
    .catch((error: unknown) => logger.warn({ err: error, folder }, "old partial tiles could not be removed"))
  return {
    folder,
    offer,
    state: () => ({ folder, entries: publisher.size, fault }),
    async close() {
      isClosing = true
      forget()
      await running
      run()
      await running
      await swept
      db.close()
      publisher.close()
    },
  }
}
