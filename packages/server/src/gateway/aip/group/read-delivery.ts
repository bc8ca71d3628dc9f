import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import { textOf } from "../../mcp/rpc.ts"
import type { Delivery } from "./broker.ts"

/** A message of which it is known who sent it. The rest of it is UNTRUSTED. */
export interface Received {
  readonly raw: JsonObject
  readonly type: string
  /** The code of whoever sent it, in its one spelling. */
  readonly sender: string
}

/**
 * One message of a queue. What says that it is another's than whose connection it came on is nobody's (ACPs 07 §7: `user_id` is the
 * `senderId`).
 *
 * @returns a fixed word where it is not to be believed
 */
export function readDelivery({ sender, content }: Delivery, most: number): Received | string {
  if (content.length > most) return "too_large"
  if (sender === undefined) return "no_sender"
  const aic = parseAic(sender)
  if (aic === undefined) return "no_sender"
  let raw
  try {
    raw = parseStrict(content.toString("utf8"))
  } catch {
    return "no_json"
  }
  if (!isJsonObject(raw)) return "no_object"
  const known = formatAic(aic)
  const { senderId, type } = raw
  // An invitation of v02.01 does not say by whom it is.
  if (senderId !== undefined && senderId !== null && oneSpelling(textOf(senderId)) !== known)
    return "other_sender"
  return { raw, type: textOf(type), sender: known }
}

/** A code as it is compared here; whatever is none, as it is. */
export function oneSpelling(text: string): string {
  const aic = parseAic(text)
  return aic === undefined ? text : formatAic(aic)
}
