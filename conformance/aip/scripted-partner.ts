import { loopback } from "@hufu/server/http/testing/loopback"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo } from "node:net"
import { TLSSocket } from "node:tls"
import { Command } from "./shapes.ts"
import { type Json, isObject, type JsonMembers, textIn } from "./json.ts"

/**
 * A small partner of AIP (ACPs 07, direct mode) that does what the first text of a command says, and remembers everything that it was asked.
 * It is written from the specification alone and shares nothing with the gateway, so that both cannot be wrong in the same way.
 *
 * | text | what becomes of the task |
 * | --- | --- |
 * | `deliver`, `echo` | a product, `awaiting-completion`; of `echo` it is what came with the command |
 * | `chunks` | a product in three pieces |
 * | `ask` | `awaiting-input` |
 * | `accept`, `work` | it stays there until `go` |
 * | `fail`, `reject` | `failed`, `rejected` |
 * | `cut` | as `chunks`, and the stream breaks off after its second event |
 * | `lie`, `stray`, `garbage` | an answer under another code, of another task, or that is no JSON |
 */
export interface ScriptedPartner {
  readonly url: string
  readonly seen: Seen[]
  /** Goes on with a task that stays where it is. */
  go(taskId: string, text: string): void
  /** Forgets the first events of every task. */
  forget(): void
  /** Takes a command that came in some other way than by a request. */
  take(of: JsonMembers): void
  tasks(): readonly { readonly id: string; readonly state: string }[]
  close(): Promise<void>
}

export interface Seen {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: JsonMembers
  /** The common name of the client's certificate. */
  readonly peer: string | undefined
}

export interface PartnerOptions {
  readonly aic: string
  readonly host?: string
  readonly port?: number
  readonly streams?: boolean
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string }
  /** Told of every request; what it throws is answered as an error. */
  readonly onSeen?: (seen: Seen) => void
  /** Who sends a request; then nobody else is let in, and no `senderId` is believed that is another. */
  readonly identify?: (seen: Seen) => string | undefined
  /** What becomes of a task by a command with these items, in place of what its first text says. */
  readonly script?: (items: Json) => readonly PartnerStep[] | undefined
  /** Told of every state of every task, with the task as it then stands. */
  readonly onState?: (result: JsonMembers) => void
  /** Answers an invitation into a group; without it, groups are not supported. */
  readonly onInvited?: (params: JsonMembers) => Promise<Json>
  /** Changes what goes out, to see that whoever looks at it notices. */
  readonly alter?: (message: JsonMembers) => JsonMembers
}

/** One thing that a partner does with a task. */
export type PartnerStep =
  | { readonly state: string; readonly say?: string }
  | { readonly product: JsonMembers; readonly append: boolean; readonly lastChunk: boolean }
  /** It goes on once this has come. */
  | { readonly until: Promise<unknown> }

interface Task {
  readonly id: string
  readonly sessionId: Json | undefined
  status: JsonMembers
  readonly products: JsonMembers[]
  readonly commands: JsonMembers[]
  readonly statuses: JsonMembers[]
  readonly events: { seq: number; data: JsonMembers }[]
  forgotten: number
  seq: number
  readonly streams: Set<Stream>
  cutAfter: number | undefined
}

interface Stream {
  readonly res: ServerResponse
  readonly id: Json
  sent: number
}

const ends = new Set(["completed", "canceled", "failed", "rejected"])

/** An error with which a request is answered. */
export class RpcError extends Error {
  readonly error: JsonMembers

  constructor(code: number, message: string, data?: JsonMembers) {
    super(message)
    this.error = { code, message, ...(data === undefined ? {} : { data }) }
  }
}

