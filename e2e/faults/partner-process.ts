import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { loopback, loopbackInUrl } from "../../packages/server/src/http/testing/loopback.ts"

// A partner of A2A (`/a2a`) and of AIP (`/aip`) in a process of its own, that does what a good one never does: raw JSON over HTTP, because no
// library would let it. Which of it, a data part `{"fault": …}` says. What it was asked to begin stands in a file, which outlives it.
//
// arguments: port (0: any), its identity code, the file, and whether it remembers what it was asked in an earlier life

const [portText = "0", aic = "", file = "", remembers = ""] = process.argv.slice(2)

interface Happening {
  readonly seq: number
  readonly state?: string
  readonly words?: string
  readonly product?: string
  readonly texts?: readonly string[]
}

interface Task {
  readonly id: string
  readonly fault: string
  readonly happenings: Happening[]
  state: string
  stopped: boolean
  readonly streams: Set<(happening: Happening) => boolean>
}

const tasks = new Map<string, Task>()
const ends = new Set(["delivered", "canceled"])

function begin(id: string, fault: string): Task {
  const task: Task = { id, fault, happenings: [], state: "accepted", stopped: false, streams: new Set() }
  tasks.set(id, task)
  return task
}

if (remembers === "remembers" && existsSync(file))
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const { id, fault } = JSON.parse(line) as { id: string; fault: string } // what this file wrote
    const task = begin(id, fault)
    // It did it in its earlier life, and nobody heard of it.
    for (const each of [
      { state: "accepted" },
      { state: "working" },
      { product: "done" },
      { state: "delivered" },
    ])
      keep(task, each)
  }

function keep(task: Task, of: Omit<Happening, "seq">): Happening {
  const happening = { seq: task.happenings.length + 1, ...of }
  task.happenings.push(happening)
  if (of.state !== undefined) task.state = of.state
  return happening
}

/** Tells whoever listens; answers whether all of them keep up. */
function tell(task: Task, happening: Happening): boolean {
  return [...task.streams].map((send) => send(happening)).every(Boolean)
}

const say = (task: Task, of: Omit<Happening, "seq">) => tell(task, keep(task, of))
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const large = "x".repeat(64 * 1024)

