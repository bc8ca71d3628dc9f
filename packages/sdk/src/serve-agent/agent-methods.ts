import type { A2aEvent, A2aMessage } from "@hufu/core/a2a/a2a-content"
import { a2aFailure } from "@hufu/core/a2a/a2a-failure"
import {
  CancelTask,
  GetTask,
  ListTasks,
  SendMessage,
  SubscribeToTask,
  taskPage,
} from "@hufu/core/a2a/a2a-request"
import { stateOfA2a } from "@hufu/core/a2a/a2a-state"
import { readParams } from "@hufu/core/a2a/read-params"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { AgentLimits } from "./agent-options.ts"
import type { AgentTask } from "./agent-task.ts"
import type { AgentTasks } from "./agent-tasks.ts"
import type { EventQueue } from "./event-queue.ts"

type Answer = (params: JsonObject, signal: AbortSignal) => JsonObject | Promise<JsonObject>
type Stream = (params: JsonObject, signal: AbortSignal) => AsyncIterable<JsonObject>

export interface AgentMethods {
  readonly answers: ReadonlyMap<string, Answer>
  readonly streams: ReadonlyMap<string, Stream>
}

export interface AgentMethodsParts {
  readonly tasks: AgentTasks
  readonly limits: AgentLimits
  readonly takes: (mediaType: string) => boolean
}

