import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Caller } from "../governor.ts"
import type { Desk } from "./desk.ts"
import { rowOf } from "./method-table.ts"
import { resultOf, textOf } from "./rpc.ts"
import type { RpcResponse } from "./upstream/link.ts"

/** For the lists that are shown whole or not at all: the member of the result, and the method it leads to. */
const wholeLists: Readonly<Record<string, { member: string; method: string }>> = {
  "resources/list": { member: "resources", method: "resources/read" },
  "resources/templates/list": { member: "resourceTemplates", method: "resources/read" },
  "prompts/list": { member: "prompts", method: "prompts/get" },
}

/**
 * Cuts one page of a list to what the caller could be allowed to use; order and the cursor are kept.
 * Every definition is shown to the pipeline before the cut: what a server offers is pinned whether or not it is seen.
 */
export async function filterList(
  desk: Desk,
  caller: Caller,
  server: string,
  method: string,
  response: RpcResponse,
): Promise<RpcResponse> {
  const result = resultOf(response)
  if (result === undefined) return response
  if (method === "tools/list") return withResult(response, await filterTools(desk, caller, server, result))
  const list = wholeLists[method]
  if (list === undefined || desk.governor.visible(caller, server, [list.method]).has(list.method)) {
    return withResult(response, result)
  }
  return withResult(response, { ...result, [list.member]: [] })
}

/** An unchanged result stays the same object, so that its text can go out as it came: no number loses digits. */
function withResult(response: RpcResponse, result: JsonObject): RpcResponse {
  const own = personal(result)
  return own === response["result"] ? response : { ...response, result: own }
}

async function filterTools(
  desk: Desk,
  caller: Caller,
  server: string,
  result: JsonObject,
): Promise<JsonObject> {
  const tools = toolsOf(result["tools"])
  await desk.observer.saw(server, tools)
  const names = tools.map((tool) => textOf(tool["name"]))
  const visible = desk.governor.visible(caller, server, names)
  const shown = tools.filter((tool) => visible.has(textOf(tool["name"])))
  const all = result["tools"]
  return Array.isArray(all) && shown.length === all.length ? result : { ...result, tools: shown }
}

/** UNTRUSTED: entries without a usable name, or named like a method of the protocol, are left out. */
export function toolsOf(list: JsonValue | undefined): JsonObject[] {
  if (!Array.isArray(list)) return []
  return list.filter((tool): tool is JsonObject => isJsonObject(tool) && isToolName(tool["name"]))
}

function isToolName(name: JsonValue | undefined): boolean {
  if (typeof name !== "string" || name === "" || name.length > 256) return false
  return rowOf("client", "request", name) === undefined && rowOf("server", "request", name) === undefined
}

/** What one caller sees is not what another may: no shared cache may keep it. */
function personal(result: JsonObject): JsonObject {
  const scope = result["cacheScope"]
  return scope === undefined || scope === "private" ? result : { ...result, cacheScope: "private" }
}
