import type { NodeEvent } from "@hufu/core/contract/node-event"
import { isFailure } from "@hufu/core/failure"
import type { z } from "zod"
import type { Follower } from "./client-of.ts"
import type { Operations } from "./operations.ts"
import { readEventStream, type ServerSent } from "./read-event-stream.ts"

export interface EventsOptions {
  /** The id of the last event that was seen; without it, what happens from now on. */
  readonly from?: string | undefined
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal
  /** Told when a connection is up (`live`), and when it was lost and is tried again (`reconnecting`). */
  readonly onState?: (state: "live" | "reconnecting") => void
  /** After how long the first attempt to connect again is made; each next one waits twice as long. */
  readonly retryMs?: number
  /** How long it waits between two attempts at most: half a minute, or less where somebody looks on. */
  readonly longestRetryMs?: number
  /** After how long without a sign of life a connection counts as lost: the node gives one every fifteen seconds. */
  readonly silenceMs?: number
}

/** One event, with the id from which to go on. */
export interface Followed {
  readonly id: string | undefined
  readonly event: NodeEvent
}

/** Follows over what is known of the operations. */
export async function* eventsOf(
  { routes, outputOf }: Operations,
  client: Follower,
  options: EventsOptions = {},
): AsyncGenerator<Followed> {
  const {
    signal = new AbortController().signal,
    onState,
    retryMs = 500,
    longestRetryMs = 30_000,
    silenceMs = 45_000,
  } = options
  let { from } = options
  let wait = retryMs
  while (!signal.aborted) {
    const connection = new AbortController()
    const end = () => connection.abort()
    signal.addEventListener("abort", end, { once: true })
    try {
      const chunks = await client.follow(pathFrom(routes["event.follow"].path, from), connection.signal)
      const schema = await outputOf("event.follow")
      for await (const message of readEventStream(lively(chunks, silenceMs, end))) {
        const event = readEvent(schema, message)
        if (!event) continue
        onState?.("live")
        wait = retryMs
        from = message.id ?? from
        yield { id: from, event }
      }
    } catch (error) {
      if (signal.aborted) return
      if (!mends(error)) throw error
    } finally {
      signal.removeEventListener("abort", end)
      connection.abort()
    }
    if (signal.aborted) return
    onState?.("reconnecting")
    await pause(wait, signal)
    wait = Math.min(wait * 2, longestRetryMs)
  }
}

function pathFrom(path: string, from: string | undefined): string {
  return from === undefined ? path : `${path}?from=${encodeURIComponent(from)}`
}

/** UNTRUSTED: an event that this version does not know is passed over. */
function readEvent(schema: z.ZodType, { data }: ServerSent): NodeEvent | undefined {
  try {
    // The contract's schema of what is followed.
    return schema.safeParse(JSON.parse(data)).data as NodeEvent | undefined
  } catch {
    return undefined
  }
}

/** Whether waiting may help: a lost connection and a busy node, not a refusal. */
function mends(error: unknown): boolean {
  if (!isFailure(error)) return true
  return error.status >= 500
}

/** Calls `lost` when nothing comes for too long, so that a connection that died without a word ends. */
async function* lively(chunks: AsyncIterable<Uint8Array>, ms: number, lost: () => void) {
  let timer = setTimeout(lost, ms)
  try {
    for await (const chunk of chunks) {
      clearTimeout(timer)
      timer = setTimeout(lost, ms)
      yield chunk
    }
  } finally {
    clearTimeout(timer)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", done, { once: true })
  })
}
