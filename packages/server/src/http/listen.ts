import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from "node:net"
import { getRequestListener } from "@hono/node-server"
import { Failure } from "@hufu/core/failure"
import type { Hono } from "hono"
import type { Bindings } from "./app.ts"

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
        parts.app.fetch(request, { transport, address: incoming.socket.remoteAddress }),
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
  const { bound, twin } = await listenWithTwin(server, host, port)
  const shown = host.includes(":") ? `[${host}]` : host
  return {
    url: `http://${shown}:${bound}`,
    port: bound,
    serve(socket) {
      local.add(socket)
      server.emit("connection", socket)
    },
    close: () =>
      new Promise((resolve) => {
        twin?.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** How often a free port is sought that is free on both loopback addresses. */
const attempts = 20

/**
 * INVARIANT: `localhost` is this node and nobody else. A browser tries ::1 first, so a program that listened there on the same port
 * would be handed sign-in links and the answers of passkeys, whose origin would be right. So the node takes both addresses, or none.
 */
async function listenWithTwin(
  server: Server,
  host: string,
  port: number,
): Promise<{ bound: number; twin: TcpServer | undefined }> {
  for (let attempt = 1; ; attempt++) {
    const bound = await listening(server, host, port)
    if (host !== "127.0.0.1" && host !== "0.0.0.0") return { bound, twin: undefined }
    const twin = createTcpServer({ noDelay: true }, (socket) => void server.emit("connection", socket))
    try {
      twin.maxConnections = server.maxConnections
      await listening(twin, "::1", bound)
      return { bound, twin }
    } catch (error) {
      // Without IPv6 nobody else can listen there either.
      if (isWithoutAddress(error)) return { bound, twin: undefined }
      await new Promise((resolve) => server.close(resolve))
      if (port !== 0 || attempt >= attempts) throw error
    }
  }
}

function isWithoutAddress(error: unknown): boolean {
  // `refusal` keeps what the system said.
  const code = error instanceof Failure ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT"
}

function listening(server: Server | TcpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(refusal(error, host, port)))
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : port)
    })
  })
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): Failure {
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
