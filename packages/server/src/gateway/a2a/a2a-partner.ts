import { createHash } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { A2aEvent } from "@hufu/core/a2a/a2a-content"
import { a2aErrors } from "@hufu/core/a2a/a2a-errors"
import { happeningsOfA2a, withTaskMetadata } from "@hufu/core/a2a/a2a-happenings"
import { a2aOfSaid, membersOf, textIn, textsIn } from "@hufu/core/a2a/a2a-said"
import { without } from "@hufu/core/a2a/absent"
import { delegationExtension } from "@hufu/core/a2a/delegation-extension"
import { isRest, type DelegationState } from "@hufu/core/delegation/delegation-state"
import { Failure, isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import {
  type FromPartner,
  type Partner,
  partnerConnections,
  type PartnerOrder,
  type PartnerView,
} from "../delegation/partner.ts"
import { HttpUpstream, type HttpUpstreamOptions } from "../mcp/upstream/http-upstream.ts"
import type { HttpServer } from "../mcp/upstream/server-definition.ts"
import type { Ticket } from "../ticket.ts"
import { type PartnerCard, readPartnerCard } from "./partner-card.ts"
import { callPartner, PartnerError, streamFromPartner } from "./partner-calls.ts"
import { uuidOf } from "./uuid-of.ts"

export interface A2aPartnerOptions extends HttpUpstreamOptions {
  readonly server: HttpServer
  /** Monotonic, in ms. */
  readonly now: () => number
  /** How long a partner may take for one answer, and be silent on a stream before it is asked whether it is still there. */
  readonly answerMs?: number
}

export interface A2aPartner extends Partner {
  /** What the partner says of itself. UNTRUSTED. Throws Failure. */
  card(signal: AbortSignal): Promise<PartnerCard>
  close(): Promise<void>
}

const cardKeptMs = 5 * 60_000
const pollMs = { first: 50, most: 2000 } as const
/** How often a stream that broke off is taken up again before the partner counts as lost. */
const resumptions = 5

/** An agent elsewhere that speaks A2A, 1.0 or 0.3. Nothing is contacted before it is first used. */
export function createA2aPartner(options: A2aPartnerOptions): A2aPartner {
  const { server, now, answerMs = 5 * 60_000 } = options
  let opened: HttpUpstream | undefined
  const upstream = () =>
    (opened ??= new HttpUpstream(server, { ...options, connections: partnerConnections }))
  let known: { readonly card: PartnerCard; readonly at: number } | undefined

  async function card(signal: AbortSignal): Promise<PartnerCard> {
    if (known !== undefined && now() - known.at < cardKeptMs) return known.card
    try {
      known = { card: await readPartnerCard(upstream(), server.url, signal), at: now() }
    } catch (error) {
      // Reading a card is no deed: whatever went wrong with it, nothing of the action has left.
      if (isFailure(error, "upstream_lost"))
        throw new Failure("upstream_unavailable", "the partner's card cannot be read: try again later", {
          cause: error,
        })
      throw error
    }
    return known.card
  }

  /** Everything that a task does from now on, however often its stream breaks off; ends when it rests. */
  async function* watch(task: string, from: PartnerCard, signal: AbortSignal): AsyncIterable<FromPartner> {
    const reader = createReader()
    let failures = 0
    let pause: number = pollMs.first
    for (;;) {
      try {
        const call = { params: { id: task }, extensions: [], timeoutMs: answerMs, signal, leave: () => true }
        if (from.streaming) {
          for await (const event of streamFromPartner(upstream(), from.face, {
            ...call,
            method: "SubscribeToTask",
          }))
            yield* reader.read(event)
          if (reader.rests) return
        }
        yield* reader.read({ task: await callPartner(upstream(), from.face, { ...call, method: "GetTask" }) })
        failures = 0
      } catch (error) {
        signal.throwIfAborted()
        // A task that has ended has no stream: it is only looked at.
        if (error instanceof PartnerError && from.streaming && isUnsupported(error)) {
          yield* reader.read({ task: await getTask(task, from, signal) })
          if (reader.rests) return
        } else if (!isLost(error) || ++failures > resumptions) throw wordsOf(error)
      }
      if (reader.rests) return
      await sleep(pause, undefined, { signal })
      pause = Math.min(pause * 2, pollMs.most)
    }
  }

  async function getTask(id: string, { face }: PartnerCard, signal: AbortSignal): Promise<JsonObject> {
    const call = { params: { id }, extensions: [], timeoutMs: answerMs, signal, leave: () => true }
    return callPartner(upstream(), face, { ...call, method: "GetTask" })
  }

  async function* say(order: PartnerOrder, ticket: Ticket, signal: AbortSignal): AsyncIterable<FromPartner> {
    const from = await card(signal)
    const { params, extensions } = messageFor(order, from)
    const reader = createReader()
    const leave = leaveOnce(ticket)
    const call = { params, extensions, timeoutMs: answerMs, signal, leave }
    let lost: unknown
    try {
      if (from.streaming) {
        for await (const event of streamFromPartner(upstream(), from.face, {
          ...call,
          method: "SendStreamingMessage",
        }))
          yield* reader.read(event)
      } else {
        yield* reader.read(await callPartner(upstream(), from.face, { ...call, method: "SendMessage" }))
      }
    } catch (error) {
      if (error instanceof PartnerError) {
        yield* refused(error, order, from, signal)
        return
      }
      if (!isLost(error) || reader.task === undefined) throw error
      lost = error
    }
    if (reader.rests) return
    if (reader.task === undefined) {
      if (lost !== undefined) throw lost
      throw new Failure("invalid_input", "the partner's answer tells of neither a task nor a message")
    }
    yield* watch(reader.task, from, signal)
  }

  /** What a partner refuses to begin is over; what it refuses to go on with stays as it is. */
  async function* refused(
    { error }: PartnerError,
    { order, view }: PartnerOrder,
    from: PartnerCard,
    signal: AbortSignal,
  ): AsyncIterable<FromPartner> {
    if (order === "start" || view.partnerTask === undefined) {
      yield { happening: refusal(error) }
      return
    }
    const reader = createReader()
    const [last] = [...reader.read({ task: await getTask(view.partnerTask, from, signal) })].slice(-1)
    if (last?.happening.kind !== "state") return
    const { original } = last.happening
    yield {
      ...last,
      happening: { ...last.happening, original: { protocol: "a2a", object: { ...original?.object, error } } },
    }
  }

  async function* cancel(
    order: PartnerOrder,
    ticket: Ticket,
    signal: AbortSignal,
  ): AsyncIterable<FromPartner> {
    const id = order.view.partnerTask
    if (id === undefined) {
      // Nobody has told Hufu what the partner calls it, so there is nothing that could be named to it.
      yield { happening: { kind: "state", state: "canceled" } }
      return
    }
    const from = await card(signal)
    const metadata = order.parameters?.["metadata"]
    const params = { id, ...(isJsonObject(metadata) ? { metadata } : {}) }
    const call = { params, extensions: [], timeoutMs: answerMs, signal, leave: leaveOnce(ticket) }
    const reader = createReader()
    try {
      yield* reader.read({
        task: await callPartner(upstream(), from.face, { ...call, method: "CancelTask" }),
      })
    } catch (error) {
      if (!(error instanceof PartnerError)) throw error
      yield* refused(error, order, from, signal)
    }
  }

  return {
    protocol: "a2a",
    confirms: false,
    card,
    async describes(signal) {
      const { name, description, skills } = (await card(signal)).card
      const about = Array.isArray(skills) ? skills.flatMap((each) => Object.values(membersOf(each))) : []
      return [name, description, ...about].filter((text) => typeof text === "string")
    },
    order(order, ticket, signal) {
      if (order.order === "cancel") return cancel(order, ticket, signal)
      // A2A has no step in which what was delivered is confirmed: there is nothing to say.
      return order.order === "complete" ? nothing() : say(order, ticket, signal)
    },
    async *look(view, _, signal) {
      const from = await card(signal)
      yield* createReader().read({ task: await taskOf(view, (id) => getTask(id, from, signal)) })
    },
    async *follow(view, _, __, signal) {
      yield* watch(idOf(view), await card(signal), signal)
    },
    async close() {
      await opened?.close()
    },
  }
}

async function* nothing(): AsyncIterable<FromPartner> {}

function leaveOnce(ticket: Ticket): () => boolean {
  return () => ticket.leave()
}

function idOf({ partnerTask }: PartnerView): string {
  if (partnerTask === undefined)
    throw new Failure("upstream_lost", "the partner never said what it calls this: nobody can look at it")
  return partnerTask
}

async function taskOf(view: PartnerView, get: (id: string) => Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await get(idOf(view))
  } catch (error) {
    throw wordsOf(error)
  }
}

