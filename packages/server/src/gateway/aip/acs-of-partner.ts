import type { JsonObject } from "@hufu/core/json/json-value"
import { beijingTime } from "@hufu/core/aip/aip-time"

/** What is known of a partner, whatever it speaks. Texts of it are UNTRUSTED. */
export interface AcsSource {
  /** The code under which Hufu answers for it. */
  readonly aic: string
  readonly name: string
  readonly description: string
  readonly changedAt: number
  /** Where this door is, as others reach it. */
  readonly url: string
  readonly version: string
  /** Of a tool server: the tools that this agent may see. */
  readonly tools: readonly { readonly name: string; readonly title?: string; readonly description?: string }[]
}

const modes = ["text/plain", "application/json"]
/** How one calls a tool of a tool server: this is all that its messages say. */
export const toolCallExample = '{"tool": "<name>", "arguments": {}}'

/** How Hufu describes a partner for whom it answers (ACPs 03), to an agent that may ask it. */
export function acsOf({ aic, name, description, changedAt, url, version, tools }: AcsSource): JsonObject {
  const security = [{ mtls: [] }, { credential: [] }]
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
    endPoints: [{ url: `${url}/rpc`, transport: "JSONRPC", security }],
    capabilities: { streaming: true, notification: true, messageQueue: [] },
    defaultInputModes: modes,
    defaultOutputModes: modes,
    skills:
      tools.length === 0
        ? [{ id: "ask", name, description, version, tags: ["partner"] }]
        : tools.map((tool) => ({
            id: tool.name,
            name: tool.title ?? tool.name,
            description: tool.description ?? tool.name,
            version,
            tags: ["tool"],
            examples: [toolCallExample.replace("<name>", tool.name)],
            inputModes: ["application/json"],
          })),
  }
}