export async function startScriptedPartner(options: PartnerOptions): Promise<ScriptedPartner> {
  const { aic, host = loopback, port = 0, streams = true, tls, alter = (message) => message } = options
  const tasks = new Map<string, Task>()
  const notices = new Map<string, JsonMembers & { states?: readonly string[] }>()
  const seen: Seen[] = []
  let told: Promise<unknown> = Promise.resolve()

  const message = (task: Pick<Task, "id" | "sessionId">, type: string, senderId = aic): JsonMembers => ({
    type,
    id: randomUUID(),
    sentAt: new Date().toISOString(),
    senderRole: "partner",
    senderId,
    taskId: task.id,
    ...(task.sessionId === undefined ? {} : { sessionId: task.sessionId }),
  })

  const resultOf = (task: Task): JsonMembers => ({
    ...message(task, "task-result"),
    status: task.status,
    products: task.products,
  })

  function become(task: Task, state: string, text?: string): void {
    task.status = {
      state,
      stateChangedAt: new Date().toISOString(),
      ...(text === undefined ? {} : { dataItems: [{ type: "text", text }] }),
    }
    task.statuses.push(task.status)
    const first = task.statuses.length === 1
    tell(task, first ? resultOf(task) : { ...message(task, "task-status-update"), status: task.status })
    notify(task, state)
    options.onState?.(resultOf(task))
    if (ends.has(state)) for (const stream of task.streams) stream.res.end()
  }

  function tell(task: Task, data: JsonMembers): void {
    // Numbers rise, and leave gaps.
    task.seq += 1 + (task.seq % 2)
    task.events.push({ seq: task.seq, data })
    for (const stream of task.streams) send(task, stream)
  }

  function send(task: Task, stream: Stream): void {
    for (const { seq, data } of task.events) {
      if (seq <= stream.sent) continue
      stream.sent = seq
      const text = JSON.stringify(
        alter({ jsonrpc: "2.0", id: stream.id, result: { eventSeq: seq, eventData: data } }),
      )
      stream.res.write(`data: ${text}\n\n`)
      if (task.cutAfter !== undefined && seq >= task.cutAfter) {
        task.cutAfter = undefined
        task.streams.delete(stream)
        // What was written goes out before the end of it.
        stream.res.socket?.end()
        return
      }
    }
  }

  function notify(task: Task, state: string): void {
    for (const { taskId, url, token, states } of notices.values()) {
      if (taskId !== task.id || (states !== undefined && !states.includes(state))) continue
      const body = JSON.stringify(resultOf(task))
      const headers = { "content-type": "application/json", "X-ACPs-AIP-Notification-Token": textIn(token) }
      told = told.then(() => fetch(textIn(url), { method: "POST", headers, body })).catch(() => undefined)
    }
  }

  function product(task: Task, id: string, dataItems: Json): void {
    const made: JsonMembers = { id, name: `${id}.txt`, description: "made", dataItems }
    task.products.push(made)
    tell(task, { ...message(task, "product-chunk"), product: made, append: false, lastChunk: true })
  }

  function chunks(task: Task): void {
    const pieces = ["one", "two", "three"]
    const all: JsonMembers[] = []
    for (const [at, text] of pieces.entries()) {
      all.push({ type: "text", text })
      const piece = { id: "p1", name: "in pieces", dataItems: [{ type: "text", text }] }
      const data = { ...message(task, "product-chunk"), product: piece, append: at > 0, lastChunk: at === 2 }
      tell(task, data)
    }
    task.products.push({ id: "p1", name: "in pieces", dataItems: all })
  }

  async function perform(task: Task, steps: readonly PartnerStep[]): Promise<void> {
    for (const step of steps) {
      if ("until" in step) await step.until
      if (ends.has(textIn(task.status["state"]))) return
      if ("state" in step) become(task, step.state, step.say)
      if ("product" in step) chunk(task, step)
    }
  }

  function chunk(
    task: Task,
    { product: piece, append, lastChunk }: Extract<PartnerStep, { product: unknown }>,
  ) {
    const at = task.products.findIndex(({ id }) => id === piece["id"])
    const known = task.products[at]
    const whole = append && known !== undefined ? { ...known, dataItems: joined(known, piece) } : piece
    if (at < 0) task.products.push(whole)
    else task.products[at] = whole
    tell(task, { ...message(task, "product-chunk"), product: piece, append, lastChunk })
  }

  function run(task: Task, text: string, items: Json): void {
    const steps = options.script?.(items)
    if (steps !== undefined) return void perform(task, steps)
    if (task.status["state"] === "") {
      if (text === "reject") return become(task, "rejected", "not here")
      become(task, "accepted")
      if (text === "accept") return
    }
    become(task, "working")
    if (text === "work") return
    if (text === "fail") return become(task, "failed", "it broke")
    if (text === "ask") return become(task, "awaiting-input", "which one?")
    if (text === "chunks" || text === "cut") chunks(task)
    else
      product(
        task,
        `p${task.products.length + 1}`,
        text === "echo" ? items : [{ type: "text", text: "done" }],
      )
    become(task, "awaiting-completion")
  }

  function command(of: JsonMembers): Task {
    if (!Command.safeParse(of).success) throw new RpcError(-32602, "Invalid method parameters")
    const { command: name, dataItems = [], sessionId } = of
    const taskId = textIn(of["taskId"])
    const known = tasks.get(taskId)
    if (name === "start") {
      if (known !== undefined) return known
      const task: Task = {
        id: taskId,
        sessionId,
        status: { state: "" },
        products: [],
        commands: [of],
        statuses: [],
        events: [],
        forgotten: 0,
        seq: 0,
        streams: new Set(),
        cutAfter: textOf(dataItems) === "cut" ? 2 : undefined,
      }
      tasks.set(taskId, task)
      return task
    }
    if (known === undefined) throw new RpcError(-32001, "Task not found", { taskId })
    known.commands.push(of)
    const state = textIn(known.status["state"])
    if (name === "cancel" && !ends.has(state)) become(known, "canceled")
    if (name === "complete" && state === "awaiting-completion") become(known, "completed")
    return known
  }

  /** What a command does once its stream is there, if it has one. */
  function act(task: Task, of: JsonMembers): void {
    const state = textIn(task.status["state"])
    const goesOn =
      of["command"] === "continue" && (state === "awaiting-input" || state === "awaiting-completion")
    if (state !== "" && !goesOn) return
    const { dataItems = [] } = of
    run(task, textOf(dataItems), dataItems)
  }

  function rpc(of: JsonMembers): JsonMembers {
    const task = command(of)
    act(task, of)
    const { commandParams } = of
    const since = isObject(commandParams) ? commandParams : {}
    if (of["command"] !== "get") return resultOf(task)
    return {
      ...resultOf(task),
      commandHistory: newer(task.commands, "sentAt", since["lastCommandSentAt"]),
      statusHistory: newer(task.statuses, "stateChangedAt", since["lastStateChangedAt"]),
    }
  }

  function stream(of: JsonMembers, id: Json, res: ServerResponse): void {
    let task: Task
    try {
      task = command(of)
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      res.writeHead(200, { "content-type": "text/event-stream" })
      return void res.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id, error: error.error })}\n\n`)
    }
    const { commandParams } = of
    const last = isObject(commandParams) ? commandParams["lastEventSeq"] : undefined
    const after = of["command"] === "re-stream" ? (typeof last === "number" ? last : 0) : task.seq
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" })
    if (after < task.forgotten) {
      const error = {
        code: -32001,
        message: "Stream events expired",
        data: { lastAvailableSeq: task.forgotten },
      }
      res.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id, error })}\n\n`)
      return
    }
    const to: Stream = { res, id, sent: after }
    task.streams.add(to)
    res.once("close", () => task.streams.delete(to))
    send(task, to)
    act(task, of)
    if (ends.has(textIn(task.status["state"]))) res.end()
  }

  function notification(path: string, params: JsonMembers): Json {
    const { taskId, id, url, token, notificationConfigId } = params
    if (path === "notification/set") {
      const config = {
        id: typeof id === "string" ? id : randomUUID(),
        url: url ?? null,
        token: token ?? null,
        taskId: taskId ?? null,
      }
      notices.set(config.id, config)
      return config
    }
    const of = [...notices].filter(
      ([key, each]) =>
        each["taskId"] === taskId && (notificationConfigId == null || key === notificationConfigId),
    )
    if (path === "notification/get") return of.map(([, { states: _states, ...config }]) => config)
    for (const [key] of of) notices.delete(key)
    return { success: true }
  }

  function admit(one: Seen): void {
    if (options.identify === undefined) return
    const who = options.identify(one)
    if (who === undefined) throw new RpcError(-32008, "Authentication required")
    const { params } = one.body
    const of = isObject(params) ? (params["command"] ?? params["message"]) : undefined
    if (isObject(of) && of["senderId"] !== who)
      throw new RpcError(-32009, "Authorization failed", { field: "senderId" })
  }

  function answer(
    path: string,
    { id = null, method, params }: JsonMembers,
    res: ServerResponse,
  ): Json | undefined {
    if (!isObject(params)) throw new RpcError(-32602, "Invalid method parameters")
    if (method !== path || (path === "stream" && !streams)) throw new RpcError(-32601, "Method not found")
    if (path === "group") throw new RpcError(-32007, "Group communication is not supported")
    if (path === "notification/set" || path === "notification/get" || path === "notification/delete")
      return notification(path, params)
    const of = params["command"] ?? params["message"]
    if (!isObject(of)) throw new RpcError(-32602, "Invalid method parameters")
    const text = textOf(of["dataItems"] ?? [])
    if (path === "notification/start") {
      const about = isObject(of["commandParams"]) ? of["commandParams"] : {}
      const config = notices.get(textIn(about["notificationConfigId"]))
      if (config === undefined) throw new RpcError(-32602, "Invalid method parameters")
      const states = about["notifyOnStates"]
      if (Array.isArray(states) && states.length > 0) config.states = states.map(String)
      return rpc(of)
    }
    if (text === "garbage") {
      res.writeHead(200, { "content-type": "application/json" }).end("{")
      return undefined
    }
    if (path === "stream") {
      stream(of, id, res)
      return undefined
    }
    if (path !== "rpc") throw new RpcError(-32601, "Method not found")
    if (of["command"] === "re-stream") throw new RpcError(-32004, "This operation is not supported")
    const result = rpc(of)
    if (text === "lie") return { ...result, senderId: "1.2.156.3088.1.1.LIAR.LIAR.LIAR.0001" }
    return text === "stray" ? { ...result, taskId: "another" } : result
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let id: Json = null
    try {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const body = parsed(Buffer.concat(chunks).toString("utf8"))
      if (!isObject(body) || body["jsonrpc"] !== "2.0") throw new RpcError(-32600, "Invalid JSON-RPC Request")
      id = body["id"] ?? null
      const path = (req.url ?? "").slice(1)
      const { socket } = req
      const peer = socket instanceof TLSSocket ? commonName(socket) : undefined
      const one: Seen = { path, headers: req.headers, body, peer }
      seen.push(one)
      options.onSeen?.(one)
      admit(one)
      const { params } = body
      const invited = path === "group" && isObject(params) ? options.onInvited?.(params) : undefined
      const result = invited === undefined ? answer(path, body, res) : await invited
      if (result !== undefined) reply(res, alter({ jsonrpc: "2.0", id, result }))
    } catch (error) {
      const said =
        error instanceof RpcError
          ? error.error
          : { code: -32603, message: error instanceof Error ? error.message : "?" }
      reply(res, alter({ jsonrpc: "2.0", id, error: said }))
    }
  }

  const listener = (req: IncomingMessage, res: ServerResponse) => void serve(req, res)
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: true }, listener)
  server.listen(port, host)
  await once(server, "listening")
  // It listens on TCP, so that it has an address and a port.
  const at = server.address() as AddressInfo
  const name = tls === undefined ? (host.includes(":") ? `[${host}]` : host) : "localhost"
  return {
    url: `${tls === undefined ? "http" : "https"}://${name}:${at.port}`,
    seen,
    take(of) {
      act(command(of), of)
    },
    go(taskId, text) {
      const task = tasks.get(taskId)
      if (task === undefined) throw new Error("there is no such task")
      run(task, text, [])
    },
    forget() {
      for (const task of tasks.values()) {
        task.forgotten = task.seq
        task.events.length = 0
      }
    },
    tasks: () => [...tasks.values()].map(({ id, status }) => ({ id, state: textIn(status["state"]) })),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await told
    },
  }
}

