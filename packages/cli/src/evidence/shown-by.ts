import type { ReceiptOpening } from "@hufu/core/evidence/receipt-opening"
import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** What openings show, for a view: the tool's name, and the arguments that are open. */
export function shownBy(openings: readonly ReceiptOpening[]): { tool?: string; args?: JsonValue } {
  const tool = openings.find((each) => each.field === "tool")
  const args = openings.find((each) => each.field === "arguments")
  return {
    ...(tool && "value" in tool && typeof tool.value === "string" ? { tool: tool.value } : {}),
    ...(args ? { args: "value" in args ? args.value : membersOf(args.opened) } : {}),
  }
}

/** Each is an object with one argument or, of many, with those that share the last place. */
function membersOf(opened: readonly { readonly value: JsonValue }[]): JsonValue {
  return Object.fromEntries(opened.flatMap(({ value }) => (isJsonObject(value) ? Object.entries(value) : [])))
}
