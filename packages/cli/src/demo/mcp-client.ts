import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** What a tool answered, and what Hufu said instead if it did. UNTRUSTED. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
  /** Present when Hufu answered in place of the tool server. */
  readonly verdict?: SaidVerdict
}

/** What Hufu says to programs about an action that it did not forward. */
export interface SaidVerdict {
  readonly verdict: string
  readonly code: string
  readonly action: string | undefined
  readonly hold: string | undefined
}

/** A stdio MCP client as small as can be: one program, newline-delimited JSON, tools alone. */
export interface McpClient {
  listTools(): Promise<string[]>
  callTool(name: string, args: JsonObject): Promise<ToolAnswer>
  close(): Promise<void>
}

const protocolVersion = "2025-11-25"
const verdictKey = "hufu/verdict"
const startMs = 30_000
const maxLine = 8 * 1024 * 1024

interface Waiting {
  readonly resolve: (result: JsonObject) => void
  readonly reject: (error: Failure) => void
}

/** Starts a program that speaks MCP over its standard streams, and opens a session with it. */
export async function startMcpClient(
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = process.env,
): Promise<McpClient> {
  const [program, ...args] = command
  const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] })
  const peer = converse(child)
  const request = (method: string, params: JsonObject = {}) => peer.request(method, params)
  const opened = request("initialize", {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: "hufu-demo-agent", version: "1" },
  })
  try {
    await within(startMs, opened)
  } catch (error) {
    child.kill()
    throw error
  }
  peer.notify("notifications/initialized")
  return {
    listTools: async () => namesOf((await request("tools/list"))["tools"]),
    callTool: async (name, args_) => answerOf(await request("tools/call", { name, arguments: args_ })),
    close: () => endOf(child),
  }
}

/** JSON-RPC over the child's streams; a child that ends answers everything that was open with its last words. */
function converse(child: ChildProcess) {
  const open = new Map<number, Waiting>()
  let lastWords = ""
  let ended: Failure | undefined
  let nextId = 0

  const send = (message: JsonObject) =>
    child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
  const fail = () => {
    ended ??= new Failure("upstream_lost", `the guard ended: ${lastWords.trim() || "it did not say why"}`)
    for (const waiting of open.values()) waiting.reject(ended)
    open.clear()
  }
  child.stdin?.on("error", () => {})
  child.stderr?.on("data", (chunk: Buffer) => (lastWords = (lastWords + chunk.toString("utf8")).slice(-2000)))
  child.once("error", fail)
  child.once("close", fail)
  if (child.stdout) createInterface({ input: child.stdout }).on("line", receive)

  // UNTRUSTED: whatever a server writes.
  function receive(line: string) {
    const message = line.length > maxLine ? undefined : read(line)
    if (!isJsonObject(message)) return
    const { id, method } = message
    if (typeof method === "string") {
      if (id !== undefined) send(replyTo(id, method))
      return
    }
    const waiting = typeof id === "number" ? open.get(id) : undefined
    if (!waiting || typeof id !== "number") return
    open.delete(id)
    settle(waiting, message)
  }

  return {
    notify: (method: string) => void send({ method }),
    request: (method: string, params: JsonObject) =>
      new Promise<JsonObject>((resolve, reject) => {
        if (ended) return reject(ended)
        const id = ++nextId
        open.set(id, { resolve, reject })
        send({ id, method, params })
        return undefined
      }),
  }
}

function read(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line) as JsonValue // what JSON.parse gives is JSON
  } catch {
    return undefined
  }
}

/** The servers' own questions: this client offers nothing but a sign of life. */
const replyTo = (id: JsonValue, method: string): JsonObject =>
  method === "ping" ? { id, result: {} } : { id, error: { code: -32_601, message: "method not found" } }

function settle({ resolve, reject }: Waiting, { result, error }: JsonObject): void {
  if (isJsonObject(result)) return resolve(result)
  const said = isJsonObject(error) && typeof error["message"] === "string" ? error["message"] : "no result"
  return reject(new Failure("upstream_unavailable", said.slice(0, 2000)))
}

function namesOf(tools: JsonValue | undefined): string[] {
  return (Array.isArray(tools) ? tools : []).flatMap((tool) =>
    isJsonObject(tool) && typeof tool["name"] === "string" ? [tool["name"]] : [],
  )
}

function answerOf(result: JsonObject): ToolAnswer {
  const content = Array.isArray(result["content"]) ? result["content"] : []
  const texts = content.flatMap((part) =>
    isJsonObject(part) && typeof part["text"] === "string" ? [part["text"]] : [],
  )
  const meta = result["_meta"]
  const said = isJsonObject(meta) ? meta[verdictKey] : undefined
  return {
    text: texts.join("\n"),
    isError: result["isError"] === true,
    ...(isJsonObject(said) ? { verdict: verdictOf(said) } : {}),
  }
}

function verdictOf(said: JsonObject): SaidVerdict {
  const text = (name: string) => (typeof said[name] === "string" ? said[name] : undefined)
  return {
    verdict: text("verdict") ?? "",
    code: text("code") ?? "",
    action: text("action"),
    hold: text("hold"),
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const tooLate = new Failure("upstream_unavailable", "the guard did not answer in time: run the demo again")
  const timer = setTimeout(() => reject(tooLate), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A guard ends when its input does; one that does not is ended. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000)
    child.once("close", () => {
      clearTimeout(timer)
      resolve()
    })
    child.stdin?.end()
    return undefined
  })
}
