import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { parseArgs } from "node:util"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { z } from "zod"
import type { Protocol } from "./talk.ts"

// A small partner in a process of its own: it answers at once what it was told, or streams so many events. It speaks one protocol, written
// from its specification alone.

const { values } = parseArgs({
  options: { protocol: { type: "string", default: "a2a" }, aic: { type: "string", default: "" } },
})

/** What becomes of a task, as its protocol says it. */
interface Speech {
  /** What is streamed before its events, and after them. */
  begin(): readonly object[]
  event(text: string, nth: number): object
  end(): readonly object[]
  /** The whole of it, as one answer, and as the only event of a stream. */
  whole(text: string): object
  told(text: string): object
}

const Request = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.string(),
  params: z.looseObject({}),
})
const A2aMessage = z.object({ message: z.object({ parts: z.array(z.object({ text: z.string() })) }) })
const AipCommand = z.object({
  command: z.string(),
  taskId: z.string(),
  sessionId: z.string().optional(),
  dataItems: z.array(z.object({ text: z.string() })).default([]),
})
type AipCommand = z.infer<typeof AipCommand>

function a2aSpeech(): Speech {
  const ids = { taskId: randomUUID(), contextId: randomUUID() }
  const status = (state: string) => ({ state, timestamp: new Date().toISOString() })
  const task = (state: string, artifacts: readonly object[] = []) => ({
    task: { id: ids.taskId, contextId: ids.contextId, status: status(state), artifacts },
  })
  const artifact = (text: string) => ({ artifactId: "1", name: "said", parts: [{ text }] })
  return {
    begin: () => [task("TASK_STATE_WORKING")],
    event: (text, nth) => ({
      artifactUpdate: { ...ids, artifact: artifact(text), append: nth > 0, lastChunk: false },
    }),
    end: () => [{ statusUpdate: { ...ids, status: status("TASK_STATE_COMPLETED") } }],
    whole: (text) => task("TASK_STATE_COMPLETED", [artifact(text)]),
    told: (text) => task("TASK_STATE_COMPLETED", [artifact(text)]),
  }
}

function aipSpeech({ taskId, sessionId }: AipCommand): Speech {
  let seq = 0
  const message = (type: string) => ({
    type,
    id: randomUUID(),
    sentAt: new Date().toISOString(),
    senderRole: "partner",
    senderId: values.aic,
    taskId,
    sessionId,
  })
  const status = (state: string) => ({ state, stateChangedAt: new Date().toISOString() })
  const product = (text: string) => ({ id: "1", name: "said", dataItems: [{ type: "text", text }] })
  const numbered = (eventData: object) => ({ eventSeq: ++seq, eventData })
  const update = (state: string) => numbered({ ...message("task-status-update"), status: status(state) })
  const whole = (state: string, products: readonly object[]) => ({
    ...message("task-result"),
    status: status(state),
    products,
  })
  return {
    begin: () => [numbered(whole("accepted", [])), update("working")],
    event: (text, nth) =>
      numbered({ ...message("product-chunk"), product: product(text), append: nth > 0, lastChunk: false }),
    end: () => [update("awaiting-completion")],
    whole: (text) => whole("awaiting-completion", [product(text)]),
    told: (text) => numbered(whole("awaiting-completion", [product(text)])),
  }
}

function serve(body: string, request: IncomingMessage, response: ServerResponse): undefined {
  const { id, method, params } = Request.parse(JSON.parse(body))
  const answer = (result: object): undefined => {
    response.writeHead(200, { "content-type": "application/json" })
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }))
  }
  let speech: Speech
  let text: string
  if (values.protocol === "a2a") {
    speech = a2aSpeech()
    text = A2aMessage.parse(params).message.parts[0]?.text ?? ""
  } else {
    const command = AipCommand.parse(params["command"] ?? params["message"])
    if (command.command !== "start") return answer(taken(command))
    speech = aipSpeech(command)
    text = command.dataItems[0]?.text ?? ""
  }
  if (method === "SendMessage" || method === "rpc") return answer(speech.whole(text))
  response.writeHead(200, { "content-type": "text/event-stream" })
  const say = (result: object) =>
    response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`)
  const [, events, everyMs] = /^stream (\d+) (\d+)$/.exec(text) ?? []
  if (events === undefined || everyMs === undefined) {
    say(speech.told(text))
    response.end()
    return undefined
  }
  for (const each of speech.begin()) say(each)
  const end = () => {
    for (const each of speech.end()) say(each)
    response.end()
  }
  let nth = 0
  const timer = setInterval(() => {
    say(speech.event(`event ${nth} at ${performance.timeOrigin + performance.now()}`, nth))
    nth += 1
    if (nth < Number(events)) return
    clearInterval(timer)
    end()
  }, Number(everyMs))
  request.socket.once("close", () => clearInterval(timer))
  return undefined
}

/** What was delivered is taken, or what is under way is given up. */
function taken({ command, taskId, sessionId }: AipCommand): object {
  const at = new Date().toISOString()
  const state = command === "cancel" ? "canceled" : "completed"
  return {
    type: "task-result",
    id: randomUUID(),
    sentAt: at,
    senderRole: "partner",
    senderId: values.aic,
    taskId,
    sessionId,
    status: { state, stateChangedAt: at },
    products: [],
  }
}

// Whoever started this process holds its input; when they are gone, it goes too.
process.stdin.on("close", () => process.exit()).resume()

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "application/json" })
      return void response.end(JSON.stringify(card(`http://${request.headers.host}/rpc`)))
    }
    return serve(Buffer.concat(chunks).toString("utf8"), request, response)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, loopback, () => {
  const { port } = server.address() as AddressInfo // listening on TCP, so the address is never a path
  process.stdout.write(
    `${JSON.stringify({ url: `http://${loopbackInUrl}:${port}/rpc`, pid: process.pid })}\n`,
  )
})

function card(url: string) {
  return {
    name: "bench",
    description: `says what it is told, over ${values.protocol satisfies string as Protocol}`,
    version: "1.0.0",
    supportedInterfaces: [{ url, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: { streaming: true },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "say", name: "say", description: "says it", tags: ["bench"] }],
  }
}
