import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { AgentCard, Artifact, Message, type SendMessageRequest, TaskStatus } from "@a2a-js/sdk"
import {
  AgentEvent,
  type AgentExecutionEvent,
  type AgentExecutor,
  DefaultExecutionEventBusManager,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  type RequestContext,
} from "@a2a-js/sdk/server"
import { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } from "@a2a-js/sdk/server/express"

/** As far as it is used here: the SDK's handlers are for it, and it has no types of its own. */
interface Express extends RequestListener {
  use(path: string, handler: unknown): void
  use(handler: (req: IncomingMessage & { path: string }, res: unknown, next: () => void) => void): void
}
const express = createRequire(import.meta.url)("express") as () => Express

/**
 * An agent that the official SDK serves, at free ports of this machine. What it does is in the message that it gets: a data part
 * `{"script": [step, …]}`, or `{"script": name}` for what it was told
 * to do under that name: so that what the agent says has not been said to it.
 */
export type Step =
  | {
      readonly task: string
      readonly say?: string
      readonly artifacts?: readonly object[]
      readonly metadata?: object
    }
  | { readonly status: string; readonly say?: string; readonly metadata?: object }
  | {
      readonly artifact: object
      readonly append?: boolean
      readonly lastChunk?: boolean
      readonly metadata?: object
    }
  | { readonly message: string; readonly metadata?: object }
  | { readonly fail: string }
  /** As the first step: the message is answered with this error, and nothing begins. */
  | { readonly refuse: Error }
  /** Until `agent.release(name)`, or for ever. */
  | { readonly wait: string }
  /** Breaks every connection that is open. */
  | { readonly cut: true }

export interface SdkAgent {
  readonly url: string
  /** What was asked, in order: the method of JSON-RPC, or verb and path. */
  readonly requests: {
    readonly what: string
    readonly headers: IncomingMessage["headers"]
    readonly body: string
  }[]
  readonly release: (name: string) => void
  /** Remembers steps under a name. */
  learn(name: string, steps: readonly Step[]): void
  /** How often an executor began. */
  readonly runs: number
  stop(): Promise<void>
}

export interface SdkAgentOptions {
  readonly binding?: "JSONRPC" | "HTTP+JSON"
  readonly version?: "1.0" | "0.3"
  readonly streaming?: boolean
  readonly pushNotifications?: boolean
  readonly card?: object
  /** Told of every message that is worked on. */
  readonly onAsked?: (message: Message) => void
}

export const timestamp = "2026-11-30T10:00:00.000Z"

