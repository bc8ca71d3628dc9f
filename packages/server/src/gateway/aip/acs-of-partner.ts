import type { JsonObject } from "@hufu/core/json/json-value"
import { groupVhost, mqNameOf } from "@hufu/core/aip/group-names"
import { beijingTime } from "@hufu/core/aip/aip-time"
import { textOf } from "../mcp/rpc.ts"

/** What is known of a partner, whatever it speaks. Texts of it are UNTRUSTED. */
export interface AcsSource {
  /** The code under which Hufu answers for it. */
  readonly aic: string
  readonly name: string
  readonly description: string
  readonly changedAt: number
  readonly version: string
  /** Of a tool server: the tools that this agent may see; nothing of any other partner. */
  readonly tools: () => Promise<readonly JsonObject[]>
}

const modes = ["text/plain", "application/json"]

/** The oldest RabbitMQ with which groups were tried. */
const queues = ["rabbitmq:>=3.10"]

/**
 * How Hufu describes a partner for whom it answers (ACPs 03), to an agent that may ask it.
 *
 * @param url under which this door has the partner, as whoever asks has reached it
 * @param broker the address of the broker at which it is in groups
 */
export async function acsOf(
  { aic, name, description, changedAt, version, tools }: AcsSource,
  url: string,
  broker: string | undefined,
): Promise<JsonObject> {
  const security = [{ mtls: [] }, { credential: [] }]
  const skills = (await tools()).map((tool) => skillOf(tool, version))
  return {
    aic,
    active: true,
    lastModifiedTime: beijingTime(changedAt),
    protocolVersion: "02.02",
    name,
    description,
    version,
    provider: { name: "Hufu" },
    securitySchemes: {
      mtls: {
        type: "mutualTLS",
        description: "A certificate of this node's authority, at its door for certificates.",
      },
      credential: { type: "http", scheme: "bearer", description: "The agent's credential." },
    },
    endPoints: [
      { url: `${url}/rpc`, transport: "JSONRPC", security },
      // ACPs 03 has no address without TLS.
      ...(broker?.startsWith("amqps:") === true
        ? [
            {
              url: `${broker.replace(/\/$/, "")}/${groupVhost}?inbox=${mqNameOf({ is: "inbox", aic })}`,
              transport: "AMQP",
              security,
            },
          ]
        : []),
    ],
    capabilities: { streaming: true, notification: true, messageQueue: broker === undefined ? [] : queues },
    defaultInputModes: modes,
    defaultOutputModes: modes,
    skills: skills.length === 0 ? [{ id: "ask", name, description, version, tags: ["partner"] }] : skills,
  }
}

/** UNTRUSTED: a tool says what it likes of itself. */
function skillOf(tool: JsonObject, version: string): JsonObject {
  const name = textOf(tool["name"])
  return {
    id: name,
    name: textOf(tool["title"]) || name,
    description: textOf(tool["description"]) || name,
    version,
    tags: ["tool"],
    examples: [JSON.stringify({ tool: name, arguments: {} })],
    inputModes: ["application/json"],
  }
}
