import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { metaOf, rpcCodes } from "./rpc.ts"
import type { Message } from "./rpc.ts"
import type { Era } from "./upstream/link.ts"

/** The revision of the stateless era that Hufu speaks. */
export const modernVersion = "2026-07-28"

/** The revisions with sessions that Hufu speaks, newest first. */
export const legacyVersions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const

export const metaKeys = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
  /** Rejoins an action that waits for a person. */
  hold: "hufu/hold",
  /** Where the client says that its agent is. */
  position: "hufu/position",
  /** The action by which another agent asked for this. */
  under: "hufu/under",
  /** Why an action was refused, for programs. */
  verdict: "hufu/verdict",
} as const

/** The identifier of the tasks extension. */
export const tasksExtension = "io.modelcontextprotocol/tasks"

/** What a client has said of itself, per request (modern) or per session (legacy). UNTRUSTED. */
export interface ClientFacts {
  readonly era: Era
  readonly protocolVersion: string
  readonly capabilities: JsonObject
}

/** Why a modern message is not acceptable, as the wire says it. */
export interface EraProblem {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly data?: JsonObject
}

/** A message's era, or why it has none that Hufu speaks. */
export type EraReading =
  | { readonly era: "legacy" }
  | { readonly era: "modern"; readonly client: ClientFacts }
  | { readonly era: "none"; readonly problem: EraProblem }

/**
 * Tells the era from the body alone: a claimed protocol version in `_meta` is modern, anything else is legacy.
 * `header` is only compared: an attacker who controls one of two sources of truth must not choose the reading.
 */
export function readEra(message: Message, header: string | undefined): EraReading {
  const meta = message.kind === "response" ? {} : metaOf(message.message)
  const claimed = meta[metaKeys.protocolVersion]
  if (claimed === undefined) return unclaimed(message, header)
  if (typeof claimed !== "string") return invalid(`\`_meta["${metaKeys.protocolVersion}"]\` must be a string`)
  if (header !== undefined && header !== claimed) {
    return mismatch("the `MCP-Protocol-Version` header does not match the version in `_meta`")
  }
  if (claimed !== modernVersion) return unsupported(claimed)
  const capabilities = meta[metaKeys.clientCapabilities]
  if (!isJsonObject(capabilities)) {
    return invalid(`\`_meta["${metaKeys.clientCapabilities}"]\` must be an object`)
  }
  const info = meta[metaKeys.clientInfo]
  if (info !== undefined && !isJsonObject(info)) {
    return invalid(`\`_meta["${metaKeys.clientInfo}"]\` must be an object`)
  }
  return { era: "modern", client: { era: "modern", protocolVersion: claimed, capabilities } }
}

function unclaimed(message: Message, header: string | undefined): EraReading {
  if (header !== modernVersion) return { era: "legacy" }
  if (message.kind === "notification") {
    return { era: "modern", client: { era: "modern", protocolVersion: header, capabilities: {} } }
  }
  if (message.kind === "response") {
    const problem = { status: 400, code: rpcCodes.invalidRequest, message: "a client posts no responses" }
    return { era: "none", problem }
  }
  return invalid(`\`_meta["${metaKeys.protocolVersion}"]\` is missing`)
}

function invalid(message: string): EraReading {
  return { era: "none", problem: { status: 400, code: rpcCodes.invalidParams, message } }
}

/** A disagreement of header and body. */
export function mismatch(message: string): { era: "none"; problem: EraProblem } {
  return { era: "none", problem: { status: 400, code: rpcCodes.headerMismatch, message } }
}

function unsupported(requested: string): EraReading {
  const data = { supported: [modernVersion], requested: requested.slice(0, 64) }
  const message = "this protocol version is not supported"
  return { era: "none", problem: { status: 400, code: rpcCodes.unsupportedVersion, message, data } }
}

/** Whether a client declared URL elicitation, so that a person can be sent to an approval page. */
export function canOpenUrl(client: ClientFacts): boolean {
  const elicitation = client.capabilities["elicitation"]
  return isJsonObject(elicitation) && isJsonObject(elicitation["url"])
}

/** Whether a client declared the tasks extension on this request. */
export function canPollTasks(client: ClientFacts): boolean {
  const extensions = client.capabilities["extensions"]
  return client.era === "modern" && isJsonObject(extensions) && isJsonObject(extensions[tasksExtension])
}