export async function startSdkAgent(options: SdkAgentOptions = {}): Promise<SdkAgent> {
  const { binding = "JSONRPC", version = "1.0", streaming = true, pushNotifications = true } = options
  const gates = createGates()
  const learned = new Map<string, readonly Step[]>()
  let runs = 0
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  // A server that listens on a port has an address with one.
  const url = `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}`
  const card = AgentCard.fromJSON({
    name: "scripted",
    description: "does what it is told",
    version: "1.0.0",
    supportedInterfaces: [{ url: `${url}/agent`, protocolBinding: binding, protocolVersion: version }],
    capabilities: { streaming, pushNotifications, extendedAgentCard: false, extensions: [] },
    defaultInputModes: ["text/plain", "application/json"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "do", name: "do", description: "does it", tags: ["test"] }],
    ...options.card,
  })
  function stepsOf(message: Message): readonly Step[] | undefined {
    const asked = message.parts.map(({ content }) => (content?.$case === "data" ? content.value : undefined))
    // What the tests themselves wrote.
    const script = asked.find((each) => each?.script !== undefined)?.script as
      | readonly Step[]
      | string
      | undefined
    return typeof script === "string" ? learned.get(script) : script
  }
  const executor: AgentExecutor = {
    async execute(context, bus) {
      runs++
      options.onAsked?.(context.userMessage)
      for (const [at, step] of (stepsOf(context.userMessage) ?? [{ message: "no script" }]).entries())
        await perform(step, at, { context, bus, gates, cut: () => server.closeAllConnections() })
    },
    async cancelTask(taskId, bus) {
      bus.publish(
        AgentEvent.statusUpdate({
          taskId,
          contextId: "",
          status: TaskStatus.fromJSON({ state: "TASK_STATE_CANCELED", timestamp }),
          metadata: undefined,
        }),
      )
    },
  }
  const requestHandler = new RefusingHandler(
    stepsOf,
    card,
    new InMemoryTaskStore(),
    executor,
    new DefaultExecutionEventBusManager(),
  )
  const requests: SdkAgent["requests"] = []
  const common = {
    requestHandler,
    userBuilder: UserBuilder.noAuthentication,
    legacyCompat: { enabled: version === "0.3" },
  }
  app.use((req, _res, next) => {
    const chunks: Buffer[] = []
    const seen = { what: `${req.method} ${req.path}`, headers: req.headers, body: "" }
    requests.push(seen)
    req.on("data", (chunk: Buffer) => chunks.push(chunk))
    req.on("end", () => {
      seen.body = Buffer.concat(chunks).toString()
      const method = /"method":"([^"]+)"/.exec(seen.body)?.[1]
      if (method !== undefined) seen.what = method
    })
    next()
  })
  app.use(
    "/.well-known/agent-card.json",
    agentCardHandler({ agentCardProvider: requestHandler, legacyCompat: common.legacyCompat }),
  )
  app.use("/agent", binding === "JSONRPC" ? jsonRpcHandler(common) : restHandler(common))
  return {
    url,
    requests,
    release: (name) => gates.release(name),
    learn: (name, steps) => void learned.set(name, steps),
    get runs() {
      return runs
    },
    stop: () =>
      new Promise((resolve) => {
        gates.releaseAll()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers with the error that a script begins with. */
class RefusingHandler extends DefaultRequestHandler {
  readonly #stepsOf: (message: Message) => readonly Step[] | undefined

  constructor(
    stepsOf: (message: Message) => readonly Step[] | undefined,
    ...own: ConstructorParameters<typeof DefaultRequestHandler>
  ) {
    super(...own)
    this.#stepsOf = stepsOf
  }

  #look({ message }: SendMessageRequest): void {
    const [first] = (message && this.#stepsOf(message)) ?? []
    if (first !== undefined && "refuse" in first) throw first.refuse
  }

  override async sendMessage(...of: Parameters<DefaultRequestHandler["sendMessage"]>) {
    this.#look(of[0])
    return super.sendMessage(...of)
  }

  override async *sendMessageStream(...of: Parameters<DefaultRequestHandler["sendMessageStream"]>) {
    this.#look(of[0])
    yield* super.sendMessageStream(...of)
  }
}

interface Performing {
  readonly context: RequestContext
  readonly bus: ExecutionEventBus
  readonly gates: ReturnType<typeof createGates>
  readonly cut: () => void
}

async function perform(step: Step, at: number, { context, bus, gates, cut }: Performing): Promise<void> {
  const { taskId, contextId, userMessage } = context
  const ids = { taskId, contextId }
  const say = (text: string, metadata?: object) =>
    Message.fromJSON({
      messageId: `${userMessage.messageId}-${at}`,
      role: "ROLE_AGENT",
      parts: [{ text, mediaType: "text/plain" }],
      metadata,
      ...ids,
    })
  const publish = (event: AgentExecutionEvent) => bus.publish(event)
  if ("wait" in step) return gates.wait(step.wait)
  if ("cut" in step) return cut()
  if ("fail" in step) throw new Error(step.fail)
  if ("refuse" in step) throw step.refuse
  if ("task" in step)
    return publish(
      AgentEvent.task({
        id: taskId,
        contextId,
        status: {
          ...TaskStatus.fromJSON({ state: step.task, timestamp }),
          message: step.say === undefined ? undefined : say(step.say),
        },
        artifacts: step.artifacts?.map((each) => Artifact.fromJSON(each)) ?? context.task?.artifacts ?? [],
        history: context.task?.history ?? [userMessage],
        metadata: step.metadata,
      }),
    )
  if ("message" in step) {
    const { taskId: _, ...message } = say(step.message, step.metadata)
    return publish(AgentEvent.message({ ...message, taskId: "" }))
  }
  if ("artifact" in step)
    return publish(
      AgentEvent.artifactUpdate({
        ...ids,
        artifact: Artifact.fromJSON(step.artifact),
        append: step.append === true,
        lastChunk: step.lastChunk === true,
        metadata: step.metadata,
      }),
    )
  return publish(
    AgentEvent.statusUpdate({
      ...ids,
      status: {
        ...TaskStatus.fromJSON({ state: step.status, timestamp }),
        message: step.say === undefined ? undefined : say(step.say),
      },
      metadata: step.metadata,
    }),
  )
}

function createGates() {
  const open = new Set<string>()
  const waiting = new Map<string, () => void>()
  return {
    wait: (name: string) =>
      open.has(name) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(name, resolve)),
    release(name: string): void {
      open.add(name)
      waiting.get(name)?.()
      waiting.delete(name)
    },
    releaseAll(): void {
      for (const go of waiting.values()) go()
    },
  }
}
