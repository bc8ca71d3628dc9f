import type { Duplex } from "node:stream"
import { setTimeout as delay } from "node:timers/promises"
import { Failure, isFailure } from "@hufu/core/failure"
import { connectLocal } from "@hufu/server/local/connect"
import { version } from "@hufu/server/version"
import { nodeStarted, startNode, whyNotStarted } from "./start-node.ts"

const startWithinMs = 20_000
const firstPauseMs = 30
const longestPauseMs = 300

/** A proven stream to the node of a data folder, which is started if it may be and none is there. */
export async function reachNode(
  dataFolder: string,
  details: Record<string, unknown>,
  { mayStart }: { mayStart: boolean },
): Promise<Duplex> {
  try {
    return await connectGuard(dataFolder, details)
  } catch (error) {
    if (!mayStart || !isFailure(error, "node_unavailable")) throw error
  }
  return waitFor(dataFolder, details, startNode(dataFolder, "guard"))
}

/** Says which Hufu the guard is. A node from before that was asked refuses what it does not know: it is told the rest alone. */
async function connectGuard(dataFolder: string, details: Record<string, unknown>): Promise<Duplex> {
  try {
    return await connectLocal(dataFolder, "guard", { ...details, version })
  } catch (error) {
    if (!isFailure(error) || error.extra["reason"] !== "invalid_input") throw error
    return connectLocal(dataFolder, "guard", details)
  }
}

async function waitFor(
  dataFolder: string,
  details: Record<string, unknown>,
  hasEnded: () => boolean,
): Promise<Duplex> {
  const until = performance.now() + startWithinMs
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    await delay(pause)
    try {
      const stream = await connectGuard(dataFolder, details)
      nodeStarted(dataFolder)
      return stream
    } catch (error) {
      if (!isFailure(error, "node_unavailable")) throw error
      // One that finds the folder in use lost a race: the node that won it answers soon.
      const gaveUp = hasEnded() && !whyNotStarted(dataFolder)?.includes("[data_folder_in_use]")
      if (gaveUp || performance.now() > until) throw notStarted(dataFolder, error)
    }
  }
}

function notStarted(dataFolder: string, cause: unknown): Failure {
  const why = whyNotStarted(dataFolder)
  return new Failure(
    "node_unavailable",
    why === undefined
      ? "the Hufu node does not start: run `hufu serve` in a terminal to see why"
      : `the Hufu node does not start: ${why}`,
    { cause },
  )
}
