import { Failure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { IncomingHttpHeaders } from "node:http"
import type { HttpReply } from "./http-reply.ts"
import { readMessage } from "./rpc.ts"
import type { Message } from "./rpc.ts"
import { createSseSplitter, replaceData } from "./sse.ts"
import type { SseEvent } from "./sse.ts"
import { maxReplyBytes } from "./upstream/http-call.ts"
import type { Exchange, ExchangeSink } from "./upstream/http-upstream.ts"

/** What a relayed reply is looked through for. */
export interface RelayListener {
  leave(): boolean
  /**
   * Each message of the reply, in order. Returns what goes to the client in its place: the same object lets the
   * original text pass, `null` nothing.
   */
  message(message: Message): object | null | Promise<object | null>
  /** The reply is over; `left` is false when the request never left. Called once. */
  over(end: RelayEnd): void
}

export interface RelayEnd {
  readonly error: Error | null
  readonly left: boolean
  /** 0 when no head came. */
  readonly status: number
  /** Whether events carried ids: the rest of such a stream can be fetched later. */
  readonly resumable: boolean
  /** Whether the reply was refused here and nothing of it has reached the client. */
  readonly blocked: boolean
}

type Kind = "json" | "events" | "text" | "blocked"

/** Passes one reply of a tool server on to the client as it comes, message by message. A class because the hot path makes one per request. */
export class RawRelay implements ExchangeSink {
  exchange: Exchange | undefined
  readonly #reply: HttpReply
  readonly #listener: RelayListener
  /** Only for a reply that is a stream. */
  #splitter: ReturnType<typeof createSseSplitter> | undefined
  readonly #queue: SseEvent[] = []
  #kind: Kind = "text"
  #status = 0
  #chunks: Buffer[] = []
  #size = 0
  #resumable = false
  #busy = false
  #ended = false
  #over = false

  constructor(reply: HttpReply, listener: RelayListener) {
    this.#reply = reply
    this.#listener = listener
  }

  leave(): boolean {
    return this.#listener.leave()
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#kind = kindOf(status, headers)
    if (this.#kind !== "events") return
    this.#splitter = createSseSplitter(maxReplyBytes)
    this.#reply.openStream()
    // A server that has nothing to say yet must not keep its client waiting for the stream itself.
    this.#reply.res.flushHeaders()
  }

  data(chunk: Buffer): boolean {
    if (this.#splitter !== undefined) {
      this.#queue.push(...this.#splitter.push(chunk))
      this.#pump()
      return this.#queue.length === 0 && !this.#reply.res.writableNeedDrain ? true : this.#later()
    }
    this.#size += chunk.length
    if (this.#size > maxReplyBytes)
      throw new Failure("too_large", "the reply of the tool server is too large")
    if (this.#kind !== "blocked") this.#chunks.push(chunk)
    return true
  }

  end(): void {
    this.#ended = true
    if (this.#kind === "events") return this.#pump()
    const [first] = this.#chunks
    const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks)
    const text = bytes.toString("utf8")
    if (this.#kind !== "json") return this.#plain(text)
    const message = readMessage(parsed(text))
    if (message === undefined) return this.#plain(text)
    const shown = this.#listener.message(message)
    if (shown instanceof Promise)
      void shown.then(
        (one) => this.#json(message, one, text),
        (error) => this.error(error, true),
      )
    else this.#json(message, shown, text)
  }

  error(error: Error, left: boolean): void {
    this.#finish(error, left)
  }

  #json(message: Message, shown: object | null, text: string): void {
    if (shown === null) this.#reply.end(this.#status)
    else this.#reply.text(shown === message.message ? text : JSON.stringify(shown), this.#status)
    this.#finish(null, true)
  }

  #plain(text: string): void {
    if (this.#kind !== "blocked" && this.#reply.open && !this.#reply.streaming && text !== "") {
      this.#reply.res.writeHead(this.#status, {
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
      })
      this.#reply.res.end(text)
      this.#reply.taken()
    } else if (this.#kind !== "blocked" && text === "") {
      this.#reply.end(this.#status)
    }
    this.#finish(null, true)
  }

  /** Handles the events in order; one that has to wait for the pipeline holds up those behind it. */
  #pump(): void {
    while (!this.#busy && !this.#over) {
      const event = this.#queue.shift()
      if (event === undefined) break
      const text = this.#textOf(event)
      if (text instanceof Promise) {
        this.#busy = true
        void text.then(
          (one) => this.#goOn(one),
          (error) => this.#broken(error),
        )
      } else if (text !== "") {
        this.#reply.event(text)
      }
    }
    if (this.#ended && !this.#busy && this.#queue.length === 0) this.#finish(null, true)
  }

  #goOn(text: string): void {
    this.#busy = false
    if (text !== "") this.#reply.event(text)
    this.#pump()
    if (!this.#busy) this.exchange?.resume()
  }

  #broken(error: Error): void {
    this.#busy = false
    this.exchange?.abort(error)
    this.error(error, true)
  }

  #textOf(event: SseEvent): string | Promise<string> {
    if (event.id !== undefined && event.id !== "") this.#resumable = true
    if (event.data === undefined) return event.raw
    const message = readMessage(parsed(event.data))
    if (message === undefined) return "" // UNTRUSTED: what is no message is not passed on.
    const shown = this.#listener.message(message)
    const write = (one: object | null) =>
      one === null ? "" : one === message.message ? event.raw : replaceData(event, one)
    return shown instanceof Promise ? shown.then(write) : write(shown)
  }

  #later(): false {
    if (!this.#busy) this.#reply.res.once("drain", () => this.exchange?.resume())
    return false
  }

  #finish(error: Error | null, left: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#listener.over({
      error,
      left,
      status: this.#status,
      resumable: this.#resumable,
      blocked: this.#kind === "blocked",
    })
  }
}

/** UNTRUSTED: a redirect, or a demand for a credential, is between the operator and the tool server. */
function kindOf(status: number, headers: IncomingHttpHeaders): Kind {
  if (status === 401 || status === 407 || (status >= 300 && status < 400)) return "blocked"
  if (status === 403 && headers["www-authenticate"] !== undefined) return "blocked"
  const type = headers["content-type"] ?? ""
  if (status === 200 && type.startsWith("text/event-stream")) return "events"
  return type.startsWith("application/json") ? "json" : "text"
}

function parsed(text: string): JsonValue {
  try {
    // JSON.parse is typed `any`; what it returns is a JsonValue by definition.
    return JSON.parse(text) as JsonValue
  } catch {
    return null
  }
}
