import { randomUUID } from "node:crypto"
import { Agent, request as send } from "undici"
import { type Json, isObject, type JsonMembers, textIn } from "./json.ts"
import { Result, RpcError, StreamEvent } from "./shapes.ts"
import type { Outcome, Target } from "./target.ts"

/** A check could not be made, because the target cannot be brought to where it starts. */
export class NotReached extends Error {}

/** Whoever speaks to the target: a leader, and where a check wants it one that does wrong. */
export interface Leader {
  readonly target: Target
  newTask(): string
  command(task: string, name: string, more?: JsonMembers): JsonMembers
  /** Posts anything to one of the target's addresses. */
  post(path: string, body: Json | string, headers?: Readonly<Record<string, string>>): Promise<Answered>
  call(path: string, params: JsonMembers): Promise<Answered>
  /** A command by `rpc`; an error of JSON-RPC is thrown. */
  rpc(task: string, name: string, more?: JsonMembers): Promise<Result>
  stream(of: JsonMembers): Promise<Streamed>
  /** A task in a state, or NotReached. */
  reach(outcome: Outcome, state: Result["status"]["state"]): Promise<string>
  /** Asks until a task is in one of these states, as long as the target's patience lasts or so many ms. */
  until(task: string, states: readonly string[], ms?: number): Promise<Result>
  close(): Promise<void>
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly result: Json | undefined
  readonly error: RpcError | undefined
}

export interface Streamed {
  readonly headers: Answered["headers"]
  /** Everything that came until something holds of it, or until the stream ended. */
  until(holds: (events: readonly StreamEvent[]) => boolean): Promise<readonly StreamEvent[]>
  readonly error: () => RpcError | undefined
  readonly isOver: () => boolean
  close(): void
}

const session = randomUUID()

export function openLeader(target: Target): Leader {
  const { base, senderId, tls, patienceMs } = target
  const agent = new Agent({ connect: { ...tls }, connections: 64 })

  function command(task: string, name: string, more: JsonMembers = {}): JsonMembers {
    return {
      type: "task-command",
      id: randomUUID(),
      sentAt: new Date().toISOString(),
      senderRole: "leader",
      senderId,
      command: name,
      taskId: task,
      sessionId: session,
      ...more,
    }
  }

  async function exchange(path: string, body: Json | string, headers: Readonly<Record<string, string>>) {
    return send(`${base}/${path}`, {
      method: "POST",
      dispatcher: agent,
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  }

  async function post(path: string, body: Json | string, headers = target.headers): Promise<Answered> {
    const reply = await exchange(path, body, headers)
    const text = await reply.body.text()
    return { status: reply.statusCode, headers: reply.headers, ...read(messageIn(text)) }
  }

  const call = (path: string, params: JsonMembers) =>
    post(path, { jsonrpc: "2.0", id: randomUUID(), method: path, params })

  async function rpc(task: string, name: string, more: JsonMembers = {}): Promise<Result> {
    const { result, error } = await call("rpc", { command: command(task, name, more) })
    if (error !== undefined) throw new Error(`\`${name}\` was answered with ${error.code} ${error.message}`)
    return Result.parse(result)
  }

  async function stream(of: JsonMembers): Promise<Streamed> {
    const body = { jsonrpc: "2.0", id: "s", method: "stream", params: { message: of } }
    const reply = await exchange("stream", body, target.headers)
    const events: StreamEvent[] = []
    let error: RpcError | undefined
    let over = false
    let wake = () => {}
    const reading = (async () => {
      let held = ""
      for await (const chunk of reply.body) {
        held += String(chunk)
        for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
          const message = messageIn(held.slice(0, end))
          held = held.slice(end + 2)
          if (message === undefined) continue
          const one = read(message)
          error ??= one.error
          if (one.error === undefined) events.push(StreamEvent.parse(one.result))
          wake()
        }
      }
      if (held.trim().startsWith("{")) error ??= read(messageIn(held)).error
    })()
    let fault: unknown
    const ended = reading
      .catch((cause: unknown) => (fault = cause))
      .finally(() => {
        over = true
        wake()
      })
    return {
      headers: reply.headers,
      error: () => error,
      isOver: () => over,
      async until(holds) {
        const late = setTimeout(() => reply.body.destroy(new Error("the stream says no more")), patienceMs)
        const isEnough = () => over || holds(events)
        while (!isEnough()) await new Promise<void>((resolve) => (wake = resolve))
        clearTimeout(late)
        if (over) await ended
        if (fault !== undefined && !holds(events)) throw fault
        return events
      },
      close: () => void reply.body.on("error", () => {}).destroy(),
    }
  }

  async function until(task: string, states: readonly string[], ms = patienceMs): Promise<Result> {
    const end = performance.now() + ms
    for (;;) {
      const result = await rpc(task, "get")
      if (states.includes(result.status.state)) return result
      if (performance.now() > end)
        throw new NotReached(`the task is \`${result.status.state}\` and not ${states.join(" or ")}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  return {
    target,
    newTask: () => randomUUID(),
    command,
    post,
    call,
    rpc,
    stream,
    until,
    async reach(outcome, state) {
      const dataItems = target.script[outcome]
      if (dataItems === undefined) throw new NotReached(`nothing is known that gets a task to \`${outcome}\``)
      const task = randomUUID()
      await rpc(task, "start", { dataItems: [...dataItems] })
      await until(task, [state])
      return task
    },
    close: () => agent.destroy(),
  }
}

/** What JSON stands in a body or in one event. */
function messageIn(text: string): Json | undefined {
  const data = text
    .split("\n")
    .flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []))
    .join("")
  try {
    return JSON.parse(data === "" ? text : data) as Json // JSON.parse is typed `any`
  } catch {
    return undefined
  }
}

function read(message: Json | undefined): Pick<Answered, "result" | "error"> {
  if (!isObject(message) || textIn(message["jsonrpc"]) !== "2.0")
    return { result: undefined, error: undefined }
  const error = RpcError.safeParse(message["error"])
  return { result: message["result"], error: error.success ? error.data : undefined }
}
