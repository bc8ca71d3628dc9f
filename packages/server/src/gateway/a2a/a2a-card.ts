import { delegationExtension } from "@hufu/core/a2a/delegation-extension"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { agentCardMembers, type Member, type Message } from "@hufu/core/registration/faces/agent-card-members"
import type { Described } from "./a2a-visit.ts"

/** The most that a partner's card may hold before it is not shown any more. */
const mostCharacters = 1024 * 1024

/**
 * The card at a name of the door: who answers is the partner, where and how it is reached is Hufu. UNTRUSTED: what the partner says of
 * itself is taken member by member, and what the protocol does not name is left out before it is signed.
 */
export function cardAt(server: string, described: Described, origin: string): JsonObject {
  const url = `${origin}/a2a/${server}`
  const own: JsonObject = {
    supportedInterfaces: [
      { url, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
      { url, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
      { url, protocolBinding: "JSONRPC", protocolVersion: "0.3" },
    ],
    securitySchemes: {
      hufu: {
        httpAuthSecurityScheme: {
          scheme: "Bearer",
          description: "The agent's credential at this Hufu node / 智能体在本虎符节点的凭证",
        },
      },
    },
    securityRequirements: [{ schemes: { hufu: {} } }],
  }
  const said = described.kind === "card" ? cardOf(described.card) : cardFor(server, described)
  return {
    ...said,
    ...own,
    capabilities: {
      streaming: true,
      pushNotifications: true,
      extendedAgentCard: true,
      extensions: [
        ...extensionsOf(said["capabilities"]),
        {
          uri: delegationExtension,
          description: "Says by ids on whose authority a message comes / 以编号说明消息所依据的授权",
        },
      ],
    },
  }
}

function cardOf(card: JsonObject): JsonObject {
  const kept = picked(card, agentCardMembers)
  if (JSON.stringify(kept).length > mostCharacters) return picked({ ...kept, skills: [] }, agentCardMembers)
  const { signatures: _, ...rest } = kept
  const skills = Array.isArray(rest["skills"]) ? rest["skills"] : []
  return {
    ...rest,
    name: textOr(rest["name"], "agent"),
    description: textOr(rest["description"], textOr(rest["name"], "agent")),
    version: textOr(rest["version"], "0"),
    defaultInputModes: itemsOr(rest["defaultInputModes"], ["text/plain"]),
    defaultOutputModes: itemsOr(rest["defaultOutputModes"], ["text/plain"]),
    // Who may use a skill is decided here, by other means than those of the partner.
    skills: skills.filter(isJsonObject).map(({ securityRequirements: __, ...skill }) => skill),
  }
}

/** A tool server is asked for a tool by one data part: `{"tool": name, "arguments": {…}}`. */
function cardFor(server: string, { name, description, skills }: Described & { kind: "skills" }): JsonObject {
  return {
    name: name === "" ? server : name,
    description: description === "" ? server : description,
    version: "1",
    defaultInputModes: ["application/json"],
    defaultOutputModes: ["text/plain", "application/json"],
    skills: skills.map(({ id, name: title, description: about, tags }) => ({
      id,
      name: title === "" ? id : title,
      description: about === "" ? id : about,
      tags: tags.length === 0 ? ["tool"] : [...tags],
      examples: [JSON.stringify({ tool: id, arguments: {} })],
    })),
  }
}

/** The members of a message that the protocol names, and of theirs. */
function picked(object: JsonObject, message: Message): JsonObject {
  return Object.fromEntries(
    Object.entries(message).flatMap(([name, member]) => {
      const value = object[name]
      return value === undefined || value === null ? [] : [[name, pickedValue(value, member)] as const]
    }),
  )
}

function pickedValue(value: JsonValue, { of, map, open }: Member): JsonValue {
  if (open === true || of === undefined) return value
  if (Array.isArray(value)) return value.filter(isJsonObject).map((each) => picked(each, of))
  if (!isJsonObject(value)) return value
  if (map !== true) return picked(value, of)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      isJsonObject(each) ? [[key, picked(each, of)] as const] : [],
    ),
  )
}

function extensionsOf(capabilities: JsonValue | undefined): JsonObject[] {
  const listed = isJsonObject(capabilities) ? capabilities["extensions"] : undefined
  return Array.isArray(listed)
    ? listed.filter(isJsonObject).filter(({ uri }) => uri !== delegationExtension)
    : []
}

function textOr(value: JsonValue | undefined, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise
}

function itemsOr(value: JsonValue | undefined, otherwise: readonly string[]): JsonValue[] {
  return Array.isArray(value) && value.length > 0 ? value : [...otherwise]
}
