import { setTimeout as wait } from "node:timers/promises"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Delegation, Event } from "../../delegation/delegations.ts"
import type { Caller } from "../../governor.ts"
import { namedUuid } from "../named-uuid.ts"
import { taskResult } from "../task-view.ts"
import type { MemberRef } from "./change-groups.ts"
import { memberOf } from "./group-memory.ts"
import type { GroupDesk } from "./group-parts.ts"

/** A task that was spoken of in a group, and how the group is told. */
export interface Told {
  readonly ref: MemberRef
  readonly server: string
  /** As its leader calls the task, and the session. */
  readonly name: string
  readonly session: string | undefined
  readonly caller: () => Caller | undefined
  /** Resolves once the member may speak. */
  readonly spoken: () => Promise<void>
  readonly say: (message: JsonObject) => Promise<void>
}

const againMs = 2000

/**
 * Tells a group of every state of a task until it has ended: once each, and after a kill or while the broker was away perhaps twice under
 * the same id.
 *
 * INVARIANT: what was told is written only once the broker has it.
 */
export async function tellTask(desk: GroupDesk, told: Told, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await follow(desk, told, signal)
    } catch (error) {
      if (signal.aborted || told.caller() === undefined) throw error
      if (isGone(error)) return forget(desk, told)
      desk.onError(error, `tell a group of a task of ${told.server}`)
      await wait(againMs, undefined, { signal })
    }
  }
}

async function follow(desk: GroupDesk, told: Told, signal: AbortSignal): Promise<void> {
  const { delegations } = desk
  const caller = told.caller()
  if (caller === undefined) return
  const ref = { server: told.server, task: told.name }
  const after = toldOf(desk, told)
  let held: Event | undefined
  const events = delegations.follow(caller, ref, after, "end", signal)[Symbol.asyncIterator]()
  for (;;) {
    const next = events.next()
    // Hufu takes a task in before its partner has said anything: what is rejected soon was never accepted.
    const first =
      held === undefined ? await next : await Promise.race([next, wait(desk.answerMs, undefined, { signal })])
    if (first === undefined && held !== undefined) {
      await tellOne(desk, told, await delegations.look(caller, ref), held)
      held = undefined
    }
    const { value, done } = first ?? (await next)
    if (done === true) break
    if (value.happening.kind !== "state") continue
    if (isOwnStart(value)) held = value
    else {
      held = undefined
      await tellOne(desk, told, await delegations.look(caller, ref), value)
    }
  }
  if (isEnd((await delegations.look(caller, ref)).state)) await forget(desk, told)
}

async function tellOne(desk: GroupDesk, told: Told, now: Delegation, event: Event): Promise<void> {
  const { happening, seq, at } = event
  if (happening.kind !== "state") return
  const isNow = now.state === happening.state
  const shown = isNow
    ? now
    : { ...now, state: happening.state, stateAt: at, said: happening.said, ruled: undefined }
  const envelope = { senderId: told.ref.member, taskId: told.name, sessionId: told.session }
  await told.spoken()
  await told.say({
    ...taskResult(shown, envelope, at),
    id: namedUuid("group-result", told.ref.leader, told.ref.groupId, now.id, String(seq)),
  })
  await desk.changes.told(told.ref, (tasks) =>
    tasks.map((each) => (each.name === told.name ? { ...each, told: seq } : each)),
  )
}

function isOwnStart({ happening }: Event): boolean {
  return happening.kind === "state" && happening.state === "submitted" && happening.original === undefined
}

function toldOf({ memory }: GroupDesk, { ref, name }: Told): number {
  const group = memory.find(ref.leader, ref.groupId)
  return (group && memberOf(group, ref.member))?.tasks.find((each) => each.name === name)?.told ?? 0
}

function forget({ changes }: GroupDesk, { ref, name }: Told): Promise<void> {
  return changes.told(ref, (tasks) => tasks.filter((each) => each.name !== name))
}

/** The task was never begun, or is not kept any more. */
function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "not_found" || error.code === "stale")
}
