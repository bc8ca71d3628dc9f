import { differences } from "./differences.ts"
import type { Step } from "./exercise.ts"
import type { Exchange, RawClient } from "./raw-client.ts"

type Request = { readonly method: string; readonly params: Readonly<Record<string, unknown>> }

const call = (name: string, args: Readonly<Record<string, unknown>> = {}): Request => ({
  method: "tools/call",
  params: { name, arguments: args, _meta: { progressToken: `of-${name}` } },
})

const smallFile = { name: "small.gz", data: "data:text/plain,hello" }

/** One request for each kind of content that the everything server has, and for each of its lists. */
export const requests: readonly Request[] = [
  { method: "tools/list", params: {} },
  { method: "resources/list", params: {} },
  { method: "resources/templates/list", params: {} },
  { method: "prompts/list", params: {} },
  call("echo", { message: "hello, 你好, \u{1f42f}" }),
  call("get-sum", { a: 0.1, b: 9_007_199_254_740_991 }),
  call("get-sum", { a: "no number" }),
  call("get-structured-content", { location: "Chicago" }),
  call("get-annotated-message", { messageType: "error", includeImage: true }),
  call("get-tiny-image"),
  call("get-resource-links", { count: 3 }),
  call("get-resource-reference", { resourceType: "Text", resourceId: 1 }),
  call("get-resource-reference", { resourceType: "Blob", resourceId: 2 }),
  call("gzip-file-as-resource", { ...smallFile, outputType: "resource" }),
  call("gzip-file-as-resource", { ...smallFile, outputType: "resourceLink" }),
  call("trigger-long-running-operation", { duration: 0.6, steps: 3 }),
  call("get-env"),
  { method: "resources/read", params: { uri: "demo://resource/dynamic/text/1" } },
  { method: "resources/read", params: { uri: "demo://resource/dynamic/blob/2" } },
  { method: "prompts/get", params: { name: "simple-prompt" } },
  { method: "prompts/get", params: { name: "args-prompt", arguments: { city: "Paris", state: "Texas" } } },
]

/** Sends the same requests to a server itself and through a door, and compares all that comes back. */
export async function compareAll(direct: RawClient, governed: RawClient, era: Era): Promise<Step[]> {
  const steps: Step[] = []
  for (const { method, params } of requests) {
    const expected = await direct.request(method, params)
    const actual = await governed.request(method, params)
    const found = differences(
      comparable(expected, method),
      comparable(era === "modern" ? asLegacy(actual) : actual, method),
    )
    const name = typeof params["name"] === "string" ? `${method} ${params["name"]}` : method
    steps.push({
      step: name,
      isRight: found.length === 0 && !tellsCredential(actual),
      seen: found.join("; "),
    })
  }
  return steps
}

type Era = "legacy" | "modern"

/** INVARIANT: what the agent proved itself with never reaches a tool server, and so never comes back from it. */
function tellsCredential(exchange: Exchange): boolean {
  return JSON.stringify(exchange).includes("HUFU_CREDENTIAL")
}

/** Without what the newer era adds to every result, which the server of the older one did not say. */
function asLegacy({ answer, notifications }: Exchange): Exchange {
  if (answer.result === undefined) return { answer, notifications }
  const { resultType: _, ttlMs: _ttl, cacheScope: _scope, _meta: meta, ...result } = answer.result
  const { "io.modelcontextprotocol/serverInfo": _info, ...own } = {
    ...(meta as object | undefined),
  } as JsonMembers // only copied
  const kept = Object.keys(own).length > 0 ? { ...result, _meta: own } : result
  return { answer: { ...answer, result: kept }, notifications }
}

type JsonMembers = Record<string, unknown>

// The environment is the server's own, the clock goes on between two calls, and what is said of no request comes at any time.
function comparable({ answer, notifications }: Exchange, method: string): unknown {
  const { result, error } = answer
  const progress = notifications.filter((notice) => notice.method === "notifications/progress")
  const isListing = method === "resources/list"
  const isEnvironment = (text: string) => method === "tools/call" && text.includes('"PATH":')
  const plain = (value: unknown): unknown => {
    if (typeof value === "string") return isEnvironment(value) ? "(environment)" : withoutClock(value)
    if (Array.isArray(value)) return value.filter((item) => !(isListing && isLeftOver(item))).map(plain)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
  }
  return plain({ result, error, progress })
}

/** What an earlier call made: a modern client has no session, so those of one agent meet the same server process. */
function isLeftOver(item: unknown): boolean {
  return JSON.stringify(item).includes("demo://resource/session/")
}

function withoutClock(text: string): string {
  const decoded = Buffer.from(text, "base64").toString("utf8")
  const readable = decoded.startsWith("Resource ") ? decoded : text
  return readable.replaceAll(/\d{1,2}:\d{2}:\d{2}(?: [AP]M)?/g, "(time)")
}
