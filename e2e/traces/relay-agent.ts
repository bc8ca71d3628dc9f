import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** What an agent was asked: the text, by which action, and when nobody waits for it any more. */
export interface Asked {
  readonly text: string
  /** The action by which it was asked, which it gives back with whatever it does because of that. */
  readonly action: string
  readonly signal: AbortSignal
}

/**
 * A small agent at an address of this machine, which speaks A2A or AIP as far as a chain needs it: it does for each message what it was made
 * for, answers with the text that comes of it, and stops when it is canceled. It shares nothing with the gateway.
 */
export interface RelayAgent {
  readonly url: string
  readonly protocol: "a2a" | "aip"
  /** Resolves when what it was asked last is canceled. */
  canceled(): Promise<void>
  close(): Promise<void>
}

const extension = "https://hufu.dev/a2a/delegation/v1"

export async function startRelayAgent(
  protocol: RelayAgent["protocol"],
  does: (asked: Asked) => Promise<string>,
  aic: () => string = () => "",
): Promise<RelayAgent> {
  const running = new Map<string, AbortController>()
  const ended = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { url = "/" } = request
      if (url.endsWith("agent-card.json")) return json(response, card(at()))
      return protocol === "a2a" ? a2a(body, response) : aip(body, response)
    })
  })
  server.listen(0, loopback)
  await once(server, "listening")
  // A server that listens on a port has an address with one.
  const at = () => `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}`

  function begin(task: string, text: string, action: JsonValue | undefined): Promise<string> {
    const stop = new AbortController()
    running.set(task, stop)
    return does({ text, action: typeof action === "string" ? action : "", signal: stop.signal })
  }

  function cancel(task: string): void {
    running.get(task)?.abort(new Error("canceled"))
    ended.resolve()
  }

  async function a2a(body: JsonObject, response: ServerResponse): Promise<void> {
    const { id = null, method } = body
    const params = members(body["params"])
    const reply = (result: JsonValue) => ({ jsonrpc: "2.0", id, result })
    const standing = (task: string, state: string) => ({ id: task, contextId: "relay", status: { state } })
    if (method === "CancelTask") {
      const task = word(params["id"])
      cancel(task)
      return json(response, reply(standing(task, "TASK_STATE_CANCELED")))
    }
    if (method !== "SendStreamingMessage")
      return json(response, { jsonrpc: "2.0", id, error: { code: -32004, message: "not here" } })
    const message = members(params["message"])
    const task = randomUUID()
    const tell = events(response)
    tell(reply({ task: standing(task, "TASK_STATE_WORKING") }))
    const authority = members(members(message["metadata"])[extension])
    try {
      const text = await begin(task, textOf(message["parts"]), authority["action"])
      const artifact = { artifactId: "result", parts: [{ text }] }
      tell(reply({ artifactUpdate: { taskId: task, contextId: "relay", artifact, lastChunk: true } }))
      tell(
        reply({
          statusUpdate: { taskId: task, contextId: "relay", status: { state: "TASK_STATE_COMPLETED" } },
        }),
      )
    } catch (error) {
      const said = { messageId: randomUUID(), role: "ROLE_AGENT", parts: [{ text: String(error) }] }
      const status = { state: "TASK_STATE_FAILED", message: said }
      tell(reply({ statusUpdate: { taskId: task, contextId: "relay", status } }))
    }
    response.end()
  }

  async function aip(body: JsonObject, response: ServerResponse): Promise<void> {
    const { id = null } = body
    const params = members(body["params"])
    const command = members(params["command"] ?? params["message"])
    const task = word(command["taskId"])
    const of = (state: string) => ({
      id: randomUUID(),
      sentAt: now(),
      senderRole: "partner",
      senderId: aic(),
      taskId: task,
      sessionId: command["sessionId"] ?? null,
      status: { state, stateChangedAt: now() },
    })
    if (command["command"] !== "start") {
      if (command["command"] === "cancel") cancel(task)
      const state = command["command"] === "cancel" ? "canceled" : "completed"
      return json(response, { jsonrpc: "2.0", id, result: { type: "task-result", ...of(state) } })
    }
    const tell = events(response)
    let eventSeq = 0
    const say = (eventData: JsonObject) =>
      tell({ jsonrpc: "2.0", id, result: { eventSeq: ++eventSeq, eventData } })
    say({ type: "task-status-update", ...of("working") })
    try {
      const text = await begin(task, textOf(command["dataItems"]), members(command["hufu"])["action"])
      const { status: _, ...rest } = of("working")
      const product = { id: "result", dataItems: [{ type: "text", text }] }
      say({ type: "product-chunk", ...rest, product, append: false, lastChunk: true })
      say({ type: "task-status-update", ...of("awaiting-completion") })
    } catch (error) {
      const dataItems = [{ type: "text", text: String(error) }]
      const failed = of("failed")
      say({ type: "task-status-update", ...failed, status: { ...failed.status, dataItems } })
    }
    response.end()
  }

  return {
    url: protocol === "a2a" ? at() : `${at()}/rpc`,
    protocol,
    canceled: () => ended.promise,
    async close() {
      for (const stop of running.values()) stop.abort(new Error("closed"))
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

/** How an agent asks a partner through its node, under the order by which it was asked itself; gives the text that came of it. */
export async function askThrough(
  base: string,
  to: { readonly name: string; readonly protocol: "a2a" | "aip" },
  by: { readonly credential: string; readonly aic: string; readonly under?: string | undefined },
  text: string,
): Promise<{ readonly state: string; readonly said: string }> {
  const { name, protocol } = to
  const { credential, aic, under } = by
  const post = async (path: string, body: object) => {
    const response = await fetch(`${base}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${credential}`,
        "content-type": "application/json",
        "a2a-version": "1.0",
      },
      body: JSON.stringify(body),
    })
    // The door answers with an object.
    return (await response.json()) as JsonObject
  }
  if (protocol === "a2a") {
    const metadata = under === undefined ? {} : { metadata: { [extension]: { action: under } } }
    const message = { messageId: randomUUID(), role: "ROLE_USER", parts: [{ text }], ...metadata }
    const body = await post(`/a2a/${name}`, {
      jsonrpc: "2.0",
      id: 1,
      method: "SendMessage",
      params: { message },
    })
    const task = members(members(body["result"])["task"])
    const status = members(task["status"])
    const parts = [...list(task["artifacts"]), members(status["message"])].map((each) =>
      textOf(members(each)["parts"]),
    )
    return { state: word(status["state"] ?? body["error"]), said: parts.join(" ").trim() }
  }
  const command = (order: string) => ({
    type: "task-command",
    id: randomUUID(),
    sentAt: now(),
    senderRole: "leader",
    senderId: aic,
    command: order,
    taskId: task,
    sessionId: "relay",
    ...(order === "start" ? { dataItems: [{ type: "text", text }] } : {}),
    ...(order === "start" && under !== undefined ? { hufu: { action: under } } : {}),
  })
  const task = randomUUID()
  const rpc = (order: string) =>
    post(`/aip/${name}/rpc`, { jsonrpc: "2.0", id: 1, method: "rpc", params: { command: command(order) } })
  for (let body = await rpc("start"); ; body = await rpc("get")) {
    const result = members(body["result"])
    const status = members(result["status"])
    const state = word(status["state"] ?? body["error"])
    const said = [
      ...list(result["products"]).map((each) => textOf(members(each)["dataItems"])),
      textOf(status["dataItems"]),
    ].join(" ")
    if (state === "awaiting-completion") await rpc("complete")
    if (!["accepted", "working"].includes(state)) return { state, said: said.trim() }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function card(url: string): JsonObject {
  return {
    name: "relay",
    description: "passes on what it is asked",
    version: "1.0.0",
    supportedInterfaces: [{ url: `${url}/rpc`, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: { streaming: true, extensions: [{ uri: extension }] },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "relay", name: "relay", description: "passes it on", tags: ["relay"] }],
  }
}

async function read(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === "" ? {} : members(JSON.parse(text) as JsonValue)
}

function json(response: ServerResponse, body: JsonObject): void {
  response.writeHead(200, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

function events(response: ServerResponse): (event: JsonObject) => void {
  response.writeHead(200, { "content-type": "text/event-stream" })
  return (event) => void response.write(`data: ${JSON.stringify(event)}\n\n`)
}

const now = () => new Date().toISOString()

function members(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** The texts of A2A's parts, or of AIP's data items. */
function textOf(parts: JsonValue | undefined): string {
  return list(parts)
    .map((part) => members(part)["text"])
    .filter((text) => typeof text === "string")
    .join(" ")
}

function word(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}
