import { once } from "node:events"
import type { ServerResponse } from "node:http"
import { RestreamParameters } from "@hufu/core/aip/aip-parameters"
import { type Envelope, eventOf } from "@hufu/core/aip/to-aip"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Event } from "../delegation/delegations.ts"
import { aipErrorOf } from "./aip-fault.ts"
import { type AipDesk, type AipVisit, envelopeOf } from "./aip-visit.ts"
import { type Given, giveCommand, readParameters } from "./give-command.ts"
import { ruledItems, taskResult } from "./task-view.ts"

/**
 * A stream of what happens to a task, from the command on or after a number, until the task has ended (ACPs 07 §6.2). It stays open while a
 * task waits for its leader, who gives the next command on another connection.
 */
export async function serveStream(desk: AipDesk, visit: AipVisit, given: Given): Promise<void> {
  const { command, task } = given
  const { res, signal, caller, server } = visit
  const envelope = envelopeOf(visit, task, command.sessionId)
  const send = (eventSeq: number, eventData: JsonObject) =>
    write(res, { jsonrpc: "2.0", id: visit.id, result: { eventSeq, eventData } }, signal)
  try {
    let after: number
    if (command.command === "re-stream") {
      after = readParameters(RestreamParameters, command.commandParams).lastEventSeq ?? 0
    } else {
      const now = await giveCommand(desk, visit, given)
      after = now.lastSeq
      open(res)
      await send(after, taskResult(now, envelope, desk.clock.now()))
      if (isEnd(now.state)) return void res.end()
    }
    for await (const event of desk.delegations.follow(caller, { server, task }, after, "end", signal)) {
      open(res)
      await send(event.seq, await shown(desk, visit, event, { envelope, task }))
    }
    open(res)
    res.end()
  } catch (error) {
    if (signal.aborted && !res.writable) return
    open(res)
    res.end(text({ jsonrpc: "2.0", id: visit.id, error: aipErrorOf(error) }))
  }
}

/** Why a task waits for a person, or was refused, stands beside its state and not in the event. */
async function shown(
  desk: AipDesk,
  { caller, server }: AipVisit,
  { seq, at, happening }: Event,
  { envelope, task }: { envelope: Envelope; task: string },
): Promise<JsonObject> {
  const event = eventOf(happening, envelope, { id: `${task}/${seq}`.slice(-256), at })
  const isRuled =
    happening.kind === "state" && (happening.state === "auth-required" || happening.state === "rejected")
  if (!isRuled) return event
  const now = await desk.delegations.look(caller, { server, task })
  const items =
    now.state === happening.state ? ruledItems(now.ruled, happening.said !== undefined) : undefined
  if (items === undefined) return event
  const { status } = event
  const before = typeof status === "object" && status !== null && !Array.isArray(status) ? status : {}
  const said = Array.isArray(before["dataItems"]) ? before["dataItems"] : []
  return { ...event, status: { ...before, dataItems: [...said, ...items] } }
}

/** So that a client that is slow, and not this node, keeps what it has not read. */
async function write(res: ServerResponse, message: JsonObject, signal: AbortSignal): Promise<void> {
  if (res.write(text(message))) return
  await once(res, "drain", { signal })
}

function open(res: ServerResponse): void {
  if (res.headersSent) return
  res.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  })
}

function text(message: JsonObject): string {
  return `data: ${JSON.stringify(message)}\n\n`
}
