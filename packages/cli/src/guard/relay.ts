import type { Duplex, Readable, Writable } from "node:stream"
import { Failure, isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { createLineSplitter } from "@hufu/server/gateway/mcp/upstream/json-lines"
import { lineWriter } from "./line-writer.ts"
import { lost, unreachable } from "./node-errors.ts"
import { sessionMemory } from "./session-memory.ts"

export interface RelayParts {
  readonly input: Readable
  readonly output: Writable
  /** A proven stream to the node; throws Failure when there is none. */
  readonly connect: () => Promise<Duplex>
  /** For the person, never for the client. */
  readonly say: (sentence: string) => void
}

/** One connection to the node. */
interface Link {
  readonly stream: Duplex
  readonly write: (line: string) => Promise<void>
  readonly ended: AbortSignal
}

const maxClientLine = 16 * 1024 * 1024
const maxNodeLine = 64 * 1024 * 1024
/** After a refusal, requests are answered with it at once for so long. */
const refusalHoldsMs = 1000
const drainMs = 3000

/**
 * Carries a client's messages to the node and back until the client's input ends.
 * INVARIANT: every request is answered, by the node or with an error, and nothing ever goes to the tool server but through the node.
 */
export async function relay({ input, output, connect, say }: RelayParts): Promise<void> {
  const toClient = lineWriter(output)
  const memory = sessionMemory()
  /** Requests of the client that the node has not answered; and those of the node that the client has not. */
  const pending = new Map<string, { id: JsonValue; method: string }>()
  const questions = new Map<string, JsonValue>()
  const stale = new Set<string>()
  let link: Link | undefined
  let refusal: { error: unknown; at: number } | undefined
  let drained = () => {}

  const tell = (message: JsonObject) => toClient(JSON.stringify(message))

  async function open(reopen: boolean): Promise<Link> {
    if (link) return link
    if (refusal && performance.now() - refusal.at < refusalHoldsMs) throw refusal.error
    let opened: Link | undefined
    try {
      opened = attach(await connect())
      if (reopen && memory.open) {
        const send = (message: JsonObject) => opened?.write(JSON.stringify(message)) ?? Promise.resolve()
        for (const news of await memory.reopen(send, opened.ended)) await tell(news)
      }
      refusal = undefined
      link = opened
      return opened
    } catch (error) {
      opened?.stream.destroy()
      refusal = { error, at: performance.now() }
      say(isFailure(error) ? error.message : "the node cannot be reached")
      throw error
    }
  }

  function attach(stream: Duplex): Link {
    const ended = new AbortController()
    const made: Link = { stream, write: lineWriter(stream), ended: ended.signal }
    const split = createLineSplitter(maxNodeLine)
    stream.on("data", (chunk: Buffer) => {
      try {
        const lines = split(chunk).filter((line) => !isOurs(line))
        const written = Promise.all(lines.map(toClient))
        if (output.writableNeedDrain) {
          stream.pause()
          void written.then(() => stream.resume())
        }
      } catch {
        stream.destroy()
      }
    })
    stream.on("error", () => {})
    stream.once("close", () => {
      ended.abort()
      if (link === made) link = undefined
      void settle()
    })
    stream.resume()
    return made
  }

  /** Notes what the node says; true when it is not for the client. */
  function isOurs(line: string): boolean {
    const message = read(line)
    if (!message) return false
    if (memory.received(message)) return true
    const key = keyOf(message["id"])
    if (message["method"] === undefined) pending.delete(key)
    else if ("id" in message) questions.set(key, message["id"] ?? null)
    if (pending.size === 0) drained()
    return false
  }

  /** Nothing that was under way is left without an answer, and no question is answered that nobody asks any more. */
  async function settle(): Promise<void> {
    const open = [...pending.values()]
    pending.clear()
    for (const { id, method } of open) await tell(lost(id, method))
    for (const [key, requestId] of questions) {
      stale.add(key)
      await tell({
        jsonrpc: "2.0",
        method: "notifications/cancelled",
        params: { requestId, reason: "the Hufu node went away" },
      })
    }
    questions.clear()
    drained()
  }

  async function receive(line: string): Promise<void> {
    const message = read(line)
    const key = keyOf(message?.["id"])
    const method = typeof message?.["method"] === "string" ? message["method"] : undefined
    const isRequest = message !== undefined && method !== undefined && "id" in message
    if (message && method === undefined) {
      questions.delete(key)
      if (stale.delete(key)) return
    }
    try {
      const to = await open(method !== "initialize")
      if (message) memory.sent(message)
      if (isRequest) pending.set(key, { id: message["id"] ?? null, method })
      await to.write(line)
    } catch (error) {
      pending.delete(key)
      if (isRequest) await tell(unreachable(message["id"] ?? null, error))
    }
  }

  await open(false).catch(() => {})
  const split = createLineSplitter(maxClientLine)
  try {
    for await (const chunk of input) for (const line of split(Buffer.from(chunk))) await receive(line)
  } catch (cause) {
    throw isFailure(cause) ? cause : new Failure("upstream_lost", "the client's stream broke", { cause })
  } finally {
    await ending()
  }

  /** The client has said its last; what it asked before may still be answered. */
  async function ending(): Promise<void> {
    if (pending.size > 0 && link)
      await new Promise<void>((resolve) => {
        drained = resolve
        setTimeout(resolve, drainMs)
      })
    link?.stream.destroy()
  }
}

function read(line: string): JsonObject | undefined {
  try {
    // JSON.parse gives a JsonValue by definition.
    const value = JSON.parse(line) as JsonValue
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function keyOf(id: JsonValue | undefined): string {
  return JSON.stringify(id ?? null)
}
