import { randomUUID } from "node:crypto"
import type { Happening } from "@hufu/core/delegation/happening"
import type { Part } from "@hufu/core/delegation/part"
import { canonicalize } from "@hufu/core/json/canonical"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { errorOf, resultOf, textOf } from "../mcp/rpc.ts"
import type { RpcResponse } from "../mcp/upstream/link.ts"
import type { Ticket } from "../ticket.ts"
import type { Driven } from "./hub.ts"
import { toolCallIn } from "./order-attempt.ts"
import type { PartnerOrder } from "./partner.ts"

/** An MCP tool server as one agent reaches it. */
export interface ToolServer {
  readonly name: string
  /** Sees to it that the pipeline knows its tools. */
  observe(): Promise<void>
  /** Those that the agent may see. */
  tools(): Promise<readonly JsonObject[]>
  /** Calls a tool for which somebody holds the permit; the ticket is settled with what comes back. */
  call(call: {
    readonly tool: string
    readonly arguments: JsonObject
    readonly ticket: Ticket
    readonly signal: AbortSignal
  }): Promise<RpcResponse>
}

const mostNamed = 50

/**
 * An MCP tool server for which Hufu answers as an agent: a message with one data part `{"tool", "arguments"}` calls that tool, and what it
 * gives back is the product. Anything else gets the question what is meant.
 */
export function mcpPartner(server: ToolServer): Driven {
  async function* order({ order: kind, said }: PartnerOrder, ticket: Ticket, signal: AbortSignal) {
    if (kind === "cancel" || kind === "complete") {
      if (ticket.leave()) yield { happening: stateOf(kind === "cancel" ? "canceled" : "completed") }
      return
    }
    const call = toolCallIn(said)
    if (call === undefined) return
    yield { happening: atWork }
    const response = await server.call({ ...call, ticket, signal })
    // What a call that was broken off came to is nobody's answer.
    signal.throwIfAborted()
    for (const happening of happeningsOf(call.tool, response)) yield { happening }
  }

  return {
    isInspected: true,
    partner: {
      protocol: "mcp",
      confirms: false,
      order,
      // A call is over when it has been answered: there is nothing to look at or to follow.
      async *look() {},
      async *follow() {},
    },
    attempt(caller, { said, under }) {
      const call = toolCallIn(said)
      return call && { caller, server: server.name, ...call, ...(under === undefined ? {} : { under }) }
    },
    async answer({ said }) {
      if (toolCallIn(said) !== undefined) {
        await server.observe()
        return undefined
      }
      const tools = await server.tools()
      const names = tools.slice(0, mostNamed).map(({ name }) => `\`${textOf(name)}\``)
      const list = names.length > 0 ? names.join(", ") : "none"
      return {
        kind: "state",
        state: "input-required",
        said: {
          id: randomUUID(),
          parts: [
            {
              kind: "text",
              text: `say which tool to call, in one data part {"tool": name, "arguments": {…}}; the tools are: ${list}`,
              metadata: { language: "en" },
            },
            {
              kind: "text",
              text: `请用一个数据部分 {"tool": 名称, "arguments": {…}} 说明调用哪个工具；可用工具：${list}`,
              metadata: { language: "zh" },
            },
          ],
        },
      }
    },
  }
}

/** Said for a tool server, which says nothing before it is done: no client of A2A has to wait so long to be told anything. */
const atWork: Happening = { kind: "state", state: "working", original: { protocol: "a2a", object: {} } }

function stateOf(state: "canceled" | "completed" | "failed", parts?: Part[]): Happening {
  return { kind: "state", state, ...(parts === undefined ? {} : { said: { id: randomUUID(), parts } }) }
}

/** UNTRUSTED: what a tool gave back, as a product and a state. */
function happeningsOf(tool: string, response: RpcResponse): Happening[] {
  const result = resultOf(response)
  if (result === undefined) {
    const { message } = errorOf(response) ?? {}
    return [
      stateOf("failed", [{ kind: "text", text: typeof message === "string" ? message : "the tool failed" }]),
    ]
  }
  const parts = partsOf(result)
  if (result["isError"] === true) return [stateOf("failed", parts)]
  return [
    {
      kind: "product",
      product: { id: `result-${randomUUID()}`, name: tool, parts },
      append: false,
      last: true,
    },
    stateOf("completed"),
  ]
}

/** MCP content blocks as parts; what is structured comes first and its text form is not said twice. */
function partsOf(result: JsonObject): Part[] {
  const { content, structuredContent } = result
  const blocks = Array.isArray(content) ? content : []
  const structured: Part[] =
    structuredContent === undefined ? [] : [{ kind: "data", data: structuredContent }]
  return [...structured, ...blocks.filter((block) => !isTextOf(block, structuredContent)).flatMap(partOf)]
}

/** Whether a block is the text form of what is structured, for clients that know only texts. */
function isTextOf(block: JsonValue, structured: JsonValue | undefined): boolean {
  if (structured === undefined || !isJsonObject(block) || block["type"] !== "text") return false
  const { text } = block
  if (typeof text !== "string" || !/^\s*[[{]/.test(text)) return false
  try {
    return canonicalize(parseStrict(text)) === canonicalize(structured)
  } catch {
    return false
  }
}

function partOf(block: JsonValue): Part[] {
  if (!isJsonObject(block)) return []
  const { type, text, data, mimeType, uri, name, resource } = block
  const media = typeof mimeType === "string" ? { mediaType: mimeType.slice(0, 256) } : {}
  if (type === "text" && typeof text === "string") return [{ kind: "text", text }]
  if ((type === "image" || type === "audio") && typeof data === "string")
    return [{ kind: "file", bytes: data, ...media }]
  if (type === "resource_link" && typeof uri === "string")
    return [
      {
        kind: "file",
        url: uri,
        ...(typeof name === "string" ? { name: name.slice(0, 1024) } : {}),
        ...media,
      },
    ]
  if (type === "resource" && isJsonObject(resource)) return embedded(resource)
  return [{ kind: "data", data: block }]
}

function embedded({ text, blob, uri, mimeType }: JsonObject): Part[] {
  const media = typeof mimeType === "string" ? { mediaType: mimeType.slice(0, 256) } : {}
  const named = typeof uri === "string" ? { metadata: { uri } } : {}
  if (typeof text === "string") return [{ kind: "text", text, ...media, ...named }]
  if (typeof blob === "string") return [{ kind: "file", bytes: blob, ...media, ...named }]
  return []
}
