import { type Envelope, resultOf } from "@hufu/core/aip/to-aip"
import type { JsonObject } from "@hufu/core/json/json-value"
import { textOf } from "../../mcp/rpc.ts"
import { aipErrorOf } from "../aip-fault.ts"
import { namedUuid } from "../named-uuid.ts"

/** A group has no errors: a task that could not be taken up is rejected, and says why (ACPs 07 §4.5, row 2). */
export function refusedResult(error: unknown, envelope: Envelope, at: number, command: string): JsonObject {
  const { code, message, data } = aipErrorOf(error)
  return resultOf(
    {
      state: "rejected",
      at,
      said: undefined,
      products: [],
      dataItems: [
        { type: "text", text: `${message}: ${textOf(data["details"])}` },
        { type: "data", data: { hufu: { error: code, ...data } } },
      ],
    },
    envelope,
    { id: namedUuid("group-refused", envelope.senderId, envelope.taskId, command), at },
  )
}
