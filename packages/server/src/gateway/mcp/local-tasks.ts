import { isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Attempt, Caller, Held, HeldAction } from "../governor.ts"
import { withArguments } from "./attempt-of.ts"
import { nobody } from "./client-port.ts"
import { canPollTasks, tasksExtension } from "./era.ts"
import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { attemptAgain, callAgain, canCallAgain, whyNotAgain } from "./held-call.ts"
import { errorOf, resultOf, rpcCodes, rpcError, rpcResult, textOf } from "./rpc.ts"
import { ticketOf } from "../ticket.ts"
import type { Ticket } from "../ticket.ts"
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
  timer: NodeJS.Timeout | undefined
  updatedAt: number
  status: "working" | "completed" | "failed" | "cancelled"
  /** Whether a person has let it go and it is being performed. */
  approved: boolean
  /** `result` or `error`, once it has ended. */
  ending: JsonObject
  /** Characters of `ending` as JSON. */
  size: number
}

const pollIntervalMs = 2000
const maxTasks = 4096
const methods = new Set(["tasks/get", "tasks/update", "tasks/cancel"])
const ownId = /^hld_[0-9a-z]{8,64}$/

/**
 * No tasks yet. A task is named after its hold, which outlives the node: one that is not known here is found again by it.
 * `desk` is asked for late, because the tasks are part of it.
 */
