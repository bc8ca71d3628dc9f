import { isFailure } from "@hufu/core/failure"
import type { Output } from "@hufu/core/contract/contract"
import { type Client, createClient } from "@hufu/sdk"
import type { Config } from "@hufu/server/config"
import { inspectStore, type StoreInspection } from "@hufu/server/store/inspect-store"
import { socketTransport } from "../connection/socket-transport.ts"
import { readConfig } from "../serve/read-config.ts"

/** What every check works with. A part that could not be had is the error that says why. */
export interface Examination {
  readonly dataFolder: string
  readonly now: number
  readonly config: Config | Error
  /** `null` when no node runs. */
  readonly node: { readonly client: Client; readonly status: Output<"node.status"> } | null | Error
  /** `null` when the folder has no database. */
  readonly store: StoreInspection | null | Error
}

/** Gathers it, and lets everything go when the work is done. */
export async function examine<T>(dataFolder: string, work: (of: Examination) => Promise<T>): Promise<T> {
  const socket = socketTransport(dataFolder)
  const client = createClient({ transport: socket.transport, retryAfterMs: [] })
  try {
    const now = Date.now()
    return await work({
      dataFolder,
      now,
      config: await orError(() => readConfig(dataFolder, {})),
      node: await orError(() => reach(client)),
      store: await orError(() => inspectStore(dataFolder, now)),
    })
  } finally {
    socket.close()
  }
}

async function reach(client: Client): Promise<Exclude<Examination["node"], Error>> {
  try {
    return { client, status: await client.node.status() }
  } catch (error) {
    if (isFailure(error, "node_unavailable")) return null
    throw error
  }
}

async function orError<T>(work: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await work()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
