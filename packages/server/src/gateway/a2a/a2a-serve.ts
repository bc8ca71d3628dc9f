import { randomUUID } from "node:crypto"
import type { A2aEvent, A2aMessage, A2aTask } from "@hufu/core/a2a/a2a-content"
import {
  CancelTask,
  GetTask,
  ListPushConfigs,
  ListTasks,
  OnePushConfig,
  PushConfig,
  SendMessage,
  SubscribeToTask,
  taskPage,
} from "@hufu/core/a2a/a2a-request"
import { a2aOfSaid, saidOfA2a } from "@hufu/core/a2a/a2a-said"
import { withoutUnder } from "@hufu/core/a2a/delegation-extension"
import { readParams } from "@hufu/core/a2a/read-params"
import { statesOfA2a } from "@hufu/core/a2a/a2a-state"
import { without } from "@hufu/core/a2a/absent"
import { Failure, isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { z } from "zod"
import type { Ask, Delegation, Event, NewNotice, Notice } from "../delegation/delegations.ts"
import type { Caller } from "../governor.ts"
import { a2aFailure, partnerFailure } from "@hufu/core/a2a/a2a-failure"
import type { A2aMethod } from "./a2a-methods.ts"
import { errorIn, isOver, isOwnStart, isSnapshot, taskOfDelegation } from "./a2a-standing.ts"
import { streamOfDelegation, type Streaming } from "./a2a-stream.ts"
import type { A2aParts } from "./a2a-visit.ts"
import { uuidOf } from "./uuid-of.ts"

/** Who asks, through which name, and until when. */
export interface A2aAsking {
  readonly caller: Caller
  readonly server: string
  readonly extensions: readonly string[]
  readonly signal: AbortSignal
  /** Shows the card that stands at this name. */
  readonly card: () => Promise<JsonObject>
}

type Asked = A2aAsking & { readonly params: JsonObject }

/** Serves methods that answer once; the result in the JSON of A2A 1.0. Throws A2aFailure and Failure. */
export function createA2aAnswers({ delegations, config }: A2aParts) {
  const origin = () => config.origin()

  async function sendMessage({ params, ...asking }: Asked): Promise<JsonObject> {
    const asked = readParams(SendMessage, params)
    const { given, after } = await give(asked, asking)
    const { returnImmediately, historyLength } = asked.configuration ?? {}
    const ref = { server: asking.server, task: given.task }
    const waiting = AbortSignal.any([asking.signal, AbortSignal.timeout(config.limits.waitMs)])
    let error: JsonObject | undefined
    for await (const { happening } of delegations.follow(asking.caller, ref, after, "rest", waiting)) {
      error = errorIn(happening) ?? error
      // The partner decides whether it answers with a task or with a message, so that its first word is awaited.
      if (returnImmediately === true && !isOwnStart(happening) && !isPartOfTask(happening)) break
    }
    if (error !== undefined) throw partnerFailure(error)
    const now = await delegations.look(asking.caller, ref)
    if (now.reply !== undefined) {
      const speaking = { role: "ROLE_AGENT", contextId: now.context, taskId: undefined } as const
      return { message: json(a2aOfSaid(now.reply, speaking)) }
    }
    return { task: json(taskOfDelegation(now, origin(), { historyLength })) }
  }

  /** Gives a message to the partner, through the pipeline. */
  async function give(
    { message, configuration, metadata }: z.infer<typeof SendMessage>,
    { caller, server, extensions }: Omit<A2aAsking, "card" | "signal">,
  ): Promise<{ given: Delegation; after: number; before: Streaming["before"] }> {
    if (message.role !== "ROLE_USER")
      throw new Failure("invalid_input", "a client's message has the role `ROLE_USER`")
    const before = message.taskId === undefined ? undefined : await lookUp(caller, server, message.taskId)
    if (before !== undefined) {
      if (message.contextId !== undefined && message.contextId !== before.context)
        throw new Failure(
          "invalid_input",
          "this task belongs to another `contextId`: leave it out, or give the task's own",
        )
      // A message that came before changes nothing, also once the task has ended.
      if (isOver(before) && !before.history.some(({ said }) => said.id === message.messageId))
        throw a2aFailure("UnsupportedOperation", `the task has ended (${before.state}): start another one`, {
          code: "stale",
        })
    }
    const modes = configuration?.acceptedOutputModes
    const parameters: JsonObject = without({
      configuration: modes === undefined ? undefined : { acceptedOutputModes: modes },
      metadata,
      extensions: extensions.length === 0 ? undefined : [...extensions],
    })
    const push = configuration?.taskPushNotificationConfig
    const { message: told, under } = withoutUnder(message)
    const ask = {
      order: before === undefined ? "start" : "continue",
      said: saidOfA2a(told),
      ...(under === undefined ? {} : { under }),
      context: before?.context ?? message.contextId ?? randomUUID(),
      task: before?.task ?? taskFor(caller.agent, server, message),
      confirms: false,
      anyTime: true,
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
      ...(push === undefined ? {} : { notice: noticeOf(push) }),
    } satisfies Ask
    const given = await delegations.ask(caller, server, ask)
    if (before !== undefined && !given.history.some(({ said }) => said.id === message.messageId))
      throw a2aFailure(
        "UnsupportedOperation",
        `the task takes no message where it stands (${given.state}): send this when it asks for input`,
        { code: "stale" },
      )
    const said = { from: "asker", said: ask.said } as const
    return {
      given,
      after: before?.lastSeq ?? 0,
      before: { history: [...(before?.history ?? []), said], products: before?.products ?? [] },
    }
  }

  async function* sendStreaming({ params, ...asking }: Asked): AsyncIterable<A2aEvent> {
    const asked = readParams(SendMessage, params)
    const { given, after, before } = await give(asked, asking)
    yield* streamOfDelegation(delegations, {
      caller: asking.caller,
      ref: { server: asking.server, task: given.task },
      after,
      until: "rest",
      waitsForPartner: true,
      before,
      shown: { historyLength: asked.configuration?.historyLength },
      origin: origin(),
      signal: asking.signal,
    })
  }

  async function* subscribe({ params, caller, server, signal }: Asked): AsyncIterable<A2aEvent> {
    const { id } = readParams(SubscribeToTask, params)
    const now = await lookUp(caller, server, id)
    if (isOver(now))
      throw a2aFailure("UnsupportedOperation", `the task has ended (${now.state}): get it instead`, {
        code: "stale",
      })
    yield { task: taskOfDelegation(now, origin()) }
    yield* streamOfDelegation(delegations, {
      caller,
      ref: { server, task: id },
      after: now.lastSeq,
      until: "end",
      waitsForPartner: false,
      before: now,
      shown: {},
      origin: origin(),
      signal,
    })
  }

  async function getTask({ params, caller, server }: Asked): Promise<JsonObject> {
    const { id, historyLength } = readParams(GetTask, params)
    return json(taskOfDelegation(await lookUp(caller, server, id), origin(), { historyLength }))
  }

  function listTasks({ params, caller, server }: Asked): JsonObject {
    const asked = readParams(ListTasks, params)
    const pageSize = asked.pageSize ?? taskPage.usual
    const offset = offsetOf(asked.pageToken)
    const { status, contextId, statusTimestampAfter } = asked
    const { total, delegations: found } = delegations.list(caller, server, {
      ...(contextId === undefined || contextId === "" ? {} : { context: contextId }),
      ...(status === undefined || status === "TASK_STATE_UNSPECIFIED" ? {} : { states: statesOfA2a(status) }),
      // What changed at that very moment is meant too.
      ...(statusTimestampAfter === undefined ? {} : { changedAfter: Date.parse(statusTimestampAfter) - 1 }),
      limit: pageSize,
      offset,
    })
    const shown = { historyLength: asked.historyLength, artifacts: asked.includeArtifacts === true }
    const tasks = found.map((each) => {
      const task = taskOfDelegation(each, origin(), shown)
      return json(shown.artifacts ? { ...task, artifacts: task.artifacts ?? [] } : task)
    })
    const end = offset + found.length
    return {
      tasks,
      nextPageToken: end < total && found.length > 0 ? Buffer.from(String(end)).toString("base64url") : "",
      pageSize,
      totalSize: total,
    }
  }

  async function cancelTask({ params, caller, server, signal }: Asked): Promise<JsonObject> {
    const { id, metadata } = readParams(CancelTask, params)
    const before = await lookUp(caller, server, id)
    if (before.state === "canceled") return json(taskOfDelegation(before, origin()))
    if (isOver(before)) throw notCancelable(before)
    const given = await delegations.ask(caller, server, {
      order: "cancel",
      said: { id: randomUUID(), parts: [] },
      context: before.context,
      task: id,
      confirms: false,
      ...(metadata === undefined ? {} : { parameters: { metadata } }),
    })
    // What the pipeline refused, or holds, goes to nobody.
    if (given.ruled === undefined && !isOver(given)) await untilCanceled({ caller, server, signal }, given)
    const last = await lookUp(caller, server, id)
    if (isOver(last) && last.state !== "canceled") throw notCancelable(last)
    return json(taskOfDelegation(last, origin()))
  }

  /** Until the partner has answered: the task has ended, or the partner says how it stands, or why it goes on. */
  async function untilCanceled(
    { caller, server, signal }: Pick<A2aAsking, "caller" | "server" | "signal">,
    { task, lastSeq }: Delegation,
  ): Promise<void> {
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(config.limits.waitMs)])
    for await (const { happening } of delegations.follow(caller, { server, task }, lastSeq, "end", waiting)) {
      const error = errorIn(happening)
      if (error !== undefined) throw partnerFailure(error)
      if (happening.kind === "state" && (isSnapshot(happening) || isOver(happening))) return
    }
  }

  async function createPush({ params, caller, server }: Asked): Promise<JsonObject> {
    const asked = readParams(PushConfig, params)
    const task = requireTask(asked.taskId)
    await lookUp(caller, server, task)
    return pushOf(await delegations.notices.set(caller, { server, task }, noticeOf(asked)), task)
  }

  async function getPush({ params, caller, server }: Asked): Promise<JsonObject> {
    const { taskId, id } = readParams(OnePushConfig, params)
    const found = (await noticesOf(caller, server, taskId)).find((each) => each.id === id)
    if (found === undefined)
      throw a2aFailure("TaskNotFound", "there is no such push notification configuration", {
        code: "not_found",
      })
    return pushOf(found, taskId)
  }

  async function listPush({ params, caller, server }: Asked): Promise<JsonObject> {
    const { taskId } = readParams(ListPushConfigs, params)
    const notices = await noticesOf(caller, server, taskId)
    return { configs: notices.map((each) => pushOf(each, taskId)), nextPageToken: "" }
  }

  /** It is the same how often it is deleted (A2A 1.0 §3.1.10). */
  async function deletePush({ params, caller, server }: Asked): Promise<null> {
    const { taskId, id } = readParams(OnePushConfig, params)
    await noticesOf(caller, server, taskId)
    await delegations.notices.remove(caller, { server, task: taskId }, id)
    return null
  }

  async function noticesOf(caller: Caller, server: string, task: string): Promise<readonly Notice[]> {
    await lookUp(caller, server, task)
    return delegations.notices.list(caller, { server, task }).filter(({ protocol }) => protocol === "a2a")
  }

  async function lookUp(caller: Caller, server: string, task: string): Promise<Delegation> {
    try {
      return await delegations.look(caller, { server, task })
    } catch (error) {
      if (isFailure(error, "not_found"))
        throw a2aFailure("TaskNotFound", "there is no such task of this agent with this partner", {
          code: "not_found",
        })
      throw error
    }
  }

  return {
    streams: { SendStreamingMessage: sendStreaming, SubscribeToTask: subscribe },
    answers: {
      SendMessage: sendMessage,
      GetTask: getTask,
      ListTasks: async (asked: Asked) => listTasks(asked),
      CancelTask: cancelTask,
      CreateTaskPushNotificationConfig: createPush,
      GetTaskPushNotificationConfig: getPush,
      ListTaskPushNotificationConfigs: listPush,
      DeleteTaskPushNotificationConfig: deletePush,
      GetExtendedAgentCard: async ({ card }: Asked) => card(),
    },
  } satisfies {
    streams: Partial<Record<A2aMethod, (asked: Asked) => AsyncIterable<A2aEvent>>>
    answers: Partial<Record<A2aMethod, (asked: Asked) => Promise<JsonObject | null>>>
  }
}
export type A2aAnswers = ReturnType<typeof createA2aAnswers>

