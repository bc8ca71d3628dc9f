import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { withParams } from "../attempt-of.ts"
import { nobody } from "../client-port.ts"
import type { Errand } from "../errand.ts"
import { resultOf, rpcResult } from "../rpc.ts"
import { textOf } from "../rpc.ts"
import type { RpcResponse } from "../upstream/link.ts"
import { joinName } from "./joined-name.ts"
import type { ResourceOwners } from "./resource-owners.ts"

/** The lists, each with the member of its result. */
export const listMembers: Readonly<Record<string, string>> = {
  "tools/list": "tools",
  "prompts/list": "prompts",
  "resources/list": "resources",
  "resources/templates/list": "resourceTemplates",
}

const maxPages = 64

export interface MergeParts {
  readonly owners: ResourceOwners
  readonly timeoutMs: number
  /** Serves a request at one server; never rejects. */
  readonly serve: (server: string, errand: Errand) => Promise<RpcResponse>
}

/**
 * One list of what all servers offer, in the order of their names. A server that fails or is slow is left out and named
 * in `_meta`, and the others' part of the list stands.
 */
export async function mergedList(
  errand: Errand,
  servers: readonly string[],
  parts: MergeParts,
): Promise<RpcResponse> {
  const member = listMembers[errand.message.method] ?? ""
  const lists = await Promise.all(servers.map((server) => listOf(server, member, errand, parts)))
  const items: JsonObject[] = []
  const missing: string[] = []
  for (const [at, list] of lists.entries()) {
    const server = servers[at] ?? ""
    if (list === undefined) missing.push(server)
    else items.push(...named(server, member, list, parts.owners))
  }
  const modern =
    errand.client.era === "modern" ? { resultType: "complete", ttlMs: 0, cacheScope: "private" } : {}
  const meta = missing.length === 0 ? {} : { _meta: { "hufu/unavailable": missing } }
  return rpcResult(errand.message.id, { ...modern, [member]: items, ...meta })
}

/** All pages of one server's list; `undefined` when it could not be had in time. */
async function listOf(
  server: string,
  member: string,
  errand: Errand,
  { serve, timeoutMs }: MergeParts,
): Promise<JsonObject[] | undefined> {
  const signal = AbortSignal.any([errand.signal, AbortSignal.timeout(timeoutMs)])
  const items: JsonObject[] = []
  let cursor: string | undefined
  for (let page = 0; page < maxPages; page++) {
    const message = withParams(errand.message, { cursor })
    const asked = serve(server, { ...errand, server, message, port: nobody, signal })
    const response = await Promise.race([asked, aborted(signal)])
    const result = response === undefined ? undefined : resultOf(response)
    // A server without this kind of thing says so with an error: that is an empty list, not an absent server.
    if (result === undefined) return response !== undefined && isUnoffered(response) ? items : undefined
    const list = result[member]
    if (Array.isArray(list)) items.push(...list.filter((item) => isJsonObject(item)))
    cursor = textOf(result["nextCursor"])
    if (cursor === "") return items
  }
  return items
}

function isUnoffered(response: RpcResponse): boolean {
  const { error } = response
  return isJsonObject(error) && error["code"] === -32_601
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener("abort", () => resolve(undefined), { once: true })
  })
}

function named(
  server: string,
  member: string,
  list: readonly JsonObject[],
  owners: ResourceOwners,
): JsonObject[] {
  if (member === "resources") return owners.claim(server, list)
  if (member === "resourceTemplates") return owners.claimTemplates(server, list)
  return list.flatMap((item) => {
    const name = joinName(server, textOf(item["name"]))
    return name === undefined ? [] : [{ ...item, name }]
  })
}
