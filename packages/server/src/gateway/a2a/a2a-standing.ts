import { a2aStateOf } from "@hufu/core/a2a/a2a-state"
import { a2aTaskOf, type Shown } from "@hufu/core/a2a/a2a-task"
import type { A2aEvent, A2aTask } from "@hufu/core/a2a/a2a-content"
import { a2aOfHappening, type A2aIds } from "@hufu/core/a2a/a2a-event"
import { keptOf, membersOf, textIn } from "@hufu/core/a2a/a2a-said"
import { isEnd } from "@hufu/core/delegation/delegation-state"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import type { Delegation, Event, Ruled } from "../delegation/delegations.ts"

/** What A2A calls a delegation and its conversation. */
export function idsOf({ task, context }: Pick<Delegation, "task" | "context">): A2aIds {
  return { taskId: task, contextId: context }
}

/** A delegation as a task of A2A. */
export function taskOfDelegation(delegation: Delegation, origin: string, shown: Shown = {}): A2aTask {
  const { state, stateAt, history, products, original, ruled } = delegation
  const kept = keptOf(original)
  const about = kept["task"]
  return a2aTaskOf(
    {
      state,
      // What was kept may be of a state before this one, which is Hufu's own.
      timestamp:
        (kept["state"] === a2aStateOf[state] ? textIn(kept["timestamp"]) : undefined) ??
        new Date(stateAt).toISOString(),
      said: saidOf(delegation.said, ruled, origin),
      history,
      products,
      metadata: isJsonObject(about) ? about : undefined,
    },
    idsOf(delegation),
    shown,
  )
}

/** One event as A2A streams it. */
export function eventOfDelegation(
  { at, happening }: Pick<Event, "at" | "happening">,
  delegation: Delegation,
  origin: string,
): A2aEvent {
  return a2aOfHappening(withRuling(happening, delegation, origin), idsOf(delegation), at)
}

/** The error that a partner answered a message with, where that is what happened. */
export function errorIn(happening: Happening): JsonObject | undefined {
  if (happening.kind !== "state") return undefined
  const { error } = keptOf(happening.original)
  return isJsonObject(error) ? error : undefined
}

/** Whether a happening is part of a whole task that the partner gave, rather than a change of it. */
export function isSnapshot(happening: Happening): boolean {
  return happening.kind !== "reply" && keptOf(happening.original)["snapshot"] === true
}

/** Whether Hufu wrote down that the order goes out: the partner has said nothing yet. */
export function isOwnStart(happening: Happening): boolean {
  if (happening.kind !== "state" || happening.said !== undefined || happening.original !== undefined)
    return false
  return happening.state === "submitted" || happening.state === "working"
}

function withRuling(happening: Happening, { ruled, state }: Delegation, origin: string): Happening {
  if (happening.kind !== "state" || happening.state !== state) return happening
  const said = saidOf(happening.said, ruled, origin)
  return said === undefined ? happening : { ...happening, said }
}

/**
 * What the person and the agent are told of a verdict: the reasons in both languages as text, and for programs what waits, until when and
 * where somebody with the authority decides (A2A 1.0 §7.6: the state by itself authorises nothing).
 */
function saidOf(said: Said | undefined, ruled: Ruled | undefined, origin: string): Said | undefined {
  if (said === undefined || ruled === undefined) return said
  const { reasons, hold, code } = ruled
  if (reasons.length === 0 && hold === undefined) return said
  const data: JsonObject = {
    verdict: hold === undefined ? "deny" : "ask",
    ...(code === undefined ? {} : { code }),
    reasons: reasons.map(({ rule, en, zh }) => ({ rule, en, zh })),
    ...(hold === undefined
      ? {}
      : {
          hold: hold.id,
          expiresAt: new Date(hold.expiresAt).toISOString(),
          approveAt: `${origin}/approvals/${hold.id}`,
          command: `hufu approve ${hold.id}`,
        }),
  }
  const isTold = said.parts.some((part) => part.kind === "data" && "reasons" in membersOf(part.data))
  return isTold
    ? said
    : { ...said, parts: [...said.parts, { kind: "data", data, mediaType: "application/json" }] }
}

/** Whether a client of A2A is told that a task has ended: what was delivered is taken at once. */
export function isOver({ state }: Pick<Delegation, "state">): boolean {
  return isEnd(state) || state === "delivered"
}