/** The methods of A2A 1.0 that an agent serves. Throw A2aFailure and Failure. */
export function createAgentMethods({ tasks, limits, takes }: AgentMethodsParts): AgentMethods {
  /** The task that a message begins or goes on with; what came before changes nothing. */
  function give({ message, configuration }: SendMessage): AgentTask {
    if (message.role !== "ROLE_USER")
      throw new Failure("invalid_input", "a client's message has the role `ROLE_USER`")
    if (configuration?.taskPushNotificationConfig !== undefined) throw noPush()
    checkTypes(message)
    if (message.taskId === undefined) return tasks.begin(message)
    const task = find(message.taskId)
    if (message.contextId !== undefined && message.contextId !== task.context)
      throw new Failure(
        "invalid_input",
        "this task belongs to another `contextId`: leave it out, or give the task's own",
      )
    if (!task.has(message)) task.take(message)
    return task
  }

  function checkTypes({ parts }: A2aMessage): void {
    for (const part of parts) {
      const type =
        part.mediaType ??
        (part.text !== undefined
          ? "text/plain"
          : part.data !== undefined
            ? "application/json"
            : "application/octet-stream")
      if (!takes(type))
        throw a2aFailure(
          "ContentTypeNotSupported",
          `the agent takes no \`${type}\`: its card says what it takes`,
          {
            code: "unsupported_media_type",
          },
        )
    }
  }

  function find(id: string): AgentTask {
    const task = tasks.get(id)
    if (task === undefined)
      throw a2aFailure("TaskNotFound", "there is no such task, or not any more", { code: "not_found" })
    return task
  }

  async function sendMessage(params: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const asked = readParams(SendMessage, params)
    const task = give(asked)
    const { returnImmediately, historyLength } = asked.configuration ?? {}
    const queue = task.listen("rest")
    task.start()
    if (returnImmediately === true) queue.end()
    else await drained(queue, AbortSignal.any([signal, AbortSignal.timeout(limits.waitMs)]))
    return { task: json(task.look({ historyLength })) }
  }

  function sendStreaming(params: JsonObject, signal: AbortSignal): AsyncIterable<JsonObject> {
    const asked = readParams(SendMessage, params)
    const task = give(asked)
    const begun = task.look({ historyLength: asked.configuration?.historyLength })
    const queue = task.listen("rest")
    task.start()
    return told({ task: begun }, queue, signal)
  }

  function subscribe(params: JsonObject, signal: AbortSignal): AsyncIterable<JsonObject> {
    const task = find(readParams(SubscribeToTask, params).id)
    if (isEnd(task.state))
      throw a2aFailure("UnsupportedOperation", `the task has ended (${task.state}): get it instead`, {
        code: "stale",
      })
    return told({ task: task.look() }, task.listen("end"), signal)
  }

  function getTask(params: JsonObject): JsonObject {
    const { id, historyLength } = readParams(GetTask, params)
    return json(find(id).look({ historyLength }))
  }

  function listTasks(params: JsonObject): JsonObject {
    const asked = readParams(ListTasks, params)
    const { contextId = "", status, statusTimestampAfter, includeArtifacts, historyLength } = asked
    const state = status === undefined ? undefined : stateOfA2a(status)
    const after = statusTimestampAfter === undefined ? -Infinity : Date.parse(statusTimestampAfter)
    const found = tasks
      .list()
      .filter(
        (task) =>
          (contextId === "" || task.context === contextId) &&
          (state === undefined || task.state === state) &&
          task.changedAt >= after,
      )
    const pageSize = asked.pageSize ?? taskPage.usual
    const from = offsetOf(asked.pageToken)
    const page = found.slice(from, from + pageSize)
    return {
      tasks: page.map((task) => {
        const shown = task.look({ historyLength, artifacts: includeArtifacts === true })
        return json(includeArtifacts === true ? { ...shown, artifacts: shown.artifacts ?? [] } : shown)
      }),
      nextPageToken: from + page.length < found.length && page.length > 0 ? String(from + page.length) : "",
      pageSize,
      totalSize: found.length,
    }
  }

  function cancelTask(params: JsonObject): JsonObject {
    const task = find(readParams(CancelTask, params).id)
    if (isEnd(task.state) && task.state !== "canceled")
      throw a2aFailure("TaskNotCancelable", `the task has ended already (${task.state})`, { code: "stale" })
    task.cancel()
    return json(task.look())
  }

  const refusesPush: Answer = () => {
    throw noPush()
  }
  return {
    answers: new Map<string, Answer>([
      ["SendMessage", sendMessage],
      ["GetTask", getTask],
      ["ListTasks", listTasks],
      ["CancelTask", cancelTask],
      ["CreateTaskPushNotificationConfig", refusesPush],
      ["GetTaskPushNotificationConfig", refusesPush],
      ["ListTaskPushNotificationConfigs", refusesPush],
      ["DeleteTaskPushNotificationConfig", refusesPush],
      [
        "GetExtendedAgentCard",
        () => {
          throw a2aFailure("UnsupportedOperation", "there is one card, which everybody may read")
        },
      ],
    ]),
    streams: new Map<string, Stream>([
      ["SendStreamingMessage", sendStreaming],
      ["SubscribeToTask", subscribe],
    ]),
  }
}

async function* told(first: A2aEvent, queue: EventQueue, signal: AbortSignal): AsyncIterable<JsonObject> {
  endWith(queue, signal)
  try {
    yield json(first)
    for await (const event of queue.events) yield json(event)
  } finally {
    queue.end()
  }
}

async function drained(queue: EventQueue, signal: AbortSignal): Promise<void> {
  endWith(queue, signal)
  // What happens on the way stands in the task.
  for await (const _ of queue.events);
}

function endWith(queue: EventQueue, signal: AbortSignal): void {
  if (signal.aborted) queue.end()
  else signal.addEventListener("abort", queue.end, { once: true })
}

function noPush() {
  return a2aFailure("PushNotificationNotSupported", "the agent calls nobody: follow the task instead")
}

function offsetOf(token = ""): number {
  if (token === "") return 0
  if (!/^\d{1,9}$/.test(token))
    throw new Failure("invalid_input", "`pageToken` is not acceptable: give one that a page ended with")
  return Number(token)
}

/** What the schemas make is JSON; its optional members are absent, not undefined. */
function json(value: object): JsonObject {
  return value as JsonObject
}
