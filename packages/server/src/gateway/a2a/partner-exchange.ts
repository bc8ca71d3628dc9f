import { Failure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { isUtf8 } from "node:buffer"
import { createSseSplitter } from "../mcp/sse.ts"
import type { Exchange, HttpSend, HttpUpstream } from "../mcp/upstream/http-upstream.ts"

/** The most that one answer, or one event of a stream, may hold. */
export const maxAnswerBytes = 16 * 1024 * 1024
/** What is read ahead of whoever takes it, before the partner is made to wait. */
const readAhead = 1024 * 1024

export interface PartnerRequest extends HttpSend {
  readonly signal: AbortSignal
  leave(): boolean
}

/** The answer of a partner, as far as its head has come. UNTRUSTED. */
export interface PartnerAnswer {
  readonly status: number
  readonly streams: boolean
  /** The whole body as JSON; undefined where there is none. Throws Failure("invalid_input") for what is not JSON. */
  json(): Promise<JsonValue | undefined>
  /** The data of each event, as it comes; throws Failure("upstream_lost") where the stream breaks off. */
  events(): AsyncIterable<JsonValue>
  /** Nobody reads on. */
  abandon(): void
}

/**
 * Makes one HTTP exchange with a partner; resolves when the head of its answer is there. Throws Failure("upstream_unavailable") when nothing
 * left, Failure("upstream_lost") when something may have.
 */
export function exchangeWithPartner(upstream: HttpUpstream, request: PartnerRequest): Promise<PartnerAnswer> {
  return new Promise((resolve, reject) => {
    request.signal.throwIfAborted()
    const body = createBody()
    const abort = () => exchange.abort(asError(request.signal.reason))
    let answered = false
    const exchange: Exchange = upstream.send(request, {
      leave: () => request.leave(),
      head(status, headers) {
        answered = true
        const streams = String(headers["content-type"]).startsWith("text/event-stream")
        resolve({
          status,
          streams,
          json: async () => readJson(await body.whole(() => exchange.resume())),
          events: () => readEvents(body.chunks(() => exchange.resume())),
          abandon: () => exchange.abort(new Error("nobody reads on")),
        })
      },
      data: (chunk) => body.push(chunk),
      end() {
        request.signal.removeEventListener("abort", abort)
        body.end(undefined)
      },
      error(error, left) {
        request.signal.removeEventListener("abort", abort)
        const failure = failureOf(error, left, request.signal)
        body.end(failure)
        if (!answered) reject(failure)
      },
    })
    request.signal.addEventListener("abort", abort, { once: true })
  })
}

function createBody() {
  const waiting: Buffer[] = []
  let held = 0
  let over = false
  let failure: Error | undefined
  let wake = () => {}

  async function* chunks(resume: () => void): AsyncIterable<Buffer> {
    for (;;) {
      const chunk = waiting.shift()
      if (chunk !== undefined) {
        held -= chunk.length
        if (held < readAhead) resume()
        yield chunk
        continue
      }
      if (failure !== undefined) throw failure
      if (over) return
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  return {
    chunks,
    /** `false` asks for a pause. */
    push(chunk: Buffer): boolean {
      waiting.push(chunk)
      held += chunk.length
      wake()
      return held < readAhead
    },
    end(error: Error | undefined): void {
      over = true
      failure = error
      wake()
    },
    async whole(resume: () => void): Promise<Buffer> {
      const all: Buffer[] = []
      let size = 0
      for await (const chunk of chunks(resume)) {
        size += chunk.length
        if (size > maxAnswerBytes) throw new Failure("too_large", "the answer of the partner is too large")
        all.push(chunk)
      }
      return Buffer.concat(all)
    },
  }
}

async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncIterable<JsonValue> {
  const splitter = createSseSplitter(maxAnswerBytes)
  for await (const chunk of chunks)
    for (const { data } of splitter.push(chunk)) if (data !== undefined) yield parse(data)
}

function readJson(bytes: Buffer): JsonValue | undefined {
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw new Failure("invalid_input", "the partner's answer is not UTF-8")
  return parse(bytes.toString("utf8"))
}

function parse(text: string): JsonValue {
  try {
    return parseStrict(text)
  } catch (cause) {
    throw new Failure("invalid_input", "the partner's answer is not JSON that reads the same everywhere", {
      cause,
    })
  }
}

function failureOf(error: Error, left: boolean, signal: AbortSignal): Error {
  if (signal.aborted) return asError(signal.reason)
  if (error instanceof Failure) return error
  return left
    ? new Failure(
        "upstream_lost",
        "the partner was lost during the exchange: look at what it did before you ask again",
        {
          cause: error,
        },
      )
    : new Failure("upstream_unavailable", "the partner cannot be reached: try again later", { cause: error })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
