import { once } from "node:events"
import type { ServerResponse } from "node:http"
import type { JsonValue } from "@hufu/core/json/json-value"

/** Answers with one JSON text. */
export function answerJson(
  res: ServerResponse,
  status: number,
  value: JsonValue,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  if (res.destroyed || res.writableEnded) return
  const body = JSON.stringify(value)
  res.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  })
  res.end(body)
}

/**
 * Answers with a stream of events. What fails before its first event fails the request; later, the last event says it. A client that reads
 * slowly is waited for.
 */
export async function answerStream(
  res: ServerResponse,
  events: AsyncIterable<JsonValue>,
  asError: (error: unknown) => JsonValue,
  signal: AbortSignal,
): Promise<void> {
  const iterator = events[Symbol.asyncIterator]()
  let next = await iterator.next()
  if (res.destroyed) return void (await iterator.return?.())
  res.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  })
  try {
    while (next.done !== true && !signal.aborted) {
      // JSON has no line break outside strings, and writes those within as an escape.
      if (!res.write(`data: ${JSON.stringify(next.value)}\n\n`)) await once(res, "drain", { signal })
      next = await iterator.next()
    }
  } catch (error) {
    if (!signal.aborted) res.write(`data: ${JSON.stringify(asError(error))}\n\n`)
  } finally {
    await iterator.return?.()
    res.end()
  }
}
