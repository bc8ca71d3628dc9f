import { createInterface } from "node:readline"
import { type Dispatcher, Pool } from "undici"
import { openCaller } from "../e2e/mcp-caller.ts"
import { type Era, modernMeta } from "../e2e/upstream/mcp-message.ts"
import type { LoadOrder, LoadResult } from "./load-order.ts"
import { quantile } from "./statistics.ts"

// The load generator, in its own process: one order per line in, one result per line out. Every variant is
// loaded by the same warm process, so that no variant pays for compiling it.

process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as LoadOrder // written by the bench itself
  process.stdout.write(`${JSON.stringify(await runLoad(order))}\n`)
}

interface Client {
  headers: Record<string, string>
  nextId: number
}

async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const at = new URL(order.url)
  const pool = new Pool(at.origin, {
    connections: order.clients,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const clients: Client[] = []
  for (let n = 0; n < order.clients; n++) clients.push(await openClient(order))
  const text = "x".repeat(order.textBytes)
  const send = (client: Client) => sendCall({ pool, path: at.pathname + at.search, order, text }, client)
  for (const client of clients) for (let n = 0; n < order.warmCalls; n++) await send(client)
  const result = await measured(clients, send, order.seconds * 1000)
  for (const client of clients) await endSession(pool, at.pathname + at.search, client)
  await pool.destroy()
  return result
}

async function openClient(order: LoadOrder): Promise<Client> {
  const caller = await openCaller({
    url: order.url,
    era: order.era,
    ...(order.credential === undefined ? {} : { credential: order.credential }),
  })
  const modern = { "mcp-method": "tools/call", "mcp-name": order.tool }
  const headers = order.era === "modern" ? { ...caller.headers, ...modern } : caller.headers
  await caller.close()
  return { headers, nextId: 100 }
}

// A proxy may keep a process for each session, so every session that was opened is ended.
async function endSession(pool: Pool, path: string, { headers }: Client): Promise<void> {
  if (headers["mcp-session-id"] === undefined) return
  const { body } = await pool.request({ path, method: "DELETE", headers })
  await body.dump()
}

async function measured(clients: Client[], send: (client: Client) => Promise<boolean>, ms: number) {
  const took: number[] = []
  let wrong = 0
  const startedAt = performance.now()
  const until = startedAt + ms
  await Promise.all(
    clients.map(async (client) => {
      for (let before = performance.now(); before < until;) {
        if (!(await send(client))) wrong++
        const after = performance.now()
        took.push(after - before)
        before = after
      }
    }),
  )
  const elapsedMs = performance.now() - startedAt
  took.sort((a, b) => a - b)
  return { calls: took.length, wrong, elapsedMs, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}

interface Sending {
  pool: Pool
  path: string
  order: LoadOrder
  text: string
}

function sendCall(sending: Sending, client: Client): Promise<boolean> {
  const body = callBody(sending.order, sending.text, client.nextId++)
  return new Promise((resolve, reject) => {
    const request = { path: sending.path, method: "POST" as const, headers: client.headers, body }
    sending.pool.dispatch(request, readReply(resolve, reject))
  })
}

function callBody({ tool, era }: { tool: string; era: Era }, text: string, id: number): string {
  const params = {
    name: tool,
    arguments: { id: `n${id}`, text },
    ...(era === "modern" ? { _meta: modernMeta } : {}),
  }
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params })
}

// A call counts as right only when its reply holds a result that is not an error, whatever frames it.
function readReply(
  resolve: (right: boolean) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0
  let reply = ""
  return {
    onRequestStart: () => {},
    onResponseStart: (_controller, code) => void (status = code),
    onResponseData: (_controller, chunk) => void (reply += chunk.toString("latin1")),
    onResponseEnd: () =>
      resolve(status === 200 && reply.includes('"result"') && !/"isError":\s*true|"error":/.test(reply)),
    onResponseError: (_controller, error) => reject(error),
  }
}
