import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { ContentTypeNotSupportedError } from "@a2a-js/sdk/errors"
import { Part } from "@a2a-js/sdk"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server"
import { z } from "zod"
import { type PartnerStep, RpcError, startScriptedPartner } from "../../conformance/aip/scripted-partner.ts"
import {
  startSdkAgent,
  type Step as AgentStep,
} from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import { loopback, loopbackInUrl } from "../../packages/server/src/http/testing/loopback.ts"
import { allPieces, answerOf, sayable, structuredOf, waitingWords } from "./model.ts"
import { a2aOfPiece, aipOfPiece, pieceOfA2a, pieceOfAip } from "./pieces.ts"
import type { Piece, Step, Turn } from "./script.ts"

export const partnerAic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"

/** What reached a partner. */
export interface Heard {
  readonly turn: string
  readonly pieces: readonly Piece[]
}

/** A partner of each protocol, which all do what they are told under the name that stands in a message. */
export interface Partners {
  readonly urls: { readonly a2a: string; readonly aip: string; readonly mcp: string }
  learn(turn: Turn): void
  /** Lets a turn that waits go on. */
  release(turn: Turn): void
  /** Resolves when the tool is at work on a turn. */
  began(turn: Turn): Promise<void>
  /** What reached the partner of a protocol, of turns whose names begin so. */
  heard(partner: "a2a" | "aip" | "mcp", of: string): readonly Heard[]
  forget(turn: Turn): void
  stop(): Promise<void>
}

interface Known {
  readonly turn: Turn
  readonly begun: ReturnType<typeof gate>
  readonly free: ReturnType<typeof gate>
}

export async function startPartners(): Promise<Partners> {
  const known = new Map<string, Known>()
  const heard = {
    a2a: new Map<string, Heard[]>(),
    aip: new Map<string, Heard[]>(),
    mcp: new Map<string, Heard[]>(),
  }
  const scriptOf = (of: JsonValue | undefined) =>
    isJsonObject(of) && typeof of["script"] === "string" ? of["script"] : undefined

  function hear(partner: keyof typeof heard, turn: string, pieces: readonly Piece[]): void {
    const list = heard[partner].get(turn) ?? []
    heard[partner].set(turn, [...list, { turn, pieces }])
  }

  const agent = await startSdkAgent({
    onAsked({ parts }) {
      const pieces = parts.map((part) => pieceOfA2a(Part.toJSON(part) as JsonObject)) // what the SDK writes is JSON
      const turn = pieces
        .map((each) => (each.kind === "data" ? scriptOf(each.data) : undefined))
        .find(Boolean)
      hear(
        "a2a",
        turn ?? "?",
        pieces.filter((each) => !isTelling(each)),
      )
    },
  })
  const partner = await startScriptedPartner({
    aic: partnerAic,
    host: loopback,
    onSeen({ body }) {
      const { params } = body
      const of = isJsonObject(params) ? (params["command"] ?? params["message"]) : undefined
      if (!isJsonObject(of) || (of["command"] !== "start" && of["command"] !== "continue")) return
      const pieces = itemsIn(of["dataItems"]).map(pieceOfAip)
      const name = pieces
        .map((each) => (each.kind === "data" ? scriptOf(each.data) : undefined))
        .find(Boolean)
      const turn = known.get(name ?? "")?.turn
      hear(
        "aip",
        name ?? "?",
        pieces.filter((each) => !isTelling(each)),
      )
      if (turn?.end.kind === "refuse") throw new RpcError(turn.end.fault ? -32603 : -32005, turn.end.words)
    },
    script(items) {
      const name = itemsIn(items)
        .map((each) => scriptOf(each["data"]))
        .find(Boolean)
      const of = known.get(name ?? "")
      return of && aipSteps(of)
    },
  })
  const tools = await startTools((number, signal) => {
    const of = [...known.values()].find((each) => each.turn.number === number)
    if (of === undefined) throw new Error("no script")
    hear("mcp", of.turn.name, [])
    return toolResult(of, signal)
  })

  return {
    urls: { a2a: agent.url, aip: `${partner.url}/rpc`, mcp: tools.url },
    learn(turn) {
      known.set(turn.name, { turn, begun: gate(), free: gate() })
      agent.learn(turn.name, agentSteps(turn))
    },
    release(turn) {
      agent.release(turn.name)
      known.get(turn.name)?.free.open()
    },
    began: async (turn) => known.get(turn.name)?.begun.opened,
    heard: (of, name) => [...heard[of]].flatMap(([turn, list]) => (turn.startsWith(`${name}_`) ? list : [])),
    forget(turn) {
      known.delete(turn.name)
      for (const each of Object.values(heard)) each.delete(turn.name)
    },
    async stop() {
      for (const { free } of known.values()) free.open()
      await Promise.all([agent.stop(), partner.close(), tools.close()])
    },
  }
}

/** What tells a partner what to do is not what it is told. */
function isTelling(piece: Piece): boolean {
  if (piece.kind === "text") return piece.text === "please"
  return piece.kind === "data" && isJsonObject(piece.data) && "script" in piece.data
}

function itemsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

const taskState = {
  ask: "TASK_STATE_INPUT_REQUIRED",
  deliver: "TASK_STATE_COMPLETED",
  late: "TASK_STATE_COMPLETED",
  fail: "TASK_STATE_FAILED",
} as const

