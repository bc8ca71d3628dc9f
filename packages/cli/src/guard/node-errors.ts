import { asFailure, failureCodes, type FailureCode } from "@hufu/core/failure"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"

/** Outside the ranges that JSON-RPC and MCP reserve; `data.code` says why. */
const unavailableCode = 1001

/** The answer to a request that could not reach the node. Nothing was forwarded. */
export function unreachable(id: JsonValue, error: unknown): JsonObject {
  const failure = asFailure(error)
  const { message } = failure
  // What the node itself said of a connection that it turned away.
  const told = failure.extra["reason"]
  const code = isCode(told) ? told : failure.code
  const chinese =
    code === "node_unavailable"
      ? "虎符节点不可用，未转发任何内容：请运行 `hufu serve`，或用 `hufu status` 查看原因。"
      : `虎符拒绝了此连接，未转发任何内容：${failureCodes[code].zh}。`
  return answer(id, `Hufu: ${message}. Nothing was forwarded to the tool server. ${chinese}`, { code })
}

function isCode(word: unknown): word is FailureCode {
  return typeof word === "string" && Object.hasOwn(failureCodes, word)
}

/** The answer to a request that was under way when the node went. */
export function lost(id: JsonValue, method: string): JsonObject {
  const doubt = method === "tools/call"
  return answer(
    id,
    doubt
      ? "Hufu: the node went away during this call, so whether it took effect is unknown: look with `hufu action list` before repeating it. 调用过程中虎符节点中断，是否生效未知：请先用 `hufu action list` 核实，勿直接重试。"
      : "Hufu: the node went away during this request: repeat it. 请求过程中虎符节点中断：请重试。",
    { code: "node_unavailable", ...(doubt ? { outcome: "unknown" } : {}) },
  )
}

function answer(id: JsonValue, message: string, data: JsonObject): JsonObject {
  return { jsonrpc: "2.0", id, error: { code: unavailableCode, message, data } }
}