/** What it does with a task that it has taken. */
async function act(task: Task): Promise<void> {
  say(task, { state: "accepted" })
  say(task, { state: "working" })
  switch (task.fault) {
    case "duplicate": {
      for (const each of [{ product: "a" }, { product: "b" }, { state: "delivered" }]) {
        const happening = keep(task, each)
        tell(task, happening)
        tell(task, happening)
      }
      return
    }
    case "reorder": {
      const [a, b] = [keep(task, { product: "a" }), keep(task, { product: "b" })]
      tell(task, b)
      tell(task, a)
      say(task, { state: "delivered" })
      return
    }
    case "never":
      while (!task.stopped) {
        say(task, { state: "working", words: "still at it" })
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      return
    case "flood-events":
    case "flood-products":
      for (let i = 0; !task.stopped; i++) {
        const of =
          task.fault === "flood-events"
            ? { state: "working", words: `at ${i}` }
            : { product: `p${i}`, texts: [large] }
        // It forgets what it said, or it would be the first to have no room.
        if (task.happenings.length > 200) task.happenings.length = 0
        if (say(task, of)) await turn()
        else await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return
    case "huge":
      say(task, { product: "huge", texts: [large.repeat(640)] })
      return
    case "parts":
      say(task, { product: "parts", texts: Array.from({ length: 5000 }, (_, i) => String(i)) })
      return
    case "liar":
      say(task, { product: "under another name" })
      say(task, { state: "delivered" })
      return
    default:
      // `kill` and `silent`: it says no more.
      return
  }
}

const a2aState: Readonly<Record<string, string>> = {
  accepted: "TASK_STATE_SUBMITTED",
  working: "TASK_STATE_WORKING",
  delivered: "TASK_STATE_COMPLETED",
  canceled: "TASK_STATE_CANCELED",
}
const aipState: Readonly<Record<string, string>> = { delivered: "awaiting-completion" }

function liesIn({ fault }: Task, happening: Happening | undefined): boolean {
  return fault === "liar" && happening?.product !== undefined
}

function a2aOf(task: Task, happening: Happening): JsonObject {
  const ids = { taskId: liesIn(task, happening) ? "somebody-elses" : task.id, contextId: "c" }
  if (happening.product !== undefined)
    return { artifactUpdate: { ...ids, artifact: artifactOf(happening), lastChunk: true } }
  const { state = "", words } = happening
  if (state === "accepted") return { task: taskOf(task, [happening]) }
  return {
    statusUpdate: { ...ids, status: { state: a2aState[state] ?? "", ...messageOf(happening, words) } },
  }
}

function messageOf({ seq }: Happening, words: string | undefined): JsonObject {
  if (words === undefined) return {}
  return { message: { messageId: `m${seq}-${Math.random()}`, role: "ROLE_AGENT", parts: [{ text: words }] } }
}

function artifactOf({ product = "", texts = [product] }: Happening): JsonObject {
  return { artifactId: product, parts: texts.map((text) => ({ text })) }
}

function taskOf({ id, state }: Pick<Task, "id" | "state">, happenings: readonly Happening[]): JsonObject {
  const artifacts = happenings.filter(({ product }) => product !== undefined).map(artifactOf)
  return { id, contextId: "c", status: { state: a2aState[state] ?? "" }, artifacts }
}

function a2aTask(task: Task): JsonObject {
  if (task.fault !== "liar") return taskOf(task, task.happenings)
  return taskOf({ ...task, id: "somebody-elses" }, task.happenings)
}

function envelope(task: Task, happening?: Happening): JsonObject {
  return {
    id: `m-${Math.random()}`,
    sentAt: new Date().toISOString(),
    senderRole: "partner",
    senderId: liesIn(task, happening) ? "1.2.156.3088.1.1.LIAR.LIAR.LIAR.0001" : aic,
    taskId: task.id,
  }
}

function aipStatus(state: string, words?: string): JsonObject {
  const dataItems = words === undefined ? {} : { dataItems: [{ type: "text", text: words }] }
  return { state: aipState[state] ?? state, stateChangedAt: new Date().toISOString(), ...dataItems }
}

function aipProduct({ product = "", texts = [product] }: Happening): JsonObject {
  return { id: product, dataItems: texts.map((text) => ({ type: "text", text })) }
}

function aipOf(task: Task, happening: Happening): JsonObject {
  const { state = "", words } = happening
  if (happening.product !== undefined)
    return {
      type: "product-chunk",
      ...envelope(task, happening),
      product: aipProduct(happening),
      append: false,
      lastChunk: true,
    }
  return { type: "task-status-update", ...envelope(task), status: aipStatus(state, words) }
}

function aipTask(task: Task): JsonObject {
  const made = task.happenings.filter(({ product }) => product !== undefined)
  return {
    type: "task-result",
    ...envelope(task, task.fault === "liar" ? made[0] : undefined),
    status: aipStatus(task.state),
    products: made.map(aipProduct),
  }
}

function stream(res: ServerResponse, task: Task, write: (happening: Happening) => JsonObject): void {
  if (!res.headersSent) res.writeHead(200, { "content-type": "text/event-stream" })
  res.on("error", () => {})
  const send = (happening: Happening) => {
    if (res.writableEnded) return true
    const isTaken = res.write(`data: ${JSON.stringify(write(happening))}\n\n`)
    if (happening.state !== undefined && ends.has(happening.state)) res.end()
    return isTaken
  }
  task.streams.add(send)
  res.once("close", () => {
    task.streams.delete(send)
    if (task.streams.size === 0) task.stopped = true
  })
}

function cancel(task: Task): void {
  task.stopped = true
  if (!ends.has(task.state)) say(task, { state: "canceled" })
}

function faultIn(list: JsonValue | undefined): string {
  const items = Array.isArray(list) ? list.filter(isJsonObject) : []
  for (const { data } of items)
    if (isJsonObject(data) && typeof data["fault"] === "string") return data["fault"]
  return "kill"
}

function asked(id: string, fault: string): Task {
  appendFileSync(file, `${JSON.stringify({ id, fault })}\n`)
  return begin(id, fault)
}

function serveA2a(body: JsonObject, res: ServerResponse): void {
  const { id = null, method } = body
  const params = membersOf(body["params"])
  const reply = (result: JsonObject) => json(res, { jsonrpc: "2.0", id, result })
  const write = (task: Task) => (happening: Happening) => ({
    jsonrpc: "2.0",
    id,
    result: a2aOf(task, happening),
  })
  if (method === "SendStreamingMessage") {
    const task = asked(crypto.randomUUID(), faultIn(membersOf(params["message"])["parts"]))
    // It takes the task and answers nothing at all.
    if (task.fault === "silent") return
    stream(res, task, write(task))
    return void act(task)
  }
  const task = tasks.get(textIn(params["id"]))
  if (task === undefined)
    return json(res, { jsonrpc: "2.0", id, error: { code: -32001, message: "unknown" } })
  if (task.fault === "silent") return
  if (method === "CancelTask") cancel(task)
  if (method !== "SubscribeToTask") return reply(a2aTask(task))
  if (ends.has(task.state)) return json(res, { jsonrpc: "2.0", id, error: { code: -32004, message: "over" } })
  stream(res, task, write(task))
  res.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result: { task: a2aTask(task) } })}\n\n`)
  if (task.stopped) {
    task.stopped = false
    void act(task)
  }
}

function serveAip(path: string, body: JsonObject, res: ServerResponse): void {
  const { id = null } = body
  const params = membersOf(body["params"])
  const command = membersOf(params[path === "rpc" ? "command" : "message"])
  const write = (task: Task) => (happening: Happening) => ({
    jsonrpc: "2.0",
    id,
    result: { eventSeq: happening.seq, eventData: aipOf(task, happening) },
  })
  const name = textIn(command["taskId"])
  if (command["command"] === "start" && !tasks.has(name)) {
    const task = asked(name, faultIn(command["dataItems"]))
    if (task.fault === "silent") return
    stream(res, task, write(task))
    return void act(task)
  }
  const task = tasks.get(name)
  if (task === undefined)
    return json(res, { jsonrpc: "2.0", id, error: { code: -32001, message: "unknown" } })
  if (task.fault === "silent") return
  if (command["command"] === "cancel") cancel(task)
  if (command["command"] === "complete") task.state = "completed"
  if (path === "rpc") return json(res, { jsonrpc: "2.0", id, result: aipTask(task) })
  const after = Number(membersOf(command["commandParams"])["lastEventSeq"] ?? 0)
  stream(res, task, write(task))
  for (const happening of task.happenings)
    if (happening.seq > after && !res.writableEnded)
      res.write(`data: ${JSON.stringify(write(task)(happening))}\n\n`)
  if (ends.has(task.state)) return void res.end()
  if (task.stopped) {
    task.stopped = false
    void act(task)
  }
}

function json(res: ServerResponse, value: JsonObject): void {
  res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value))
}

function textIn(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}

function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const { pathname } = new URL(req.url ?? "", url)
  if (pathname.endsWith("agent-card.json")) return json(res, card(pathname))
  const body = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject // what Hufu sends is JSON
  if (pathname === "/a2a") return serveA2a(body, res)
  return serveAip(pathname.slice("/aip/".length), body, res)
}

/** At `/elsewhere` a card that leads somewhere else, at `/forged` one whose signature nobody made. */
function card(path: string): JsonObject {
  const at = path.startsWith("/elsewhere") ? `${url.replace(loopbackInUrl, "localhost")}/a2a` : `${url}/a2a`
  return {
    name: "faulty",
    description: "does wrong",
    version: "1",
    supportedInterfaces: [{ url: at, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: { streaming: true },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [],
    ...(path.startsWith("/forged") ? { signatures: [{ protected: "e30", signature: "AAAA" }] } : {}),
  }
}

const server = createServer((req, res) => void serve(req, res).catch(() => res.destroy()))
let url = ""
server.listen(Number(portText), loopback, () => {
  // It listens on TCP.
  const { port } = server.address() as AddressInfo
  url = `http://${loopbackInUrl}:${port}`
  process.stdout.write(`${JSON.stringify({ port, url })}\n`)
})
