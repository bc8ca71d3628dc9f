import { createInterface } from "node:readline"
import type { Duplex } from "node:stream"
import { connectLocal } from "@hufu/server/local/connect"
import { openCaller } from "../mcp-caller.ts"
import { openPeerDoor } from "./peer-door.ts"
import { legacyRevision, type McpMessage, modernMeta } from "../upstream/mcp-message.ts"

/** The doors of MCP, through which an agent calls tools. */
export const doorKinds = ["modern", "legacy", "guard"] as const
/** Every door through which an agent can act. */
export const everyDoorKind = [...doorKinds, "a2a", "aip"] as const
export type DoorKind = (typeof everyDoorKind)[number]

/** What a door answered: what the tool said, or what Hufu said in its place. */
export interface Said {
  /** 0 where the door is no HTTP. */
  readonly status: number
  readonly text: string
  readonly isError: boolean
  /** Hufu's own verdict, when it did not forward the call. */
  readonly verdict: string | undefined
  readonly code: string | undefined
  readonly hold: string | undefined
  readonly action: string | undefined
  readonly message: McpMessage | undefined
}

/** One connection of an agent to one tool server, whatever the door. */
export interface AgentDoor {
  readonly kind: DoorKind
  call(tool: string, args?: object, options?: { hold?: string; signal?: AbortSignal }): Promise<Said>
  request(method: string, params: Record<string, unknown>, signal?: AbortSignal): Promise<Said>
  /** The names that tools/list shows. */
  list(): Promise<string[]>
  /** Resolves when the other side has ended the connection; never for a door without one. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

export interface DoorOptions {
  readonly url: string
  readonly dataFolder: string
  readonly server: { readonly name: string; readonly url: string }
  readonly agent: string
  readonly credential: string
}

/** Opens a door of this kind as this agent. */
export async function openAgentDoor(kind: DoorKind, options: DoorOptions): Promise<AgentDoor> {
  if (kind === "a2a" || kind === "aip") return openPeerDoor(kind, options)
  const raw = kind === "guard" ? await openGuard(options) : await openHttp(kind, options)
  const request: AgentDoor["request"] = async (method, params, signal) =>
    saidOf(await raw.send(method, params, signal))
  return {
    kind,
    request,
    ended: raw.ended,
    call(name, args = {}, { hold, signal } = {}) {
      const meta = {
        ...(kind === "modern" ? modernMeta : {}),
        ...(hold === undefined ? {} : { "hufu/hold": hold }),
      }
      return request("tools/call", { name, arguments: args, _meta: meta }, signal)
    },
    async list() {
      const { message } = await request("tools/list", {})
      const tools = message?.result?.["tools"]
      return Array.isArray(tools) ? tools.map((tool: { name?: unknown }) => String(tool.name)) : []
    },
    close: () => raw.close(),
  }
}

interface RawDoor {
  send(method: string, params: Record<string, unknown>, signal?: AbortSignal): Promise<Answer>
  readonly ended: Promise<void>
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly message: McpMessage | undefined
}

async function openHttp(
  era: "modern" | "legacy",
  { url, server, credential }: DoorOptions,
): Promise<RawDoor> {
  const caller = await openCaller({ url: `${url}/mcp/${server.name}`, era, credential, connections: 16 })
  return {
    send: (method, params, signal) => caller.request(method, params, signal),
    ended: new Promise(() => {}),
    close: () => caller.close(),
  }
}

async function openGuard({ dataFolder, server, agent, credential }: DoorOptions): Promise<RawDoor> {
  const stream = await connectLocal(dataFolder, "guard", {
    agent,
    credential,
    name: server.name,
    url: server.url,
  })
  const guard = overLines(stream)
  await guard.send("initialize", {
    protocolVersion: legacyRevision,
    capabilities: {},
    clientInfo: { name: "hufu-e2e", version: "1" },
  })
  stream.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`)
  return guard
}

/** JSON-RPC as lines; a stream that ends answers everything that was open with nothing. */
function overLines(stream: Duplex): RawDoor {
  const open = new Map<number, (answer: Answer) => void>()
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let nextId = 1
  let isOver = false
  const lines = createInterface({ input: stream })
  stream.on("error", () => {})
  lines.on("line", (line) => {
    const message = JSON.parse(line) as McpMessage // what the node writes is read field by field
    const id = Number(message.id)
    if (message.method !== undefined) return
    open.get(id)?.({ status: 0, message })
    open.delete(id)
  })
  stream.once("close", () => {
    isOver = true
    for (const answer of open.values()) answer({ status: 0, message: undefined })
    end()
  })
  return {
    ended,
    send: (method, params, signal) =>
      new Promise((resolve, reject) => {
        if (isOver) return resolve({ status: 0, message: undefined })
        const id = nextId++
        open.set(id, resolve)
        signal?.addEventListener("abort", () => {
          const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }
          stream.write(`${JSON.stringify(cancelled)}\n`)
          reject(new Error("the client stopped waiting"))
        })
        stream.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`)
        return undefined
      }),
    close: async () => {
      stream.destroy()
      await ended
    },
  }
}

function saidOf({ status, message }: Answer): Said {
  const { result, error } = message ?? {}
  const data = error?.data as { [key: string]: unknown } | undefined // any shape; one member is read
  const meta = (result?.["_meta"] ?? data ?? {}) as { [key: string]: unknown } // any shape; one member is read
  const said = (meta["hufu/verdict"] ?? {}) as { [key: string]: string | undefined } // Hufu's own words
  const content = result?.["content"]
  const parts = Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? "") : []
  return {
    status,
    text: error ? error.message : parts.join("\n"),
    isError: error !== undefined || result?.["isError"] === true || result === undefined,
    verdict: said["verdict"],
    code: said["code"],
    hold: said["hold"],
    action: said["action"],
    message,
  }
}
