import { Failure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { IncomingHttpHeaders } from "node:http"
import { readMessage } from "../rpc.ts"
import type { Message } from "../rpc.ts"
import { createSseSplitter } from "../sse.ts"
import type { HttpSend, HttpUpstream } from "./http-upstream.ts"

/** The most that one reply or one event may hold. */
export const maxReplyBytes = 16 * 1024 * 1024

export interface HttpCall extends HttpSend {
  readonly signal: AbortSignal
  leave(): boolean
  /** Each JSON-RPC message of the reply, in order, as it comes. UNTRUSTED. */
  message(message: Message, eventId: string | undefined): void
}

/** How a reply ended; its messages have been given to `message`. */
export interface HttpEnd {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The last event id of a stream, to resume after it. */
  readonly lastEventId: string | undefined
  readonly streamed: boolean
}

/** Makes one HTTP exchange and hands over its messages; resolves when the reply has ended. */
export function httpCall(upstream: HttpUpstream, call: HttpCall): Promise<HttpEnd> {
  return new Promise((resolve, reject) => {
    call.signal.throwIfAborted()
    let status = 0
    let headers: IncomingHttpHeaders = {}
    let streamed = false
    let lastEventId: string | undefined
    const chunks: Buffer[] = []
    let size = 0
    const splitter = createSseSplitter(maxReplyBytes)
    const abort = () => exchange.abort(asError(call.signal.reason))
    const finish = () => call.signal.removeEventListener("abort", abort)

    const exchange = upstream.send(call, {
      leave: () => call.leave(),
      head(replyStatus, replyHeaders) {
        status = replyStatus
        headers = replyHeaders
        streamed = String(replyHeaders["content-type"]).startsWith("text/event-stream")
      },
      data(chunk) {
        if (!streamed) {
          size += chunk.length
          if (size > maxReplyBytes)
            throw new Failure("too_large", "the reply of the tool server is too large")
          chunks.push(chunk)
          return true
        }
        for (const event of splitter.push(chunk)) {
          lastEventId = event.id ?? lastEventId
          deliver(event.data, event.id)
        }
        return true
      },
      end() {
        finish()
        if (!streamed && size > 0) deliver(Buffer.concat(chunks).toString("utf8"), undefined)
        resolve({ status, headers, lastEventId, streamed })
      },
      error(error, left) {
        finish()
        if (call.signal.aborted) return reject(call.signal.reason)
        if (error instanceof Failure) return reject(error)
        reject(asFailure(error, left))
      },
    })
    call.signal.addEventListener("abort", abort, { once: true })

    function deliver(text: string | undefined, eventId: string | undefined): void {
      const message = text === undefined ? undefined : readMessage(parsed(text))
      if (message !== undefined) call.message(message, eventId)
    }
  })
}

/** UNTRUSTED: what is not JSON is no message, and is left out. */
function parsed(text: string): JsonValue {
  try {
    // JSON.parse is typed `any`; what it returns is a JsonValue by definition.
    return JSON.parse(text) as JsonValue
  } catch {
    return null
  }
}

/** Says in Hufu's words why an exchange failed. */
export function asFailure(cause: Error, left: boolean): Failure {
  return left
    ? new Failure("upstream_lost", "the tool server was lost during the call; check what it did", { cause })
    : new Failure("upstream_unavailable", "the tool server cannot be reached; try again later", { cause })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
