import type { McpMessage } from "../upstream/mcp-message.ts"

/** A call that the ledger says was allowed to leave. */
export interface DecidedCall {
  /** The tool, or the method itself for what is not a tool's call. */
  tool: string
  arguments: unknown
}

// What a door sends by itself to learn what its upstream offers: none of these has an effect.
const ownMethods = new Set([
  "initialize",
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/roots/list_changed",
  "server/discover",
  "ping",
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "prompts/list",
])

/** What reached the upstream and was not decided: an empty list is the promise. */
export function undecided(received: readonly McpMessage[], decided: readonly DecidedCall[]): string[] {
  const allowed = new Map<string, number>()
  for (const call of decided) {
    const key = keyOf(call.tool, call.arguments)
    allowed.set(key, (allowed.get(key) ?? 0) + 1)
  }
  return received.flatMap((message) => {
    if (message.method === undefined || ownMethods.has(message.method)) return []
    const key = keyOf(toolOf(message), message.params?.["arguments"])
    const left = allowed.get(key) ?? 0
    allowed.set(key, left - 1)
    return left > 0
      ? []
      : [`\`${message.method}\` reached the upstream without a decision: ${key.slice(0, 300)}`]
  })
}

function toolOf({ method, params }: McpMessage): string {
  const name = params?.["name"]
  return method === "tools/call" && typeof name === "string" ? name : String(method)
}

/** One text for one call, however its members are ordered. */
function keyOf(tool: string, args: unknown): string {
  return `${tool} ${stable(args ?? {})}`
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null"
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${stable(member)}`).join(",")}}`
}
