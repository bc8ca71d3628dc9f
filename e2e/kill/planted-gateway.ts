import { createHash } from "node:crypto"
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { parseArgs } from "node:util"
import { text } from "node:stream/consumers"
import { request } from "undici"
import type { McpMessage } from "../upstream/mcp-message.ts"
import type { PlantedFault } from "./planted-faults.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

// A deliberately small gateway that keeps the promises of the kill run in the simplest way, or breaks one of them on
// purpose. It exists to prove that the run sees every fault that it is there to see; nothing else uses it.

interface Line {
  kind: "intent" | "outcome" | "hold" | "approval"
  action: string
  verdict?: "allow" | "ask"
  outcome?: "done" | "unknown"
  call?: string
  body?: string
}

const { values } = parseArgs({
  options: {
    ledger: { type: "string", default: "" },
    upstream: { type: "string", default: "" },
    port: { type: "string", default: "0" },
    fault: { type: "string", default: "" },
  },
})
const has = (fault: PlantedFault) => values.fault === fault
const lines: { line: Line; hash: string }[] = []
const approvedWaiters = new Map<string, () => void>()
const forgettingHolds = new Set<string>()
let lazy: Line[] = []
let spent = 0

if (has("drop-tail") && existsSync(values.ledger)) {
  const kept = readFileSync(values.ledger, "utf8").trimEnd().split("\n").slice(0, -20)
  writeFileSync(values.ledger, kept.map((line) => `${line}\n`).join(""))
}
for (const line of existsSync(values.ledger) ? readFileSync(values.ledger, "utf8").split("\n") : []) {
  if (line.endsWith("}")) remember(JSON.parse(line) as Line) // written by append alone; a torn last line is dropped
}
const fd = openSync(values.ledger, "a", 0o600)
if (!has("forget-budget")) spent = lines.filter(({ line }) => line.verdict === "allow").length
await concludeOpenIntents()
if (has("lazy-intents")) setInterval(flushLazy, 40)

// Whoever started this process holds its input; when they are gone, it goes too.
process.stdin.on("close", () => process.exit()).resume()

const server = createServer((incoming, response) => void serve(incoming, response))
server.listen(Number(values.port), loopback, () => {
  const { port } = server.address() as AddressInfo // listening on TCP, so the address is never a path
  process.stdout.write(`${JSON.stringify({ url: `http://${loopbackInUrl}:${port}`, pid: process.pid })}\n`)
})
process.on("exit", () => closeSync(fd))

async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://door")
  const body = await text(incoming)
  if (url.pathname === "/mcp") await door(body, response)
  else sendText(response, JSON.stringify(look(url)))
}

function look(url: URL): object {
  if (url.pathname === "/entries") {
    const from = Number(url.searchParams.get("from"))
    return {
      items: lines.slice(from).map(({ line, hash }, n) => Object.assign({ index: from + n, hash }, line)),
    }
  }
  if (url.pathname === "/approve") return approve(url.searchParams.get("hold") ?? "")
  return { spent, holds: openHolds().map(({ action, call }) => ({ id: action, call })) }
}

async function door(body: string, response: ServerResponse): Promise<void> {
  const message = JSON.parse(body) as McpMessage // the clients of this run sent it
  if (message.method !== "tools/call") {
    sendText(response, await forward(body))
    return
  }
  const args = message.params?.["arguments"] as { id?: string } | undefined // the clients of this run sent it
  const call = String(args?.id)
  const hold = message.params?.["name"] === "send_note" ? await awaitApproval(call, body) : undefined
  const action = hold ?? `a-${lines.length}-${call}`
  const intent: Line = { kind: "intent", action, verdict: "allow", call, body }
  if (!has("forward-first")) append(intent)
  const answer = await forward(body)
  if (has("forward-first")) append(intent)
  append({ kind: "outcome", action, outcome: "done" })
  sendText(response, answer)
}

async function awaitApproval(call: string, body: string): Promise<string> {
  const approvals = new Set(
    lines.filter(({ line }) => line.kind === "approval").map(({ line }) => line.action),
  )
  const used = new Set(lines.filter(({ line }) => line.verdict === "allow").map(({ line }) => line.action))
  const ready = lines.find(
    ({ line }) => line.call === call && approvals.has(line.action) && !used.has(line.action),
  )
  if (ready !== undefined) return ready.line.action
  const hold = `h-${lines.length}-${call}`
  if (has("forget-holds")) forgettingHolds.add(hold)
  append({ kind: "hold", action: hold, verdict: "ask", call, body })
  await new Promise<void>((resolve) => approvedWaiters.set(hold, resolve))
  return hold
}

function approve(hold: string): object {
  append({ kind: "approval", action: hold })
  approvedWaiters.get(hold)?.()
  return {}
}

function openHolds(): Line[] {
  const decided = new Set(lines.filter(({ line }) => line.kind === "approval").map(({ line }) => line.action))
  const holds = lines
    .map(({ line }) => line)
    .filter((line) => line.kind === "hold" && !decided.has(line.action))
  return has("forget-holds") ? holds.filter((line) => forgettingHolds.has(line.action)) : holds
}

async function concludeOpenIntents(): Promise<void> {
  const concluded = new Set(
    lines.filter(({ line }) => line.kind === "outcome").map(({ line }) => line.action),
  )
  const open = lines
    .map(({ line }) => line)
    .filter((line) => line.verdict === "allow" && !concluded.has(line.action))
  for (const { action, body = "" } of open) {
    if (has("repeat-unknown")) await forward(body)
    if (!has("leave-unmarked")) append({ kind: "outcome", action, outcome: "unknown" })
  }
}

function append(line: Line): void {
  if (line.verdict === "allow") spent++
  if (has("lazy-intents")) {
    lazy.push(line)
    return
  }
  remember(line)
  writeSync(fd, `${JSON.stringify(line)}\n`)
  fdatasyncSync(fd)
}

function flushLazy(): void {
  const batch = lazy
  lazy = []
  for (const line of batch) remember(line)
  writeSync(fd, batch.map((line) => `${JSON.stringify(line)}\n`).join(""))
}

function remember(line: Line): void {
  const before = lines.at(-1)?.hash ?? ""
  lines.push({
    line,
    hash: createHash("sha256")
      .update(before + JSON.stringify(line))
      .digest("hex"),
  })
}

async function forward(body: string): Promise<string> {
  const headers = { "content-type": "application/json" }
  const answer = await request(values.upstream, { method: "POST", headers, body })
  return answer.body.text()
}

function sendText(response: ServerResponse, answer: string): void {
  response.writeHead(answer === "" ? 202 : 200, { "content-type": "application/json" }).end(answer)
}
