import { GetParameters } from "@hufu/core/aip/aip-parameters"
import { isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Event } from "../delegation/delegations.ts"
import { type AipArrival, type AipDesk, envelopeOf } from "./aip-visit.ts"
import { type Given, giveCommand, readParameters } from "./give-command.ts"
import { commandHistory, statusHistory, taskResult } from "./task-view.ts"

/** A command that is answered with the task as it stands (ACPs 07 §6.1). */
export async function serveRpc(desk: AipDesk, visit: AipArrival, given: Given): Promise<JsonObject> {
  const { command, task } = given
  const envelope = envelopeOf(visit, task, command.sessionId)
  if (command.command === "get") return get(desk, visit, given)
  return taskResult(await giveCommand(desk, visit, given), envelope, desk.clock.now())
}

async function get(desk: AipDesk, visit: AipArrival, { command, task }: Given): Promise<JsonObject> {
  const since = readParameters(GetParameters, command.commandParams)
  const ref = { server: visit.server, task }
  const delegation = await desk.delegations.look(visit.caller, ref)
  const envelope = envelopeOf(visit, task, command.sessionId)
  const events = await eventsUntil(desk, visit, task, delegation.lastSeq)
  return {
    ...taskResult(delegation, envelope, desk.clock.now()),
    commandHistory: commandHistory(delegation, envelope, since),
    statusHistory: statusHistory(events, since),
  }
}

/** What has happened so far, as far as it is kept. */
async function eventsUntil(
  { delegations }: AipDesk,
  { caller, server, signal }: AipArrival,
  task: string,
  last: number,
): Promise<Event[]> {
  const events: Event[] = []
  const enough = new AbortController()
  const until = AbortSignal.any([enough.signal, signal])
  if (last === 0) return events
  const following = delegations.follow(caller, { server, task }, 0, "rest", until)
  try {
    for await (const event of following) {
      if (event.seq > last) break
      events.push(event)
      if (event.seq === last) break
    }
  } catch (error) {
    if (!isFailure(error, "stale")) throw error
  } finally {
    enough.abort()
  }
  return events
}
