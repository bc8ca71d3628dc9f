import type { StreamResponse } from "@a2a-js/sdk"
import { Message, SendMessageRequest, StreamResponse as Stream, Task } from "@a2a-js/sdk"
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from "@a2a-js/sdk/client"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { Step } from "./sdk-agent.ts"

/** A client of the official SDK, of one binding, by the card at an address. */
export async function sdkClient(
  url: string,
  binding: "JSONRPC" | "HTTP+JSON",
  version: "1.0" | "0.3" = "1.0",
  credential = "tester",
) {
  const fetchImpl: typeof fetch = (input, init) =>
    fetch(input, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: `Bearer ${credential}` },
    })
  const legacyCompat = { enabled: version === "0.3" }
  const transport =
    binding === "JSONRPC"
      ? new JsonRpcTransportFactory({ fetchImpl, legacyCompat })
      : new RestTransportFactory({ fetchImpl })
  const factory = new ClientFactory({
    transports: [transport],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl, legacyCompat }),
  })
  const resolver = new DefaultAgentCardResolver({ fetchImpl, legacyCompat })
  const card = await resolver.resolve(`${url}/`.replace(/\/+$/, "/"), ".well-known/agent-card.json")
  const supportedInterfaces = card.supportedInterfaces.filter(
    (each) => each.protocolBinding === binding && each.protocolVersion.startsWith(version),
  )
  return factory.createFromAgentCard({ ...card, supportedInterfaces })
}

export type SdkClient = Awaited<ReturnType<typeof sdkClient>>

let count = 0

/** What to send so that the scripted agent does these steps. */
export function scripted(
  script: readonly Step[] | string,
  more: { message?: object; configuration?: object; metadata?: object } = {},
): SendMessageRequest {
  return SendMessageRequest.fromJSON({
    message: {
      messageId: `message-${++count}`,
      role: "ROLE_USER",
      parts: [{ text: "please" }, { data: { script } }],
      ...more.message,
    },
    configuration: more.configuration ?? {},
    ...(more.metadata === undefined ? {} : { metadata: more.metadata }),
  })
}

/** An answer as JSON, with the ids that agents make up replaced by the order in which they come. */
export function plain(value: StreamResponse | Task | Message, ids = new Map<string, string>()): JsonValue {
  const json = isEvent(value)
    ? Stream.toJSON(value)
    : "messageId" in value
      ? Message.toJSON(value)
      : Task.toJSON(value)
  return named(json as JsonValue, ids) // what the SDK writes is JSON
}

function isEvent(value: StreamResponse | Task | Message): value is StreamResponse {
  return "payload" in value
}

const made = new Set(["id", "taskId", "contextId"])

function named(value: JsonValue, ids: Map<string, string>): JsonValue {
  if (Array.isArray(value)) return value.map((each) => named(each, ids))
  if (!isJsonObject(value)) return value
  const read: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    if (made.has(key) && typeof member === "string" && /^[0-9a-f]{8}-/.test(member)) {
      ids.set(member, ids.get(member) ?? (key === "contextId" ? "context" : "task"))
      read[key] = ids.get(member) ?? ""
    } else read[key] = named(member, ids)
  }
  return read
}

/** A whole stream, as `plain` writes it. */
export async function plainStream(events: AsyncIterable<StreamResponse>): Promise<JsonValue[]> {
  const ids = new Map<string, string>()
  const found: JsonValue[] = []
  for await (const each of events) found.push(plain(each, ids))
  return found
}
