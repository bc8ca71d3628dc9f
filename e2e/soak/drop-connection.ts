import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as delay } from "node:timers/promises"
import { Agent } from "undici"
import { startProcess } from "../process/start-process.ts"
import { openCaller } from "../mcp-caller.ts"
import type { Seeded } from "../seeded.ts"
import { type Era, eras, legacyRevision, type McpMessage } from "../upstream/mcp-message.ts"
import type { SoakTarget } from "./soak-target.ts"

/** The ways in which a client leaves; `mid-call` and `guard` leave while a call is being performed. */
export const drops = ["bare", "half-body", "after-reply", "open-stream", "mid-call", "guard"] as const
export type Drop = (typeof drops)[number]

const slowCallMs = 3000
const leaveWithinMs = 60

/** Open one connection to the target and drop it in the given way. */
export async function dropConnection(target: SoakTarget, drop: Drop, random: Seeded): Promise<void> {
  if (drop === "guard") return dropGuard(target, random)
  const door = random.pick(target.doors)
  if (drop === "bare" || drop === "half-body") return dropBytes(door, target, drop)
  const era: Era = drop === "open-stream" ? "legacy" : random.pick(eras)
  const caller = await openCaller({ url: door, era, ...withCredential(target) })
  try {
    if (drop === "after-reply") await caller.call("add_note", { id: "soak", text: "a note" })
    else if (drop === "open-stream") await dropStream(door, caller.headers, random)
    else
      await leaveDuring(caller.call("write_slowly", { id: "soak", ms: slowCallMs }), random, () =>
        caller.close(),
      )
  } finally {
    await caller.close()
  }
}

const withCredential = ({ credential }: SoakTarget) => (credential === undefined ? {} : { credential })

// Leaving rejects the call, which is what this run is about; a call that ended by itself before is fine too.
async function leaveDuring(
  call: Promise<unknown>,
  random: Seeded,
  leave: () => Promise<void>,
): Promise<void> {
  call.catch(() => {})
  await delay(5 + random.int(leaveWithinMs))
  await leave()
}

async function dropBytes(door: string, { credential }: SoakTarget, drop: Drop): Promise<void> {
  const at = new URL(door)
  const socket = connect(Number(at.port), at.hostname.replace(/^\[|\]$/g, ""))
  await once(socket, "connect")
  if (drop === "half-body") {
    const lines = [`POST ${at.pathname} HTTP/1.1`, `Host: ${at.host}`, "Content-Type: application/json"]
    if (credential !== undefined) lines.push(`Authorization: Bearer ${credential}`)
    socket.write([...lines, "Content-Length: 5000", "", '{"jsonrpc":"2.0",'].join("\r\n"))
    await delay(5)
  }
  socket.destroy()
  await once(socket, "close")
}

async function dropStream(door: string, headers: Record<string, string>, random: Seeded): Promise<void> {
  const agent = new Agent() // its own, so that no connection stays open behind the client that left
  const stream = agent.request({
    origin: new URL(door).origin,
    path: new URL(door).pathname,
    method: "GET",
    headers: { ...headers, accept: "text/event-stream" },
  })
  await leaveDuring(stream, random, () => agent.destroy())
}

async function dropGuard({ guard }: SoakTarget, random: Seeded): Promise<void> {
  if (guard === undefined) return
  const client = { name: "soak", version: "1" }
  const hello = { protocolVersion: legacyRevision, capabilities: {}, clientInfo: client }
  const running = await startProcess(guard.command, guard.args, {
    firstInput: line({ id: 1, method: "initialize", params: hello }),
  })
  running.stdin.write(line({ method: "notifications/initialized" }))
  const call = { name: "write_slowly", arguments: { id: "soak", ms: slowCallMs } }
  running.stdin.write(line({ id: 2, method: "tools/call", params: call }))
  await delay(5 + random.int(leaveWithinMs))
  await running.kill9()
}

const line = (message: Omit<McpMessage, "jsonrpc">) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`