/** Reads what a partner says, and remembers where its task stands. */
function createReader() {
  let task: string | undefined
  let context: string | undefined
  let metadata: JsonObject | undefined
  let state: DelegationState | undefined
  let isOver = false

  function understand(value: JsonObject): A2aEvent {
    const read = A2aEvent.safeParse(value)
    if (read.success) return read.data
    const [issue] = read.error.issues
    throw new Failure(
      "invalid_input",
      `the partner's answer does not fit A2A: \`${(issue?.path ?? []).join(".").slice(0, 200)}\``,
      { cause: read.error },
    )
  }

  return {
    get task() {
      return task
    },
    get rests() {
      return isOver || (state !== undefined && isRest(state))
    },
    *read(value: JsonObject): Iterable<FromPartner> {
      const event = understand(value)
      const told = happeningsOfA2a(event)
      task = told.task ?? task
      context = told.context ?? context
      metadata =
        event.task?.metadata ??
        merged(metadata, event.statusUpdate?.metadata ?? event.artifactUpdate?.metadata)
      for (const happening of told.happenings) {
        if (happening.kind === "state") state = happening.state
        if (happening.kind === "reply") isOver = true
        yield {
          happening: withTaskMetadata(happening, metadata),
          ...(task === undefined ? {} : { partnerTask: task }),
          ...(context === undefined ? {} : { partnerContext: context }),
        }
      }
    },
  }
}

