import { isJsonObject } from "@hufu/core/json/json-value"
import { tasksExtension } from "./era.ts"
import { resultOf } from "./rpc.ts"
import type { RpcResponse } from "./upstream/link.ts"

/** The experimental tasks of 2025-11-25 are refused, so they are not offered either. */
export function withoutTasks(response: RpcResponse): RpcResponse {
  const result = resultOf(response)
  if (result === undefined || !isJsonObject(result["capabilities"])) return response
  const { tasks, ...capabilities } = result["capabilities"]
  return tasks === undefined ? response : { ...response, result: { ...result, capabilities } }
}

/** Hufu itself serves tasks for actions that wait for a person, whatever the tool server offers. */
export function withTasks(response: RpcResponse): RpcResponse {
  const result = resultOf(response)
  if (result === undefined || !isJsonObject(result["capabilities"])) return response
  const { capabilities } = result
  const extensions = isJsonObject(capabilities["extensions"]) ? capabilities["extensions"] : {}
  if (tasksExtension in extensions) return response
  const more = { ...capabilities, extensions: { ...extensions, [tasksExtension]: {} } }
  return { ...response, result: { ...result, capabilities: more } }
}