function agentSteps(turn: Turn): AgentStep[] {
  const { end, name, steps } = turn
  const isFirst = name.endsWith("_0")
  if (end.kind === "refuse")
    return [
      { refuse: end.fault ? new Error(end.words) : new ContentTypeNotSupportedError({ message: end.words }) },
    ]
  if (end.kind === "reject") return [{ task: "TASK_STATE_REJECTED", say: end.words }]
  if (end.kind === "answer") return [{ message: end.words }]
  const done = steps.map((step): AgentStep => {
    if ("work" in step) return { status: "TASK_STATE_WORKING", ...saying(step.work) }
    const { id, pieces, append, last, ...about } = step.make
    return {
      artifact: { artifactId: id, ...about, parts: pieces.map(a2aOfPiece) },
      append,
      lastChunk: last,
    }
  })
  const waits: AgentStep[] =
    end.kind === "late" || end.kind === "stay"
      ? [{ status: "TASK_STATE_WORKING", say: waitingWords(turn) }, { wait: name }]
      : []
  return [
    // The official server wants each answer to begin with the task.
    ...(isFirst
      ? [{ task: "TASK_STATE_SUBMITTED" }, { status: "TASK_STATE_WORKING" }]
      : [{ task: "TASK_STATE_WORKING" }]),
    ...done,
    ...waits,
    ...(end.kind === "stay" ? [] : [{ status: taskState[end.kind], ...saying(end.words) }]),
  ]
}

function saying(words: string): { say?: string } {
  return words === "" ? {} : { say: words }
}

const aipState = {
  ask: "awaiting-input",
  deliver: "awaiting-completion",
  late: "awaiting-completion",
  fail: "failed",
} as const

function aipSteps({ turn, free }: Known): PartnerStep[] {
  const { end, name, steps } = turn
  if (end.kind === "reject") return [{ state: "rejected", say: end.words }]
  const begun: PartnerStep[] = [...(name.endsWith("_0") ? [{ state: "accepted" }] : []), { state: "working" }]
  if (end.kind === "answer")
    return [
      ...begun,
      made({ id: "answer", pieces: answerOf(turn), append: false, last: true }),
      { state: "awaiting-completion" },
    ]
  const waits: PartnerStep[] =
    end.kind === "late" || end.kind === "stay"
      ? [{ state: "working", say: waitingWords(turn) }, { until: free.opened }]
      : []
  const over: PartnerStep[] =
    end.kind === "stay" || end.kind === "refuse" ? [] : [{ state: aipState[end.kind], ...saying(end.words) }]
  return [
    ...begun,
    ...steps.map((step) => ("work" in step ? { state: "working", ...saying(step.work) } : made(step.make))),
    ...waits,
    ...over,
  ]
}

function made({ pieces, append, last, ...about }: Extract<Step, { make: unknown }>["make"]): PartnerStep {
  const dataItems = pieces.map((each) => aipOfPiece(sayable(each, "aip")))
  return { product: { ...about, dataItems }, append, lastChunk: last }
}

/** A tool's result: content as the SDK's server sends it. */
type Block =
  | { type: "text"; text: string }
  | { type: "image"; data: string; mimeType: string }
  | { type: "resource"; resource: { uri: string; blob: string; mimeType: string } }
  | { type: "resource_link"; uri: string; name: string; mimeType: string }

async function toolResult({ turn, begun, free }: Known, signal: AbortSignal) {
  const { end } = turn
  begun.open()
  if (end.kind === "late") await free.opened
  if (end.kind === "stay") await Promise.race([free.opened, aborted(signal)])
  if (end.kind === "fail" || end.kind === "reject" || end.kind === "refuse")
    return { isError: true, content: [{ type: "text" as const, text: end.words }] }
  const pieces = allPieces(turn)
  const structured = structuredOf(pieces)
  return {
    content: pieces.flatMap(blockOf),
    ...(isJsonObject(structured) ? { structuredContent: structured } : {}),
  }
}

function blockOf(piece: Piece): Block[] {
  if (piece.kind === "text") return [{ type: "text", text: piece.text }]
  if (piece.kind === "data") return []
  const { name, mediaType, bytes, url } = piece
  if (url !== undefined) return [{ type: "resource_link", uri: url, name, mimeType: mediaType }]
  const data = bytes ?? ""
  return mediaType.startsWith("image/")
    ? [{ type: "image", data, mimeType: mediaType }]
    : [{ type: "resource", resource: { uri: `file:///${name}`, blob: data, mimeType: mediaType } }]
}

async function startTools(act: (turn: number, signal: AbortSignal) => ReturnType<typeof toolResult>) {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: "tools", version: "1.0.0" })
    server.registerTool(
      "act",
      {
        description: "Reads what stands under a number",
        inputSchema: z.object({ number: z.int() }),
        annotations: { readOnlyHint: true },
      },
      ({ number }, context) => act(number, context.mcpReq.signal),
    )
    return server
  })
  // The adapter's own type of a request is narrower than Node's in what may be undefined.
  const serve = toNodeHandler(handler) as (req: IncomingMessage, res: ServerResponse) => Promise<void>
  const http = createServer((req, res) => void serve(req, res)).listen(0, loopback)
  await once(http, "listening")
  return {
    // It listens on TCP.
    url: `http://${loopbackInUrl}:${(http.address() as AddressInfo).port}/mcp`,
    async close() {
      await handler.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }))
}
