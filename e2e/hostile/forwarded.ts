import type { McpMessage } from "../upstream/mcp-message.ts"

/** A call that the ledger says was allowed to leave. */
export interface DecidedCall {
  /** The tool, or the method itself for what is not a tool's call. */
  tool: string
  /** Null when they were too large to be kept: then any arguments of that tool fit. */
  arguments: unknown
}

// What has no effect and is relayed or filtered, or what a door asks by itself to learn what its upstream offers.
const withoutEffect = new Set([
  "initialize",
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
  "server/discover",
  "ping",
  "logging/setLevel",
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "resources/unsubscribe",
  "prompts/list",
])
/** A node keeps arguments up to some length; of longer ones only a digest is known, but of shorter ones never. */
const surelyKept = 64 * 1024
const protocolMembers = new Set(["_meta", "inputResponses", "requestState"])

/** What reached the upstream and was not decided: an empty list is the promise. */
export function undecided(received: readonly McpMessage[], decided: readonly DecidedCall[]): string[] {
  const allowed = new Map<string, number>()
  for (const call of decided) {
    const key = call.arguments === null ? `${call.tool} *` : keyOf(call.tool, call.arguments)
    allowed.set(key, (allowed.get(key) ?? 0) + 1)
  }
  return received.flatMap((message) => {
    if (message.method === undefined || withoutEffect.has(message.method) || listensForChanges(message))
      return []
    const exact = keyOf(toolOf(message), argumentsOf(message))
    const known = (allowed.get(exact) ?? 0) > 0 || exact.length < surelyKept
    const key = known ? exact : `${toolOf(message)} *`
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

// Of a tool's call the arguments are what is asked; of any other method all that is not the protocol's own.
function argumentsOf({ method, params }: McpMessage): unknown {
  // UNTRUSTED: what a proxy lets through may have any shape.
  if (method === "tools/call") return params?.["arguments"]
  return Object.fromEntries(Object.entries(params ?? {}).filter(([name]) => !protocolMembers.has(name)))
}

// Hearing that a list has changed reads nothing; hearing of a resource does, and needs a decision.
function listensForChanges({ method, params }: McpMessage): boolean {
  const filter = params?.["notifications"] ?? {}
  return (
    method === "subscriptions/listen" && Object.keys(filter).every((name) => name.endsWith("ListChanged"))
  )
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
