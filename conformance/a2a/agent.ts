import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { createServer, type RequestListener } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { AgentCard, Artifact, Message, TaskStatus } from "@a2a-js/sdk"
import {
  AgentEvent,
  type AgentExecutor,
  DefaultExecutionEventBusManager,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  type RequestContext,
} from "@a2a-js/sdk/server"
import { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } from "@a2a-js/sdk/server/express"

/** As far as it is used here; it has no types of its own. */
interface Express extends RequestListener {
  use(path: string, handler: unknown): void
}
const express = createRequire(import.meta.url)("express") as () => Express

/** How long a delayed task works: long enough to be seen at it. */
const delayMs = 300

/** An agent of the official SDK that does what the checks agree on, by the beginning of a message's id; both bindings at one address each. */
export async function startAgent(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  // A server that listens on a port has an address with one.
  const url = `http://${loopbackInUrl}:${(server.address() as AddressInfo).port}`
  const card = AgentCard.fromJSON({
    name: "checked",
    description: "does what the checks agree on",
    version: "1.0.0",
    supportedInterfaces: [
      { url: `${url}/rpc`, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
      { url: `${url}/rest`, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
    ],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: false },
    defaultInputModes: ["text/plain", "application/json"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "check", name: "check", description: "is checked", tags: ["test"] }],
  })
  const executor: AgentExecutor = {
    execute: (context, bus) => perform(context, bus),
    async cancelTask(taskId, bus) {
      bus.publish(
        AgentEvent.statusUpdate({ taskId, contextId: "", status: status("CANCELED"), metadata: undefined }),
      )
    },
  }
  const handler = new DefaultRequestHandler(
    card,
    new InMemoryTaskStore(),
    executor,
    new DefaultExecutionEventBusManager(),
    undefined,
    undefined,
    undefined,
    undefined,
    { validateInputModes: true },
  )
  const options = { requestHandler: handler, userBuilder: UserBuilder.noAuthentication }
  app.use("/.well-known/agent-card.json", agentCardHandler({ agentCardProvider: handler }))
  app.use("/rpc", jsonRpcHandler(options))
  app.use("/rest", restHandler(options))
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function status(word: string): TaskStatus {
  return TaskStatus.fromJSON({ state: `TASK_STATE_${word}`, timestamp: new Date().toISOString() })
}

async function perform(context: RequestContext, bus: ExecutionEventBus): Promise<void> {
  const { taskId, contextId, userMessage, task } = context
  const ids = { taskId, contextId }
  const is = (prefix: string) => userMessage.messageId.startsWith(prefix)
  const say = (text: string) =>
    Message.fromJSON({ messageId: crypto.randomUUID(), role: "ROLE_AGENT", parts: [{ text }], ...ids })
  const become = (word: string, text?: string) =>
    bus.publish(
      AgentEvent.statusUpdate({
        ...ids,
        status: { ...status(word), message: text === undefined ? undefined : say(text) },
        metadata: undefined,
      }),
    )
  const make = (...parts: object[]) =>
    bus.publish(
      AgentEvent.artifactUpdate({
        ...ids,
        artifact: Artifact.fromJSON({ artifactId: crypto.randomUUID(), name: "artifact", parts }),
        append: false,
        lastChunk: true,
        metadata: undefined,
      }),
    )
  if (is("tck-message-response"))
    return bus.publish(AgentEvent.message({ ...say("Direct message response"), taskId: "" }))
  const history = task?.history ?? [userMessage]
  const first = {
    id: taskId,
    contextId,
    status: status("SUBMITTED"),
    artifacts: task?.artifacts ?? [],
    history,
    metadata: undefined,
  }
  bus.publish(AgentEvent.task(first))
  if (is("tck-input-required")) return become("INPUT_REQUIRED", "more, please")
  if (is("tck-reject-task")) return become("REJECTED", "rejected")
  become("WORKING")
  if (is("tck-delayed-complete")) await new Promise((resolve) => setTimeout(resolve, delayMs))
  if (is("tck-stream-ordering")) for (const text of ["1", "2", "3"]) make({ text })
  if (is("tck-artifact-text")) make({ text: "Generated text content" })
  if (is("tck-artifact-file-url"))
    make({ url: "https://example.com/output.txt", filename: "output.txt", mediaType: "text/plain" })
  else if (is("tck-artifact-file")) make({ raw: "aGVsbG8=", filename: "output.txt", mediaType: "text/plain" })
  if (is("tck-artifact-data")) make({ data: { key: "value", count: 42 } })
  return become("COMPLETED", "Hello from TCK")
}
