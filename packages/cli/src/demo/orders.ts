import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"

/** A tool call that a text asks for. */
export interface Order {
  readonly server: "filesystem" | "memory"
  readonly tool: string
  readonly arguments: JsonObject
}

const line = /^do (filesystem|memory) ([a-z_]{1,64}) (\{.{0,4000}\})$/gm
const maxOrders = 20

/** Reads the instructions out of a text, as an agent does that cannot tell its user's words from a stranger's. */
export function ordersIn(text: string): Order[] {
  return [...text.matchAll(line)].slice(0, maxOrders).flatMap(([, server, tool = "", args = ""]) => {
    const given = parseStrict(args)
    if (!isJsonObject(given) || (server !== "filesystem" && server !== "memory")) return []
    return [{ server, tool, arguments: given }]
  })
}

/** The same order with the placeholder filled in by what the agent has read. */
export function fillIn(order: Order, placeholder: string, text: string): Order {
  const fill = (value: JsonValue): JsonValue =>
    typeof value === "string" ? value.replaceAll(placeholder, () => text) : value
  const filled = Object.entries(order.arguments).map(([name, value]) => [name, fill(value)] as const)
  return { ...order, arguments: Object.fromEntries(filled) }
}
