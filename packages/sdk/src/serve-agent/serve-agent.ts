import { hash, randomBytes, timingSafeEqual } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Failure } from "@hufu/core/failure"
import { Name } from "@hufu/core/id"
import { z } from "zod"
import { agentCardOf } from "./agent-card.ts"
import { createAgentMethods } from "./agent-methods.ts"
import { type AgentOptions, usualLimits } from "./agent-options.ts"
import { createAgentTasks } from "./agent-tasks.ts"
import { createAnswerer, writeJson } from "./answer-request.ts"

export type { AgentLimits, AgentOptions, Asked, Content, Handle, Message } from "./agent-options.ts"
export type { Part } from "@hufu/core/delegation/part"

/** An agent that can be asked. */
export interface ServedAgent {
  readonly url: string
  /** What whoever asks it has to show. */
  readonly secret: string
  /** Registers it at a node of Hufu, once. It holds the secret. */
  readonly command: string
  /** Cancels what is open, and stops. */
  close(): Promise<void>
}

const cardPath = "/.well-known/agent-card.json"
const farewellMs = 1000
const usualTypes = ["text/plain", "text/markdown", "application/json"]
const mediaType = z.string().regex(/^(?:\*\/\*|[\w.+-]+\/(?:\*|[\w.+-]+))$/)
const Options = z.object({
  name: Name,
  description: z.string().min(1).max(4096),
  version: z.string().min(1).max(64).default("1"),
  port: z.int().min(0).max(65_535),
  host: z.enum(["127.0.0.1", "::1"]).default("127.0.0.1"),
  secret: z
    .string()
    .regex(/^[A-Za-z0-9._~+/=-]{16,256}$/, "give 16 to 256 letters, digits and any of `._~+/=-`")
    .optional(),
  accepts: z.array(mediaType).min(1).max(64).default(usualTypes),
})

/**
 * Serves a function as an agent of A2A 1.0 at an address of this machine. Registered at a node of Hufu it is an agent of A2A and of AIP,
 * asked with verdicts and receipts.
 *
 * @example
 * const agent = await serveAgent({
 *   name: "greeter",
 *   description: "greets whoever asks",
 *   port: 7190,
 *   handle: async (asked) => `hello, ${asked.text}`,
 * })
 * console.log(agent.command)
 */
export async function serveAgent(options: AgentOptions): Promise<ServedAgent> {
  const {
    name,
    description,
    version,
    port,
    host,
    accepts,
    secret = randomBytes(32).toString("base64url"),
  } = read(options)
  const limits = { ...usualLimits, ...options.limits }
  const tasks = createAgentTasks(options.handle, limits)
  const answer = createAnswerer(createAgentMethods({ tasks, limits, takes: matcher(accepts) }), limits)
  const expected = hash("sha256", `Bearer ${secret}`, "buffer")

  let isClosing = false

  function handle(req: IncomingMessage, res: ServerResponse): void {
    res.on("error", () => {})
    res.once("close", () => {
      if (isClosing) setImmediate(() => server.closeIdleConnections())
    })
    const pathname = URL.parse(req.url ?? "/", "http://agent")?.pathname
    if (pathname === cardPath && (req.method === "GET" || req.method === "HEAD"))
      return writeJson(res, 200, card, { "cache-control": "no-cache" })
    const shown = hash("sha256", req.headers.authorization ?? "", "buffer")
    if (!timingSafeEqual(shown, expected))
      return refuse(res, new Failure("unauthenticated", "show the agent's secret: `Authorization: Bearer …`"))
    if (pathname !== "/") return refuse(res, new Failure("not_found", "use `/`, or the card below it"))
    if (req.method !== "POST")
      return refuse(res, new Failure("method_not_allowed", "this address takes POST"))
    // It never rejects: what goes wrong is answered.
    void answer(req, res)
  }

  const server = createServer(
    { headersTimeout: 30_000, requestTimeout: 60_000, connectionsCheckingInterval: 5000 },
    handle,
  )
  server.maxConnections = limits.requests + limits.streams
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "EADDRINUSE"
          ? new Failure("port_in_use", `port ${port} is in use: give another one`, { cause })
          : cause,
      ),
    )
    server.listen(port, host, resolve)
  })
  // A server that listens on a port has an address with one.
  const url = `http://${host === "::1" ? "[::1]" : host}:${(server.address() as AddressInfo).port}/`
  const card = agentCardOf({ name, description, version, url, accepts })
  return {
    url,
    secret,
    command: `hufu server add ${name} --url ${url} --protocol a2a --header "Authorization: Bearer ${secret}"`,
    async close() {
      tasks.close()
      isClosing = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Whoever follows a task is told that it is canceled, if they listen.
      const timer = setTimeout(() => server.closeAllConnections(), farewellMs)
      await closed
      clearTimeout(timer)
    },
  }
}

function read(options: AgentOptions): z.infer<typeof Options> {
  const found = Options.safeParse(options)
  if (found.success) return found.data
  const [issue] = found.error.issues
  throw new Failure(
    "invalid_input",
    `the agent's \`${(issue?.path ?? []).join(".")}\` is not acceptable: ${issue?.message ?? "correct it"}`,
  )
}

/** Whether a media type is among those that are taken. */
function matcher(accepts: readonly string[]): (type: string) => boolean {
  const taken = new Set(accepts.map((each) => each.toLowerCase()))
  return (type) => {
    const [plain = ""] = type.toLowerCase().split(";", 1)
    const [kind = ""] = plain.split("/", 1)
    return taken.has("*/*") || taken.has(`${kind.trim()}/*`) || taken.has(plain.trim())
  }
}

/** What is wrong before A2A is spoken: a problem document (RFC 9457). */
function refuse(res: ServerResponse, { code, status, message }: Failure): void {
  writeJson(
    res,
    status,
    { type: "about:blank", title: code, status, detail: message, code },
    {
      "content-type": "application/problem+json",
      // What was not read of the request would be taken for the next one.
      connection: "close",
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(status === 405 ? { allow: "POST" } : {}),
    },
  )
}
