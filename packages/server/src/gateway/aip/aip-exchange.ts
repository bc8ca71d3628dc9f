import { Failure } from "@hufu/core/failure"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { maxReplyBytes } from "../mcp/upstream/http-call.ts"
import type { Exchange, HttpUpstream } from "../mcp/upstream/http-upstream.ts"
import { createSseSplitter } from "../mcp/sse.ts"

export interface AipExchange {
  readonly upstream: HttpUpstream
  readonly path: string
  readonly body: JsonObject
  /** How long the partner may be silent. */
  readonly silentMs: number
  readonly signal: AbortSignal
  /** Right before the first byte leaves; `false` sends nothing. */
  leave(): boolean
}

/** So many messages wait for whoever reads them; then the partner waits. */
const maxWaiting = 32

/**
 * Posts one request and gives each JSON message of the reply as it comes: one, or those of a stream. Nothing is given where it was not
 * allowed to leave. Whoever stops reading ends the exchange.
 */
export async function* exchangeAip(of: AipExchange): AsyncGenerator<JsonValue> {
  const { upstream, path, body, silentMs, signal } = of
  signal.throwIfAborted()
  const waiting: JsonValue[] = []
  let ended = false
  let refused = false
  let fault: unknown
  let wake = () => {}
  const reply = replyReader((value) => void waiting.push(value))
  const under: Exchange = upstream.send(
    {
      method: "POST",
      path,
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify(body),
      timeoutMs: silentMs,
    },
    {
      leave() {
        refused = !of.leave()
        return !refused
      },
      head: (status, headers) => reply.head(status, String(headers["content-type"])),
      data(chunk) {
        reply.data(chunk)
        wake()
        return waiting.length < maxWaiting
      },
      end() {
        ended = true
        try {
          reply.end()
        } catch (error) {
          fault = error
        }
        wake()
      },
      error(error, left) {
        ended = true
        fault = signal.aborted ? signal.reason : error instanceof Failure ? error : lost(error, left)
        wake()
      },
    },
  )
  const abort = () => under.abort(asError(signal.reason))
  signal.addEventListener("abort", abort, { once: true })
  try {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) {
        if (waiting.length === maxWaiting - 1) under.resume()
        yield next
      } else if (refused) return
      else if (fault !== undefined) throw asError(fault)
      else if (ended) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal.removeEventListener("abort", abort)
    if (!ended) under.abort(new Error("nobody reads on"))
  }
}

function replyReader(give: (value: JsonValue) => void) {
  const splitter = createSseSplitter(maxReplyBytes)
  const chunks: Buffer[] = []
  let size = 0
  let streamed = false
  let status = 0
  return {
    head(of: number, type: string) {
      status = of
      streamed = type.startsWith("text/event-stream")
    },
    data(chunk: Buffer) {
      if (streamed) {
        for (const { data } of splitter.push(chunk)) if (data !== undefined) give(parsed(data))
        return
      }
      size += chunk.length
      if (size > maxReplyBytes) throw new Failure("too_large", "the reply of the partner is too large")
      chunks.push(chunk)
    },
    end() {
      if (streamed) return
      const text = Buffer.concat(chunks).toString("utf8")
      // An error of JSON-RPC tells more than the status that it came with.
      if (status >= 400 && !text.trimStart().startsWith("{")) throw answeredWith(status)
      const value = parsed(text)
      if (status >= 400 && !/"error"/.test(text)) throw answeredWith(status)
      give(value)
    },
  }
}

function parsed(text: string): JsonValue {
  try {
    return parseStrict(text)
  } catch (cause) {
    throw new Failure("invalid_input", "the partner's answer is not JSON", { cause })
  }
}

function answeredWith(status: number): Failure {
  if (status === 401 || status === 403)
    return new Failure("forbidden", `the partner does not accept who asks: it answered with HTTP ${status}`)
  if (status === 404 || status === 405 || status === 501)
    return new Failure("invalid_input", `the partner has nothing there: it answered with HTTP ${status}`, {
      extra: { absent: true },
    })
  return new Failure("upstream_lost", `the partner answered with HTTP ${status}; check what it did`)
}

function lost(cause: Error, left: boolean): Failure {
  return left
    ? new Failure("upstream_lost", "the partner was lost during the exchange; check what it did", { cause })
    : new Failure("upstream_unavailable", "the partner cannot be reached; try again later", { cause })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
