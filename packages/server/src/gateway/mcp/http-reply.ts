import type { ServerResponse } from "node:http"
import { errorOf, rpcCodes } from "./rpc.ts"
import { writeEvent } from "./sse.ts"
import type { ClientPort } from "./client-port.ts"
import type { Era, RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** Statuses that the modern era puts on errors of the protocol itself. */
const modernStatus: Readonly<Record<number, number>> = {
  [rpcCodes.parse]: 400,
  [rpcCodes.invalidRequest]: 400,
  [rpcCodes.methodNotFound]: 404,
  [rpcCodes.headerMismatch]: 400,
  [rpcCodes.missingCapability]: 400,
  [rpcCodes.unsupportedVersion]: 400,
}

/** The reply to one POST: a JSON object, or a stream of events once something has to be said before the response. */
export class HttpReply implements ClientPort {
  readonly res: ServerResponse
  readonly #era: Era
  readonly #streams: boolean
  readonly #asker: ((request: RpcRequest, reply: HttpReply) => Promise<RpcResponse>) | null
  #over = false

  /** @param asker how this client answers requests that are written to it; `null` when it cannot */
  constructor(
    res: ServerResponse,
    era: Era,
    accept: string | undefined,
    asker: ((request: RpcRequest, reply: HttpReply) => Promise<RpcResponse>) | null,
  ) {
    this.res = res
    this.#era = era
    this.#streams = accept === undefined || /text\/event-stream|\*\/\*/.test(accept)
    this.#asker = asker
  }

  /** Whether the response is still owed. */
  get open(): boolean {
    return !this.#over && !this.res.destroyed
  }

  get streaming(): boolean {
    return this.res.headersSent && !this.#over
  }

  notify(message: RpcNotification): void {
    if (this.#streams && this.open) this.event(writeEvent(message))
  }

  get ask() {
    const asker = this.#asker
    if (asker === null || !this.#streams) return null
    return (request: RpcRequest) => asker(request, this)
  }

  /** Writes one event's text, opening the stream if it is the first; `false` asks for a pause. */
  event(text: string): boolean {
    if (!this.open) return true
    this.openStream()
    return this.res.write(text)
  }

  openStream(): void {
    if (this.res.headersSent) return
    this.res.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    })
  }

  /** Writes the response and ends the reply; later ones are dropped. */
  respond(response: RpcResponse, status?: number): void {
    this.text(JSON.stringify(response), status ?? this.#statusOf(response))
  }

  /** The same for a response that is text already. */
  text(json: string, status: number): void {
    if (!this.open) return
    this.#over = true
    if (this.res.headersSent) {
      // A line break can only stand between tokens, where it means nothing; in an event it would end the line.
      this.res.end(`event: message\ndata: ${json.replaceAll(/[\r\n]+/g, " ")}\n\n`)
      return
    }
    this.res.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(json),
    })
    this.res.end(json)
  }

  /** Ends the reply without a response. */
  end(status = 202): void {
    if (!this.open) return
    this.#over = true
    if (!this.res.headersSent) this.res.writeHead(status, { "content-length": 0 })
    this.res.end()
  }

  /** Marks that somebody else has written the whole reply. */
  taken(): void {
    this.#over = true
  }

  #statusOf(response: RpcResponse): number {
    const code = errorOf(response)?.["code"]
    return this.#era === "modern" && typeof code === "number" ? (modernStatus[code] ?? 200) : 200
  }
}
