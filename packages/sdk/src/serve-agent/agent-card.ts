import { delegationExtension } from "@hufu/core/a2a/delegation-extension"
import type { JsonObject } from "@hufu/core/json/json-value"

export interface AgentFace {
  readonly name: string
  readonly description: string
  readonly version: string
  readonly url: string
  readonly accepts: readonly string[]
}

/** What the agent says of itself to everybody. */
export function agentCardOf({ name, description, version, url, accepts }: AgentFace): JsonObject {
  return {
    name,
    description,
    version,
    supportedInterfaces: [{ url, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: {
      streaming: true,
      pushNotifications: false,
      extendedAgentCard: false,
      extensions: [
        {
          uri: delegationExtension,
          description: "Is told by ids on whose authority a message comes / 以编号得知消息所依据的授权",
          required: false,
        },
      ],
    },
    securitySchemes: {
      secret: {
        httpAuthSecurityScheme: {
          scheme: "Bearer",
          description: "The secret of this agent / 本智能体的密令",
        },
      },
    },
    securityRequirements: [{ schemes: { secret: {} } }],
    defaultInputModes: [...accepts],
    defaultOutputModes: ["text/plain", "application/json"],
    skills: [{ id: name, name, description, tags: [name] }],
  }
}
