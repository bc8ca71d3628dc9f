import { setTimeout as delay } from "node:timers/promises"
import { Agent } from "undici"
import { openCaller, type DoorAnswer, type McpCaller } from "../mcp-caller.ts"
import { eras } from "../upstream/mcp-message.ts"

/** One client's view of a stop: what it was told last, and when. */
export interface Refused {
  client: string
  /** When its first refusal, or the end of its connection, arrived. */
  at: number
  /** Results that it still got after the given moment; filled in by the run. */
  servedAt: number[]
}

const pauseMs = 20

/** What every client of the run needs. */
export interface ClientOf {
  door: string
  credential: string
  n: number
}

/** A client that calls again and again, and ends with its first refusal. */
export async function callUntilRefused(of: ClientOf, started: () => void): Promise<Refused> {
  const caller = await openFor(of)
  const servedAt: number[] = []
  for (let turn = 0; ; turn++) {
    const answer = await caller.call("add_note", { id: `live-${of.n}-${turn}` }).catch(() => undefined)
    if (!isServed(answer)) return finish(caller, `live ${of.n}`, servedAt)
    servedAt.push(performance.now())
    if (turn === 0) started()
    await delay(pauseMs)
  }
}

/** A client whose one call waits: for a person, for its turn, or for a slow upstream. */
export async function callOnce(of: ClientOf, tool: string, args: Record<string, unknown>): Promise<Refused> {
  const caller = await openFor(of)
  const answer = await caller.call(tool, { id: `${tool}-${of.n}`, ...args }).catch(() => undefined)
  const servedAt = isServed(answer) ? [performance.now()] : []
  return finish(caller, `${tool} ${of.n}`, servedAt)
}

/** A client of the legacy era that keeps its stream open; it counts as refused when the stream ends. */
export async function keepStream(of: ClientOf, started: () => void): Promise<Refused> {
  const caller = await openCaller({ url: of.door, era: "legacy", credential: of.credential })
  const agent = new Agent({ bodyTimeout: 0 })
  const at = new URL(of.door)
  const headers = { ...caller.headers, accept: "text/event-stream" }
  const stream = await agent.request({ origin: at.origin, path: at.pathname, method: "GET", headers })
  if (stream.statusCode !== 200) throw new Error(`the stream was answered with ${stream.statusCode}`)
  started()
  await stream.body.dump().catch(() => {}) // an end and a reset are both the end of the stream
  const refused = await finish(caller, `stream ${of.n}`, [])
  await agent.destroy()
  return refused
}

function openFor({ door, credential, n }: ClientOf): Promise<McpCaller> {
  return openCaller({ url: door, era: eras[n % eras.length] ?? "legacy", credential })
}

async function finish(caller: McpCaller, client: string, servedAt: number[]): Promise<Refused> {
  const at = performance.now()
  await caller.close()
  return { client, at, servedAt }
}

function isServed(answer: DoorAnswer | undefined): boolean {
  const result = answer?.message?.result
  return answer?.status === 200 && result !== undefined && result["isError"] !== true
}
