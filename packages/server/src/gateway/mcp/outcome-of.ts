import type { Outcome } from "../governor.ts"
import { errorOf, resultOf } from "./rpc.ts"
import type { RpcResponse } from "./upstream/link.ts"

/** What a response says of how the action ended. */
export function outcomeOf(response: RpcResponse): Outcome {
  const result = resultOf(response)
  if (result === undefined)
    return { outcome: "failed", reason: "upstream_error", result: errorOf(response) ?? null }
  if (result["isError"] === true) return { outcome: "failed", reason: "tool_error", result }
  return { outcome: "done", result }
}
