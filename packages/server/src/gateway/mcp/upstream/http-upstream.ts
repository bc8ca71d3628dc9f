import { Failure } from "@hufu/core/failure"
import type { IncomingHttpHeaders } from "node:http"
import { createRequire } from "node:module"
import type { ConnectionOptions } from "node:tls"
import type * as Undici from "undici"
import type { Dispatcher, Pool } from "undici"
import { reachableLookup, type ReachOptions, refuseAddress } from "./reachable-address.ts"
import type { HttpServer } from "./server-definition.ts"

const require = createRequire(import.meta.url)
/** Its hundred modules are loaded for the first HTTP tool server that is called, because no start needs them. */
const undici = () => require("undici") as typeof Undici // the same exports, whichever way it is loaded

/** Marks what one node sends, so that a request that comes back to it is recognised and refused. */
export const viaHeader = "x-hufu-via"

/** What becomes of one exchange; exactly one of `end` and `error` is called, and nothing after it. */
export interface ExchangeSink {
  /** Right before the first byte leaves; `false` stops it, and `error` follows with `left` false. */
  leave(): boolean
  head(status: number, headers: IncomingHttpHeaders): void
  /** `false` asks for a pause until `resume`. */
  data(chunk: Buffer): boolean
  end(): void
  error(error: Error, left: boolean): void
}

/** One exchange under way. */
export interface Exchange {
  abort(reason: Error): void
  resume(): void
}

export interface HttpSend {
  readonly method: "POST" | "GET" | "DELETE"
  /** Another path at the same origin than the registered one. */
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string | null
  /** 0 for streams that may be silent for as long as they like. */
  readonly timeoutMs: number
}

export interface HttpUpstreamOptions {
  /** Hufu's own origin: no tool server may be there. */
  readonly origin: () => string
  readonly node: string
  readonly connectTimeoutMs?: number
  /** How many at most: whatever is asked beyond waits for one of them. */
  readonly connections?: number
  readonly privateNames?: readonly string[]
  readonly resolve?: ReachOptions["resolve"]
  /** As whom Hufu opens a connection, and whom it expects there. */
  readonly tls?: Pick<ConnectionOptions, "key" | "cert" | "ca" | "checkServerIdentity">
}

/**
 * The connections to one HTTP tool server. Redirects are not followed: where the operator pointed is where it goes.
 * The class owns the pool.
 */
export class HttpUpstream {
  readonly #pool: Pool
  readonly #path: string
  readonly #fixed: Record<string, string>

  constructor(server: HttpServer, options: HttpUpstreamOptions) {
    const url = httpUrl(server)
    if (isSameHost(url, new URL(options.origin()))) {
      throw new Failure(
        "invalid_input",
        `the server \`${server.name}\` points at Hufu itself; give its own address`,
      )
    }
    const reach: ReachOptions = {
      ownPort: () => portOf(new URL(options.origin())),
      ...(options.privateNames ? { privateNames: options.privateNames } : {}),
      ...(options.resolve ? { resolve: options.resolve } : {}),
    }
    refuseAddress(url.hostname, portOf(url), reach)
    this.#path = url.pathname + url.search
    this.#fixed = { ...lowerCase(server.headers), [viaHeader]: options.node }
    const { Pool } = undici()
    this.#pool = new Pool(url.origin, {
      connections: options.connections ?? 256,
      connect: {
        timeout: options.connectTimeoutMs ?? 10_000,
        lookup: reachableLookup(portOf(url), reach),
        ...options.tls,
      },
      maxHeaderSize: 16_384,
    })
  }

  /** Sends one request; registered headers win over what the caller gives. */
  send(request: HttpSend, sink: ExchangeSink): Exchange {
    const handler = new SinkHandler(sink)
    this.#pool.dispatch(
      {
        path: request.path ?? this.#path,
        method: request.method,
        headers: { ...request.headers, ...this.#fixed },
        body: request.body,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
      },
      handler,
    )
    return handler
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

/** Adapts undici's callbacks; a class because one is made per request on the hot path. */
class SinkHandler implements Dispatcher.DispatchHandler, Exchange {
  readonly #sink: ExchangeSink
  #controller: Dispatcher.DispatchController | undefined
  #stopped: Error | undefined
  #left = false
  #over = false

  constructor(sink: ExchangeSink) {
    this.#sink = sink
  }

  abort(reason: Error): void {
    this.#stopped ??= reason
    this.#controller?.abort(reason)
    // Still queued for a connection: report now, and refuse to start later.
    if (this.#controller === undefined) this.#fail(reason)
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#stopped !== undefined) return controller.abort(this.#stopped)
    if (this.#left) return controller.abort(new Error("not repeated")) // INVARIANT: one permit, one departure
    if (!this.#sink.leave())
      return controller.abort(new Failure("stopped", "the action was stopped before it left"))
    this.#left = true
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200) this.#sink.head(status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over && !this.#sink.data(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#over = true
    this.#sink.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(this.#stopped ?? error)
  }

  #fail(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#sink.error(error, this.#left)
  }
}

function httpUrl(server: HttpServer): URL {
  const url = URL.parse(server.url)
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Failure("invalid_input", `the server \`${server.name}\` has no http or https address`)
  }
  return url
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Whether two URLs name the same port of the same machine, as far as names tell; `viaHeader` catches the rest. */
export function isSameHost(one: URL, other: URL): boolean {
  if (portOf(one) !== portOf(other)) return false
  return one.hostname === other.hostname || (isLoopback(one.hostname) && isLoopback(other.hostname))
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)
}

function isLoopback(host: string): boolean {
  return /^(?:localhost\.?|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f.*\])$/.test(host)
}