function reply(res: ServerResponse, message: JsonMembers): void {
  if (res.headersSent) return void res.end()
  res.writeHead(200, { "content-type": "application/json" })
  res.end(JSON.stringify(message))
}

function joined(one: JsonMembers, other: JsonMembers): Json[] {
  return [one, other].flatMap(({ dataItems }) => (Array.isArray(dataItems) ? dataItems : []))
}

function newer(list: readonly JsonMembers[], member: string, after: Json | undefined): JsonMembers[] {
  if (typeof after !== "string") return [...list]
  return list.filter((each) => Date.parse(textIn(each[member])) > Date.parse(after))
}

function textOf(items: Json): string {
  const all = Array.isArray(items) ? items : []
  const first = all.find((each) => isObject(each) && each["type"] === "text")
  return isObject(first) ? textIn(first["text"]).trim() : ""
}

function commonName(socket: TLSSocket): string | undefined {
  const { subject } = socket.getPeerCertificate()
  // Absent where the client showed no certificate, whatever the type says.
  const name = (subject as { CN?: string | string[] } | undefined)?.CN
  return Array.isArray(name) ? name[0] : name
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json // JSON.parse is typed `any`; what it returns is JSON.
  } catch {
    throw new RpcError(-32700, "Invalid JSON payload")
  }
}
