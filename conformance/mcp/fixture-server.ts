import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { errorMessage, invalidRequest, parseMessage, RpcError } from "./fixture/json-rpc.ts"
import { LegacyEra } from "./fixture/legacy-era.ts"
import { isLocalRequest } from "./fixture/local-origin.ts"
import { isModern, serveModern, type Exchange } from "./fixture/modern-era.ts"
import { createWorld, type World } from "./fixture/world.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

const maxBodyBytes = 4 * 1024 * 1024

export type Fixture = { readonly url: string; readonly close: () => Promise<void> }

/** Starts the MCP fixture: 2026-07-28 and 2025-11-25 on one endpoint, loopback only. */
export async function startFixture(port = 0): Promise<Fixture> {
  const world = createWorld()
  const legacy = new LegacyEra(world)
  const server = createServer((request, response) => {
    void answer({ request, response }, world, legacy)
  })
  const bound = await listen(server, port)
  return {
    url: `http://${loopbackInUrl}:${bound}/mcp`,
    close() {
      legacy.close()
      world.tasks.close()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, loopback, () => {
      const address = server.address()
      resolve(typeof address === "object" && address ? address.port : port)
    })
  })
}

async function answer(exchange: Exchange, world: World, legacy: LegacyEra): Promise<void> {
  try {
    await route(exchange, world, legacy)
  } catch (error) {
    refuse(exchange.response, error)
  }
}

async function route(exchange: Exchange, world: World, legacy: LegacyEra): Promise<void> {
  const { request } = exchange
  if (!isLocalRequest(request.headers)) throw refusal(403, "Host and Origin have to be local")
  if (request.url !== "/mcp") throw refusal(404, "the endpoint is /mcp")
  if (request.method === "POST") {
    checkMediaTypes(request)
    const message = parseMessage(await readBody(request))
    if (isModern(request.headers, message)) await serveModern(exchange, message, world)
    else await legacy.post(exchange, message)
    return
  }
  // without a session there is no stream to open and nothing to delete: the modern era has only POST
  const hasSession = request.headers["mcp-session-id"] !== undefined
  if (request.method === "GET" && hasSession) legacy.get(exchange)
  else if (request.method === "DELETE" && hasSession) legacy.delete(exchange)
  else throw refusal(405, "use POST, or name a session")
}

function checkMediaTypes({ headers }: IncomingMessage): void {
  if (!headers["content-type"]?.startsWith("application/json")) {
    throw refusal(415, "the body has to be application/json")
  }
  const accept = headers.accept ?? ""
  const takesBoth = accept.includes("application/json") && accept.includes("text/event-stream")
  if (!takesBoth && !accept.includes("*/*")) {
    throw refusal(406, "accept both application/json and text/event-stream")
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > maxBodyBytes) throw refusal(413, "the body is larger than 4 MiB")
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString("utf8")
}

function refusal(httpStatus: number, message: string): RpcError {
  return new RpcError(invalidRequest, message, { httpStatus })
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = error instanceof RpcError ? error.httpStatus : 500
  const headers = { "content-type": "application/json", ...(status === 405 ? { allow: "POST" } : {}) }
  response.writeHead(status === 200 ? 400 : status, headers).end(JSON.stringify(errorMessage(null, error)))
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } })
  const fixture = await startFixture(Number(values.port))
  console.log(fixture.url)
  const stop = (): void => void fixture.close()
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
