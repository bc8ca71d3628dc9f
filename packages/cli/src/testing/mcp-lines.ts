import type { ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"

export type Message = Record<string, unknown>

/** An MCP client of a guard, one JSON line at a time. */
export interface McpLines {
  send(message: Message): void
  /** The next message of the guard that fits. */
  next(fits: (message: Message) => boolean): Promise<Message>
  /** Sends a request and answers its response. */
  ask(id: number, method: string, params?: Message): Promise<Message>
  /** Opens a session of the stateful era. */
  initialize(): Promise<Message>
  readonly errorText: () => string
}

/** Speaks to a guard that runs. */
export function mcpLines(child: ChildProcess): McpLines {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error("the streams are pipes")
  let errors = ""
  const seen: Message[] = []
  const waiting: { fits: (message: Message) => boolean; resolve: (message: Message) => void }[] = []
  stderr.on("data", (chunk: Buffer) => (errors += chunk.toString("utf8")))
  stdin.on("error", () => {})
  createInterface({ input: stdout }).on("line", (line) => {
    const message = JSON.parse(line) as Message
    const at = waiting.findIndex(({ fits }) => fits(message))
    if (at < 0) seen.push(message)
    else waiting.splice(at, 1)[0]?.resolve(message)
  })
  const send = (message: Message) => void stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
  const next: McpLines["next"] = (fits) => {
    const at = seen.findIndex(fits)
    const [found] = at < 0 ? [] : seen.splice(at, 1)
    return found ? Promise.resolve(found) : new Promise((resolve) => waiting.push({ fits, resolve }))
  }
  const ask: McpLines["ask"] = (id, method, params = {}) => {
    send({ id, method, params })
    return next((message) => message["id"] === id && message["method"] === undefined)
  }
  return {
    send,
    next,
    ask,
    async initialize() {
      const params = {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "test", version: "1" },
      }
      const answer = await ask(0, "initialize", params)
      send({ method: "notifications/initialized" })
      return answer
    },
    errorText: () => errors,
  }
}
