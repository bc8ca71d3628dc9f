import { createInterface } from "node:readline"
import { spawn } from "node:child_process"
import { once } from "node:events"
import type { Readable } from "node:stream"
import { headersFor } from "../mcp-caller.ts"
import { legacyRevision, modernMeta, modernRevision, type McpMessage } from "../upstream/mcp-message.ts"
import type { Target } from "./client-under-test.ts"

/** Everything that came back for one request, as it was sent: no library has read, checked or completed it. */
export type Exchange = {
  readonly answer: McpMessage
  readonly notifications: readonly McpMessage[]
}

export type RawClient = {
  readonly request: (method: string, params: Readonly<Record<string, unknown>>) => Promise<Exchange>
  readonly close: () => Promise<void>
}

const answerWithinMs = 60_000
const initialize = {
  protocolVersion: legacyRevision,
  capabilities: {},
  clientInfo: { name: "hufu-e2e", version: "1" },
}

/** Opens a client that declares nothing and keeps each message whole. */
export async function openRawClient(target: Target, era: "legacy" | "modern"): Promise<RawClient> {
  const wire = target.kind === "stdio" ? overStdio(target) : overHttp(target, era)
  let nextId = 1
  const request: RawClient["request"] = async (method, params) => {
    const meta = era === "modern" ? { _meta: { ...modernMeta, ...metaIn(params) } } : {}
    const id = nextId++
    const heard = await wire.send({ jsonrpc: "2.0", id, method, params: { ...params, ...meta } })
    const answer = heard.find((message) => message.id === id && message.method === undefined)
    if (answer === undefined) throw new Error(`nothing answered \`${method}\``)
    return { answer, notifications: heard.filter((message) => message !== answer) }
  }
  if (era === "legacy") {
    await request("initialize", initialize)
    await wire.send({ jsonrpc: "2.0", method: "notifications/initialized" })
  }
  return { request, close: wire.close }
}

function metaIn(params: Readonly<Record<string, unknown>>): object {
  return params["_meta"] ?? {}
}

/** Sends one message and answers with all that was heard until it was answered. */
type Wire = {
  readonly send: (message: McpMessage) => Promise<McpMessage[]>
  readonly close: () => Promise<void>
}

function overStdio({ command, args, env }: Extract<Target, { kind: "stdio" }>): Wire {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "ignore"],
    env: { PATH: process.env["PATH"] ?? "", ...env },
  })
  const closed = once(child, "close")
  const lines = messagesIn(child.stdout)
  return {
    async send(message) {
      child.stdin.write(`${JSON.stringify(message)}\n`)
      if (message.id === undefined) return []
      const timer = setTimeout(() => child.kill("SIGKILL"), answerWithinMs)
      const heard: McpMessage[] = []
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        heard.push(next.value)
        if (next.value.id === message.id && next.value.method === undefined) break
      }
      clearTimeout(timer)
      return heard
    },
    async close() {
      child.kill("SIGTERM")
      await closed
    },
  }
}

async function* messagesIn(stream: Readable): AsyncGenerator<McpMessage> {
  for await (const line of createInterface({ input: stream })) yield JSON.parse(line) as McpMessage // read field by field
}

function overHttp({ url, headers: own }: Extract<Target, { kind: "http" }>, era: "legacy" | "modern"): Wire {
  const headers: Record<string, string> = {
    ...own,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": era === "legacy" ? legacyRevision : modernRevision,
  }
  return {
    async send(message) {
      const response = await fetch(url, {
        method: "POST",
        headers: headersFor(headers, message, era),
        body: JSON.stringify(message),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      const session = response.headers.get("mcp-session-id")
      if (session !== null) headers["mcp-session-id"] = session
      return messagesOf(await response.text())
    },
    close: () => Promise.resolve(),
  }
}

function messagesOf(body: string): McpMessage[] {
  const texts = body.startsWith("{")
    ? [body]
    : body.split("\n").flatMap((line) => /^data: ?(.+)/.exec(line)?.[1] ?? [])
  return texts.map((text) => JSON.parse(text) as McpMessage) // read field by field
}
