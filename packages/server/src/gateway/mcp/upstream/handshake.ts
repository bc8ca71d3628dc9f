import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { legacyVersions, metaKeys, modernVersion } from "../era.ts"
import { errorOf, resultOf, rpcCodes } from "../rpc.ts"
import type { Era, RpcNotification, RpcRequest, RpcResponse } from "./link.ts"

/** What the two sides agreed on. */
export interface Agreement {
  readonly era: Era
  readonly protocolVersion: string
  readonly discovered: JsonObject
}

/** What a handshake needs of a transport. */
export interface HandshakeWire {
  /** Resolves with `undefined` when the transport itself shows that the modern era is not spoken, or on silence. */
  probe(message: RpcRequest): Promise<RpcResponse | undefined>
  ask(message: RpcRequest): Promise<RpcResponse>
  tell(message: RpcNotification): void | Promise<void>
}

const clientInfo: JsonObject = { name: "hufu", version: "0.1.0" }

/** The `_meta` that each modern request carries. */
export function modernMeta(capabilities: JsonObject): JsonObject {
  return {
    [metaKeys.protocolVersion]: modernVersion,
    [metaKeys.clientCapabilities]: capabilities,
    [metaKeys.clientInfo]: clientInfo,
  }
}

/** Opens the conversation: a modern probe first, then `initialize` (2026-07-28, Versioning). */
export async function shakeHands(
  wire: HandshakeWire,
  capabilities: JsonObject,
  known: Era | undefined,
): Promise<Agreement> {
  if (known !== "legacy") {
    const modern = await discover(wire, capabilities)
    if (modern !== undefined) return modern
  }
  return initialize(wire, capabilities)
}

async function discover(wire: HandshakeWire, capabilities: JsonObject): Promise<Agreement | undefined> {
  const params = { _meta: modernMeta(capabilities) }
  const response = await wire.probe({
    jsonrpc: "2.0",
    id: "hufu-discover",
    method: "server/discover",
    params,
  })
  const result = response === undefined ? undefined : resultOf(response)
  const versions = result?.["supportedVersions"]
  if (result !== undefined && Array.isArray(versions) && versions.includes(modernVersion)) {
    return { era: "modern", protocolVersion: modernVersion, discovered: result }
  }
  return undefined
}

async function initialize(wire: HandshakeWire, capabilities: JsonObject): Promise<Agreement> {
  const params = { protocolVersion: legacyVersions[0], capabilities, clientInfo }
  const response = await wire.ask({ jsonrpc: "2.0", id: "hufu-initialize", method: "initialize", params })
  const result = resultOf(response)
  const version = result?.["protocolVersion"]
  if (result === undefined || typeof version !== "string") {
    const said = errorOf(response)?.["code"] ?? rpcCodes.internal
    throw new Failure(
      "upstream_unavailable",
      `the tool server refused to start a session (${JSON.stringify(said)})`,
    )
  }
  if (!legacyVersions.some((one) => one === version)) {
    throw new Failure(
      "upstream_unavailable",
      `the tool server wants the unknown version \`${version.slice(0, 32)}\``,
    )
  }
  await wire.tell({ jsonrpc: "2.0", method: "notifications/initialized" })
  return { era: "legacy", protocolVersion: version, discovered: result }
}
