import type { JsonObject } from "@hufu/core/json/json-value"
import { isFailure } from "@hufu/core/failure"
import type { Attempt, Caller, Held } from "../governor.ts"
import { withArguments } from "./attempt-of.ts"
import { nobody } from "./client-port.ts"
import { canPollTasks, tasksExtension } from "./era.ts"
import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { errorOf, resultOf, rpcCodes, rpcError, rpcResult, textOf } from "./rpc.ts"
import { ticketOf } from "./ticket.ts"
import type { Ticket } from "./ticket.ts"
import type { RpcRequest, RpcResponse } from "./upstream/link.ts"
import { refusalReply } from "./verdict-reply.ts"

/** Performs an approved action for a client that polls, over a link. */
export type Perform = (errand: Errand, ticket: Ticket, message: RpcRequest) => Promise<RpcResponse>

/** Actions that wait for a person, as tasks that a client polls (io.modelcontextprotocol/tasks). */
export interface LocalTasks {
  /** Answers with a handle; the hold behind it is durable already. */
  start(errand: Errand, attempt: Attempt, held: Held): RpcResponse
  /** Whether a request is about a task of Hufu's own. */
  owns(message: RpcRequest): boolean
  answer(errand: Errand): Promise<RpcResponse>
  close(): void
}

interface Task {
  readonly agent: string
  readonly principal: string
  readonly createdAt: number
  readonly keepMs: number
  readonly life: AbortController
  updatedAt: number
  status: "working" | "completed" | "failed" | "cancelled"
  /** `result` or `error`, once it has ended. */
  ending: JsonObject
}

const pollIntervalMs = 2000
const maxTasks = 4096
const methods = new Set(["tasks/get", "tasks/update", "tasks/cancel"])
const ownId = /^hld_[0-9a-z]{8,64}$/

/** No tasks yet. `desk` is asked for late, because the tasks are part of it. */
export function createLocalTasks(desk: () => Desk, perform: Perform): LocalTasks {
  const tasks = new Map<string, Task>()

  function end(task: Task, status: Task["status"], ending: JsonObject): void {
    if (task.status !== "working") return
    Object.assign(task, { status, ending, updatedAt: desk().clock.now() })
  }

  async function work(id: string, task: Task, errand: Errand, attempt: Attempt): Promise<void> {
    const { governor } = desk()
    const state = await governor.awaitHold(errand.caller, id, task.life.signal)
    if (state === "waiting") return
    const ruling = await governor.admit({ ...attempt, hold: id })
    if (ruling.kind === "held") return end(task, "cancelled", {})
    if (ruling.kind === "refused") return finish(task, refusalReply(errand.message, ruling, "modern"))
    const message =
      ruling.edited === undefined ? errand.message : withArguments(errand.message, ruling.edited)
    finish(task, await perform(errand, ticketOf(ruling), message))
  }

  function finish(task: Task, response: RpcResponse): void {
    const result = resultOf(response)
    if (result !== undefined) end(task, "completed", { result })
    else end(task, "failed", { error: errorOf(response) ?? {} })
  }

  return {
    start(errand, attempt, held) {
      const now = desk().clock.now()
      const { limits } = desk().config
      if (tasks.size >= maxTasks) forgetOldest(tasks)
      const task: Task = {
        agent: errand.caller.agent,
        principal: errand.caller.principal,
        createdAt: now,
        keepMs: Math.max(0, held.expiresAt - now) + limits.taskKeepMs,
        life: new AbortController(),
        updatedAt: now,
        status: "working",
        ending: {},
      }
      tasks.set(held.hold, task)
      const alone = { ...errand, port: nobody, signal: task.life.signal }
      work(held.hold, task, alone, attempt).catch((error: unknown) => {
        desk().log.warn({ error, hold: held.hold }, "an approved action could not be performed")
        const said = isFailure(error) ? error.message : "the action could not be performed; see Hufu's log"
        end(task, "failed", { error: { code: rpcCodes.unserved, message: said } })
      })
      const timer = setTimeout(() => (task.life.abort(), tasks.delete(held.hold)), task.keepMs)
      timer.unref()
      task.life.signal.addEventListener("abort", () => clearTimeout(timer), { once: true })
      return rpcResult(errand.message.id, { resultType: "task", ...shown(held.hold, task) })
    },
    owns: (message) => methods.has(message.method) && ownId.test(textOf(message.params?.["taskId"])),
    async answer(errand) {
      const { message, caller, client } = errand
      if (!canPollTasks(client)) {
        const requiredCapabilities = { extensions: { [tasksExtension]: {} } }
        return rpcError(message.id, rpcCodes.missingCapability, "declare the tasks extension", {
          requiredCapabilities,
        })
      }
      const id = textOf(message.params?.["taskId"])
      const task = tasks.get(id)
      if (task === undefined) return lost(desk(), caller, id, message)
      if (task.agent !== caller.agent || task.principal !== caller.principal) return unknown(message)
      if (message.method === "tasks/get") {
        return rpcResult(message.id, { resultType: "complete", ...shown(id, task), ...task.ending })
      }
      if (message.method === "tasks/cancel") {
        end(task, "cancelled", {})
        task.life.abort()
      }
      return rpcResult(message.id, { resultType: "complete" })
    },
    close() {
      for (const task of tasks.values()) task.life.abort()
      tasks.clear()
    },
  }
}

/** After a restart the hold is still there, but not what was to be done: the client calls again to go on. */
async function lost(desk: Desk, caller: Caller, id: string, message: RpcRequest): Promise<RpcResponse> {
  try {
    await desk.governor.awaitHold(caller, id, AbortSignal.abort())
  } catch {
    return unknown(message)
  }
  const said =
    "Hufu was restarted; call the tool with the same arguments again to go on from the same approval"
  const error = { code: rpcCodes.unserved, message: said }
  const at = new Date(desk.clock.now()).toISOString()
  const task = { taskId: id, status: "failed", createdAt: at, lastUpdatedAt: at, ttlMs: 0, error }
  return rpcResult(message.id, { resultType: "complete", ...task })
}

function unknown(message: RpcRequest): RpcResponse {
  return rpcError(message.id, rpcCodes.invalidParams, "there is no such task")
}

function shown(taskId: string, task: Task): JsonObject {
  return {
    taskId,
    status: task.status,
    statusMessage: task.status === "working" ? "waiting for a person's approval / 等待用户批准" : task.status,
    createdAt: new Date(task.createdAt).toISOString(),
    lastUpdatedAt: new Date(task.updatedAt).toISOString(),
    ttlMs: task.keepMs,
    pollIntervalMs,
  }
}

function forgetOldest(tasks: Map<string, Task>): void {
  for (const [id, task] of tasks) {
    task.life.abort()
    tasks.delete(id)
    return
  }
}
