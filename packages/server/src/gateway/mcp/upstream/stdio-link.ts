import { Failure } from "@hufu/core/failure"
import { existsSync } from "node:fs"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Log } from "../log.ts"
import { readMessage } from "../rpc.ts"
import { endChild, startChild } from "./child.ts"
import type { Child } from "./child.ts"
import { shakeHands } from "./handshake.ts"
import { createLineSplitter } from "./json-lines.ts"
import type { Era, Link, RpcRequest, RpcResponse } from "./link.ts"
import type { Sandbox } from "./sandbox.ts"
import type { StdioServer } from "./server-definition.ts"
import { createStreamPeer } from "./stream-link.ts"
import type { StreamPeer, Wire } from "./stream-link.ts"

const maxLineBytes = 16 * 1024 * 1024
const maxUnwrittenBytes = 64 * 1024 * 1024

export interface StdioLinkOptions {
  readonly capabilities: JsonObject
  /** None by default. */
  readonly sandbox?: Sandbox
  /** The era that this server spoke last time, so that it is not probed again. */
  readonly known?: Era
  readonly startTimeoutMs?: number
  readonly probeTimeoutMs?: number
}

/** Starts a tool server as a child process and opens the conversation; the link owns the process. */
export async function openStdioLink(server: StdioServer, log: Log, options: StdioLinkOptions): Promise<Link> {
  // The system would say of the command, not of the folder, that it is not there.
  if (server.cwd !== null && !existsSync(server.cwd))
    throw new Failure(
      "upstream_unavailable",
      `the folder in which the tool server \`${server.name}\` starts is gone: start its guard again, or register it from a folder that stays`,
    )
  const child = startChild(server, log, options.sandbox ?? ((started) => started))
  const wire = childWire(child)
  const peer = createStreamPeer(wire)
  const closed = readChild(child, peer, server.name, log)
  try {
    const agreed = await shakeHands(
      {
        probe: (message) => asked(peer, message, options.probeTimeoutMs ?? 3000).catch(silence),
        ask: (message) => asked(peer, message, options.startTimeoutMs ?? 20_000),
        tell: (message) => wire.send(message),
      },
      options.capabilities,
      options.known,
    )
    return {
      server: server.name,
      ...agreed,
      request: (message, call) => peer.request(message, call),
      notify: (message) => wire.send(message),
      onUnsolicited: (events) => peer.onUnsolicited(events),
      closed,
      async close() {
        endChild(child)
        await closed
      },
    }
  } catch (cause) {
    endChild(child)
    throw new Failure(
      "upstream_unavailable",
      `the tool server \`${server.name}\` did not start; see the log`,
      { cause },
    )
  }
}

function childWire(child: Child): Wire {
  // Without a listener a write to a closed pipe would end the process.
  child.stdin.on("error", () => {})
  return {
    send(message) {
      if (!child.stdin.writable || child.stdin.writableLength > maxUnwrittenBytes) {
        throw new Failure("upstream_unavailable", "the tool server does not read; try again")
      }
      child.stdin.write(`${JSON.stringify(message)}\n`)
    },
  }
}

/** Feeds the peer; resolves when the process and its output have ended. */
function readChild(child: Child, peer: StreamPeer, server: string, log: Log): Promise<void> {
  const split = createLineSplitter(maxLineBytes)
  child.stdout.on("data", (chunk: Buffer) => {
    try {
      for (const line of split(chunk)) receive(line, peer, server, log)
    } catch (error) {
      log.warn({ server, error }, "tool server broke the framing; it is ended")
      child.stdout.destroy()
      endChild(child)
    }
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  const over = () => (peer.end(), resolve())
  child.once("error", (error) => (log.warn({ server, error }, "tool server could not be started"), over()))
  child.once("close", over)
  return promise
}

/** UNTRUSTED: a line that is not a message is logged and skipped; many servers print a banner. */
function receive(line: string, peer: StreamPeer, server: string, log: Log): void {
  let message
  try {
    message = readMessage(JSON.parse(line))
  } catch {
    // Told below.
  }
  if (message === undefined)
    log.warn({ server, line: line.slice(0, 200) }, "tool server wrote a line that is not a message")
  else peer.receive(message)
}

function asked(peer: StreamPeer, message: RpcRequest, timeoutMs: number): Promise<RpcResponse> {
  const events = {
    notification() {},
    request: async (one: RpcRequest) => ({
      jsonrpc: "2.0" as const,
      id: one.id,
      error: { code: -32601, message: "not yet" },
    }),
  }
  return peer.request(message, { events, signal: AbortSignal.timeout(timeoutMs), leave: () => true })
}

function silence(): undefined {
  return undefined
}
