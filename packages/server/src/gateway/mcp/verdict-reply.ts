import type { JsonObject } from "@hufu/core/json/json-value"
import type { Held, Reason, Refused } from "../governor.ts"
import { metaKeys } from "./era.ts"
import { rpcError, rpcResult } from "./rpc.ts"
import type { Era, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** Codes outside the range that JSON-RPC reserves, for methods whose result cannot say it. */
export const verdictCodes = { pending: -31_001, refused: -31_002 } as const

const maxReasons = 16

/** Tells the model and the program that the action was refused, and why. */
export function refusalReply(request: RpcRequest, refused: Refused, era: Era): RpcResponse {
  const en = [
    "Hufu refused this action. Do not try it another way; tell the user.",
    ...refused.reasons.map((one) => `- ${one.en}`),
  ]
  const zh = [
    "虎符拒绝了此操作。请勿换一种方式重试，请告知用户。",
    ...refused.reasons.map((one) => `- ${one.zh}`),
  ]
  const verdict = {
    verdict: "deny",
    code: refused.code,
    ...actionOf(refused.action),
    reasons: reasonsOf(refused.reasons),
  }
  return saying(request, era, verdictCodes.refused, [...en, ...zh].join("\n"), verdict)
}

/** Tells them that a person has not decided yet, and how to go on. */
export function pendingReply(request: RpcRequest, held: Held, era: Era): RpcResponse {
  const en = [
    `Nothing has been done yet: this action waits for a person's approval (hold ${held.hold}).`,
    ...held.reasons.map((one) => `- ${one.en}`),
    `Ask the user to run \`hufu approve ${held.hold}\`. Then call the same tool with the same arguments again; it continues from here.`,
  ]
  const zh = [
    `尚未执行：此操作正在等待用户批准（编号 ${held.hold}）。`,
    ...held.reasons.map((one) => `- ${one.zh}`),
    `请用户运行 \`hufu approve ${held.hold}\`，然后用相同参数再次调用同一工具，即可继续。`,
  ]
  const verdict = {
    verdict: "ask",
    code: "pending",
    action: held.action,
    hold: held.hold,
    expiresAt: held.expiresAt,
    reasons: reasonsOf(held.reasons),
  }
  return saying(request, era, verdictCodes.pending, [...en, ...zh].join("\n"), verdict)
}

function saying(request: RpcRequest, era: Era, code: number, text: string, verdict: JsonObject): RpcResponse {
  if (request.method !== "tools/call")
    return rpcError(request.id, code, text, { [metaKeys.verdict]: verdict })
  return rpcResult(request.id, {
    ...(era === "modern" ? { resultType: "complete" } : {}),
    content: [{ type: "text", text }],
    isError: true,
    _meta: { [metaKeys.verdict]: verdict },
  })
}

function reasonsOf(reasons: readonly Reason[]): JsonObject[] {
  return reasons.slice(0, maxReasons).map(({ rule, en, zh }) => ({ rule, en, zh }))
}

function actionOf(action: string | undefined): JsonObject {
  return action === undefined ? {} : { action }
}

/** A refusal that the door itself makes up, when everything of an agent is ended. */
export function stoppedRefusal(reason: string): Refused {
  const said = reason.slice(0, 200)
  return {
    kind: "refused",
    code: "stopped",
    reasons: [
      {
        rule: "stop",
        en: `the agent or the tool server was stopped: \`${said}\``,
        zh: `智能体或工具服务已被停止：\`${said}\``,
      },
    ],
  }
}
