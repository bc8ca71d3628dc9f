import type { JsonObject } from "@hufu/core/json/json-value"
import type { Webhook } from "./webhook.ts"
import { itemsOf, membersOf, openWire, type Answer, type Binding, type Wire } from "./wire.ts"

/** What is checked: an implementation with its card, over one of its bindings. */
export interface Implementation {
  readonly wire: Wire
  readonly card: JsonObject
  readonly cardHeaders: Headers
  readonly capabilities: JsonObject
  /** Sends a message by which the agent behind it does something agreed on, by the beginning of the message's id. */
  say(prefix: string, more?: { message?: JsonObject; configuration?: JsonObject }): Promise<Answer>
  /** What `say` sends. */
  message(prefix: string, more?: JsonObject): JsonObject
  /** A task that has ended. */
  ended(): Promise<JsonObject>
  /** A task that waits for input. */
  waiting(): Promise<JsonObject>
  readonly webhook: Webhook
}

let count = 0
const run = crypto.randomUUID().slice(0, 8)

/** Reads the card at an address, and opens each binding that it names. */
export async function openImplementation(
  url: string,
  headers: Readonly<Record<string, string>>,
  webhook: Webhook,
): Promise<Implementation[]> {
  const response = await fetch(`${url.replace(/\/$/, "")}/.well-known/agent-card.json`, {
    headers: { "a2a-version": "1.0", ...headers },
  })
  if (!response.ok) throw new Error(`there is no card at ${url}: status ${response.status}`)
  const card = membersOf((await response.json()) as JsonObject) // a card is JSON
  return itemsOf(card["supportedInterfaces"]).flatMap((face) => {
    const { protocolBinding, protocolVersion, url: at } = face
    if (!isBinding(protocolBinding) || protocolVersion !== "1.0" || typeof at !== "string") return []
    return [speaking(openWire(protocolBinding, at, headers), card, response.headers, webhook)]
  })
}

function isBinding(value: unknown): value is Binding {
  return value === "JSONRPC" || value === "HTTP+JSON"
}

function speaking(wire: Wire, card: JsonObject, cardHeaders: Headers, webhook: Webhook): Implementation {
  const message = (prefix: string, more: JsonObject = {}) => ({
    messageId: `${prefix}-${run}-${++count}`,
    role: "ROLE_USER",
    parts: [{ text: "hello" }],
    ...more,
  })
  const say: Implementation["say"] = (prefix, more = {}) =>
    wire.call("SendMessage", {
      message: message(prefix, more.message),
      ...(more.configuration === undefined ? {} : { configuration: more.configuration }),
    })
  const taskBy = async (prefix: string) => {
    const answer = await say(prefix)
    const task = answer.result?.["task"]
    if (task === undefined)
      throw new Error(`\`${prefix}\` gave no task: ${JSON.stringify(answer.body).slice(0, 300)}`)
    return membersOf(task)
  }
  return {
    wire,
    card,
    cardHeaders,
    capabilities: membersOf(card["capabilities"]),
    message,
    say,
    ended: () => taskBy("tck-complete-task"),
    waiting: () => taskBy("tck-input-required"),
    webhook,
  }
}
