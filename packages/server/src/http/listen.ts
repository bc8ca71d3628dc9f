import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { getRequestListener } from "@hono/node-server"
import { Failure } from "@hufu/core/failure"
import { canonicalAddress } from "@hufu/core/identity/ip-address"
import type { Hono } from "hono"
import type { Bindings } from "./app.ts"
import { hostInUrl, listenDual } from "./listen-dual.ts"

export interface HttpParts {
  readonly app: Hono<{ Bindings: Bindings }>
  /** Everything under `/mcp`. */
  readonly mcp: (request: IncomingMessage, response: ServerResponse) => void
  /** Others that answer under paths of their own on node:http itself: where agents are heard, and the authorisation server. */
  readonly doors?: readonly HttpDoor[]
}

export interface HttpDoor {
  takes(path: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

export interface HttpServer {
  readonly url: string
  readonly port: number
  /** Speaks HTTP on a connection that came over the local socket. */
  serve(socket: Socket): void
  close(): Promise<void>
}

const maxHeaderBytes = 32 * 1024

/** One listener: the data plane under `/mcp` on node:http itself, everything else through the control plane. */
export async function listenHttp(
  parts: HttpParts,
  { host, port }: { host: string; port: number },
): Promise<HttpServer> {
  const local = new WeakSet<Socket>()
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    requestTimeout: 60_000,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 5000,
    keepAliveTimeout: 60_000,
    noDelay: true,
  })
  server.maxConnections = 20_000
  const listenerOf = (transport: Bindings["transport"]) =>
    getRequestListener(
      (request, { incoming }) =>
        parts.app.fetch(request, {
          transport,
          address: addressOf(incoming.socket.remoteAddress),
          // HTTP/1.1 is all that is listened to.
          ...(transport === "http" ? { incoming: incoming as IncomingMessage } : {}),
        }),
      { overrideGlobalObjects: false },
    )
  const overHttp = listenerOf("http")
  const overSocket = listenerOf("socket")
  server.on("request", (request, response) => {
    // RFC 9112 §3.2: with two Host lines, one server would judge the first and another the last.
    if (request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length > 1)
      return void response.writeHead(400, { connection: "close" }).end()
    const path = request.url ?? "/"
    const isLocal = local.has(request.socket)
    if (!isLocal && (path === "/mcp" || path.startsWith("/mcp/") || path.startsWith("/mcp?")))
      return parts.mcp(request, response)
    const door = isLocal ? undefined : parts.doors?.find((each) => each.takes(path.split("?", 1)[0] ?? ""))
    if (door !== undefined) return door.handle(request, response)
    void (isLocal ? overSocket : overHttp)(request, response)
    return undefined
  })
  const bound = await listenDual(server, { host, port }, refusal)
  return {
    url: `http://${hostInUrl(bound.host)}:${bound.port}`,
    port: bound.port,
    serve(socket) {
      local.add(socket)
      server.emit("connection", socket)
    },
    close: () =>
      new Promise((resolve) => {
        bound.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** One address has one spelling, whichever family the listener is of. */
function addressOf(remote: string | undefined): string | undefined {
  return remote === undefined ? undefined : canonicalAddress(remote)
}

function refusal(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Failure {
  if (error.code === "EADDRINUSE")
    return new Failure(
      "port_in_use",
      `port ${port} is in use by something else: choose another with --port, or --port 0 for a free one`,
      { cause: error },
    )
  return new Failure(
    "port_in_use",
    `cannot listen on \`${host}\` port ${port}: choose an address of this machine and a port that is free to you`,
    { cause: error },
  )
}