export function createLocalTasks(desk: () => Desk, perform: Perform): LocalTasks {
  const tasks = new Map<string, Task>()

  function end(task: Task, status: Task["status"], ending: JsonObject): void {
    if (task.status !== "working") return
    const size = JSON.stringify(ending).length
    Object.assign(task, { status, ending, size, updatedAt: desk().clock.now() })
    makeRoom(task)
  }

  /** UNTRUSTED: results come from tool servers, and wait here for clients that may never ask. The oldest go first. */
  function makeRoom(latest: Task): void {
    let over = -desk().config.limits.taskResults
    for (const { size } of tasks.values()) over += size
    for (const [id, task] of tasks) {
      if (over <= 0) return
      if (task === latest || task.status === "working") continue
      over -= task.size
      drop(id, task)
    }
  }

  async function work(id: string, task: Task, errand: Errand, attempt: Attempt): Promise<void> {
    const { governor } = desk()
    const state = await governor.awaitHold(errand.caller, id, task.life.signal)
    if (state === "waiting" || task.life.signal.aborted) return
    const ruling = await governor.admit({ ...attempt, hold: id })
    if (ruling.kind === "held") return end(task, "cancelled", {})
    if (ruling.kind === "refused") return finish(task, refusalReply(errand.message, ruling, "modern"))
    task.approved = true
    const message =
      ruling.edited === undefined ? errand.message : withArguments(errand.message, ruling.edited)
    finish(task, await perform(errand, ticketOf(ruling), message))
  }

  function finish(task: Task, response: RpcResponse): void {
    const result = resultOf(response)
    if (result !== undefined) end(task, "completed", { result })
    else end(task, "failed", { error: errorOf(response) ?? {} })
  }

  /** Waits for the decision on behalf of a client that is not there, and performs what is approved. Never rejects. */
  async function follow(id: string, task: Task, errand: Errand, attempt: Attempt): Promise<void> {
    const alone = { ...errand, port: nobody, signal: task.life.signal }
    try {
      await work(id, task, alone, attempt)
    } catch (error) {
      desk().log.warn({ error, hold: id }, "an approved action could not be performed")
      const said = isFailure(error) ? error.message : "the action could not be performed; see Hufu's log"
      end(task, "failed", { error: { code: rpcCodes.unserved, message: said } })
    }
  }

  function keep(id: string, task: Task): void {
    const [oldest] = tasks
    if (tasks.size >= maxTasks && oldest !== undefined) drop(...oldest)
    const over = tasks.get(id)
    if (over !== undefined) drop(id, over)
    tasks.set(id, task)
    task.timer = setTimeout(
      () => drop(id, task),
      Math.max(0, task.createdAt + task.keepMs - desk().clock.now()),
    )
    task.timer.unref()
  }

  function drop(id: string, task: Task): void {
    clearTimeout(task.timer)
    task.life.abort()
    if (tasks.get(id) === task) tasks.delete(id)
  }

  function taskOf(caller: Caller, createdAt: number, expiresAt: number): Task {
    const { agent, principal } = caller
    return {
      agent,
      principal,
      createdAt,
      keepMs: Math.max(0, expiresAt - createdAt) + desk().config.limits.taskKeepMs,
      life: new AbortController(),
      timer: undefined,
      updatedAt: createdAt,
      status: "working",
      approved: false,
      ending: {},
      size: 0,
    }
  }

  /** Finds a task again by its hold, after a restart; what still waits or was approved goes on from there. */
  async function recall(errand: Errand, id: string): Promise<Task | undefined> {
    const { governor, clock } = desk()
    const held = lookUp(() => governor.heldAction(errand.caller, id))
    if (held === undefined || !canCallAgain(held)) return undefined
    const task = taskOf(errand.caller, held.createdAt, held.expiresAt)
    if (task.createdAt + task.keepMs <= clock.now()) return undefined
    const lost = whyNotAgain(held)
    if (held.state === "cancelled") end(task, "cancelled", {})
    else if (lost !== undefined) end(task, "failed", { error: lost })
    else await goOn(id, task, errand, held)
    return task
  }

  async function goOn(id: string, task: Task, errand: Errand, held: HeldAction): Promise<void> {
    const again = { ...errand, server: held.server, message: callAgain(errand.message, held) }
    const following = follow(id, task, again, attemptAgain(errand.caller, held, id))
    // INVARIANT: nothing was awaited since the hold was looked at, so it is followed once.
    if (isOpen(held)) keep(id, task)
    else await following
  }

  async function cancel(
    known: Task | undefined,
    { caller, message }: Errand,
    id: string,
  ): Promise<RpcResponse> {
    const held = lookUp(() => desk().governor.heldAction(caller, id))
    if (known === undefined && (held === undefined || !canCallAgain(held))) return unknown(message)
    if (known !== undefined) stop(known)
    else if (held !== undefined && isOpen(held)) {
      // Kept, so that what is approved all the same is not performed when the client asks once more.
      const task = taskOf(caller, held.createdAt, held.expiresAt)
      keep(id, task)
      stop(task)
    }
    if (held !== undefined) await desk().governor.withdraw(caller, id)
    return rpcResult(message.id, { resultType: "complete" })
  }

  function stop(task: Task): void {
    end(task, "cancelled", {})
    task.life.abort()
  }

  return {
    start(errand, attempt, held) {
      const present = tasks.get(held.hold)
      // The same call again while it waits is the same task.
      if (present?.status === "working" && present.principal === errand.caller.principal)
        return rpcResult(errand.message.id, { resultType: "task", ...shown(held.hold, present) })
      const task = taskOf(errand.caller, desk().clock.now(), held.expiresAt)
      keep(held.hold, task)
      void follow(held.hold, task, errand, attempt)
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
      const known = tasks.get(id)
      if (known && (known.agent !== caller.agent || known.principal !== caller.principal))
        return unknown(message)
      if (message.method === "tasks/cancel") return cancel(known, errand, id)
      const task = known ?? (await recall(errand, id))
      if (task === undefined) return unknown(message)
      if (message.method === "tasks/get")
        return rpcResult(message.id, { resultType: "complete", ...shown(id, task), ...task.ending })
      return rpcResult(message.id, { resultType: "complete" })
    },
    close() {
      for (const [id, task] of tasks) drop(id, task)
    },
  }
}

function isOpen({ state }: HeldAction): boolean {
  return state === "waiting" || state === "approved"
}

/** What is not this agent's, not of this task, or not there at all, looks the same. */
function lookUp(read: () => HeldAction): HeldAction | undefined {
  try {
    return read()
  } catch (error) {
    if (isFailure(error, "not_found")) return undefined
    throw error
  }
}

function unknown(message: RpcRequest): RpcResponse {
  return rpcError(message.id, rpcCodes.invalidParams, "there is no such task")
}

function shown(taskId: string, task: Task): JsonObject {
  return {
    taskId,
    status: task.status,
    statusMessage: statusMessage(task),
    createdAt: new Date(task.createdAt).toISOString(),
    lastUpdatedAt: new Date(task.updatedAt).toISOString(),
    ttlMs: task.keepMs,
    pollIntervalMs,
  }
}

function statusMessage({ status, approved }: Task): string {
  if (status !== "working") return status
  return approved
    ? "approved, under way / 已批准，正在执行"
    : "waiting for a person's approval / 等待用户批准"
}