function merged(one: JsonObject | undefined, other: JsonObject | undefined): JsonObject | undefined {
  return other === undefined ? one : { ...one, ...other }
}

/** The message of an order, in the JSON of A2A 1.0, and the extensions that it uses. */
function messageFor(
  { said, view, authority, parameters, sender }: PartnerOrder,
  { extensions: offered }: PartnerCard,
): { params: JsonObject; extensions: string[] } {
  if (said === undefined)
    throw new Failure("invalid_input", "A2A has no order without a message: say something")
  // A task that was completed takes no more messages: what is still wanted is another task of the conversation that names it.
  const isOver = view.state === "delivered"
  const {
    referenceTaskIds: _,
    extensions: named = [],
    ...message
  } = a2aOfSaid(said, {
    role: "ROLE_USER",
    contextId: view.partnerContext ?? contextFor(sender.agent, view.context),
    taskId: isOver ? undefined : view.partnerTask,
  })
  const used = named.filter((uri) => offered.includes(uri))
  const wanted = textsIn(parameters?.["extensions"]) ?? []
  // Whoever stands behind a message is told only to those who ask for it.
  const tells = offered.includes(delegationExtension)
  const metadata = tells
    ? { ...message.metadata, [delegationExtension]: without(authority) }
    : message.metadata
  const modes = textsIn(membersOf(parameters?.["configuration"])["acceptedOutputModes"])
  const about = parameters?.["metadata"]
  const configuration = {
    ...(modes === undefined ? {} : { acceptedOutputModes: modes }),
    returnImmediately: true,
  }
  const params = {
    message: {
      ...message,
      ...(metadata === undefined ? {} : { metadata }),
      // A name that the partner gave itself tells it nothing; any other could carry what nobody has judged.
      ...(used.length === 0 ? {} : { extensions: used }),
      ...(isOver && view.partnerTask !== undefined ? { referenceTaskIds: [view.partnerTask] } : {}),
    },
    configuration,
    ...(isJsonObject(about) ? { metadata: about } : {}),
  }
  return {
    // A message of the schema is JSON; its optional members are absent, not undefined.
    params: params as unknown as JsonObject,
    extensions: [...new Set([...wanted, ...(tells ? [delegationExtension] : [])])],
  }
}

/** Two agents that call their conversations alike never meet in one at a partner, to whom both come as Hufu. */
function contextFor(agent: string, context: string): string {
  return uuidOf([agent, context])
}

function refusal(error: JsonObject): FromPartner["happening"] {
  const isFault = error["code"] === -32603
  return {
    kind: "state",
    state: isFault ? "failed" : "rejected",
    said: {
      id: createHash("sha256").update(JSON.stringify(error)).digest("hex").slice(0, 32),
      parts: [{ kind: "text", text: textIn(error["message"]) ?? "", mediaType: "text/plain" }],
    },
    original: { protocol: "a2a", object: { error } },
  }
}

function isUnsupported({ error }: PartnerError): boolean {
  return error["code"] === a2aErrors.UnsupportedOperation.rpc
}

function isLost(error: unknown): boolean {
  return isFailure(error, "upstream_lost") || isFailure(error, "upstream_unavailable")
}

/** What a partner says of a task that it does not know any more, in words of Hufu. */
function wordsOf(error: unknown): unknown {
  if (!(error instanceof PartnerError)) return error
  const { code } = error.error
  return code === a2aErrors.TaskNotFound.rpc
    ? new Failure("upstream_lost", "the partner does not know this task any more")
    : new Failure("invalid_input", "the partner does not say how its task stands", { cause: error })
}