/** A product of a whole task: its state follows. */
function isPartOfTask(happening: Event["happening"]): boolean {
  return happening.kind === "product" && isSnapshot(happening)
}

/** A first message that comes again, because its answer was lost, is the same task: what it asks for is done once. */
function taskFor(agent: string, server: string, { contextId = "", messageId }: A2aMessage): string {
  return uuidOf([agent, server, contextId, messageId])
}

function notCancelable({ state }: Delegation) {
  return a2aFailure("TaskNotCancelable", `the task has ended already (${state})`, { code: "stale" })
}

function requireTask(id: string | undefined): string {
  if (id === undefined || id.trim() === "")
    throw new Failure("invalid_input", "`taskId` is not acceptable: name the task")
  return id
}

/** Where a page begins; what it says is Hufu's own, and what others make of it is bounded. */
function offsetOf(token: string | undefined): number {
  if (token === undefined || token === "") return 0
  const text = Buffer.from(token, "base64url").toString("latin1")
  if (!/^\d{1,9}$/.test(text))
    throw new Failure("invalid_input", "`pageToken` is not acceptable: give one that a page ended with")
  return Number(text)
}

function noticeOf({ id, url, token, authentication }: PushConfig): NewNotice {
  const address = URL.parse(url)
  if (address === null || (address.protocol !== "http:" && address.protocol !== "https:"))
    throw new Failure("invalid_input", "`url` is not acceptable: give an http or https address")
  return {
    ...(id === undefined ? {} : { id }),
    url: address.href,
    token: token === "" ? undefined : token,
    states: [],
    protocol: "a2a",
    about: authentication === undefined ? {} : { authentication: without(authentication) },
  }
}

function pushOf({ id, url, token, about }: Notice, taskId: string): JsonObject {
  return { ...without({ token }), ...about, id, taskId, url }
}

/** What the schemas of A2A made is JSON: its optional members are absent, not undefined. */
function json(value: A2aTask | A2aMessage): JsonObject {
  return value as unknown as JsonObject
}
