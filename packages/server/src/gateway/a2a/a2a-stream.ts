import type { A2aEvent } from "@hufu/core/a2a/a2a-content"
import type { Shown } from "@hufu/core/a2a/a2a-task"
import type { Happening } from "@hufu/core/delegation/happening"
import type { Delegation, DelegationRef, Delegations, Event } from "../delegation/delegations.ts"
import type { Caller } from "../governor.ts"
import { partnerFailure } from "@hufu/core/a2a/a2a-failure"
import {
  errorIn,
  eventOfDelegation,
  isOver,
  isOwnStart,
  isSnapshot,
  taskOfDelegation,
} from "./a2a-standing.ts"

export interface Streaming {
  readonly caller: Caller
  readonly ref: DelegationRef
  /** Events after this one. */
  readonly after: number
  readonly until: "rest" | "end"
  /** Whether the stream begins with the whole task, once the partner has said something (A2A 1.0 §3.1.2). */
  readonly waitsForPartner: boolean
  /** How the delegation stood when the stream was asked for, with the message that was given. */
  readonly before: Pick<Delegation, "history" | "products">
  readonly shown: Shown
  readonly origin: string
  readonly signal: AbortSignal
}

/** What happens to a delegation as A2A streams it: a message alone, or a task and what changes of it. */
export async function* streamOfDelegation(delegations: Delegations, how: Streaming): AsyncIterable<A2aEvent> {
  const { caller, ref, after, until, signal, origin } = how
  let begun = !how.waitsForPartner
  let parts: Happening[] = []
  let state = ""
  for await (const event of delegations.follow(caller, ref, after, until, signal)) {
    const { happening } = event
    if (happening.kind === "reply") {
      yield eventOfDelegation(event, await delegations.look(caller, ref), origin)
      return
    }
    if (begun) {
      // A stream that was taken up again tells once more what was told: the state too.
      if (
        isSnapshot(happening) &&
        happening.kind === "state" &&
        JSON.stringify([happening.state, happening.said]) === state
      )
        continue
      state = stateTextOf(happening) ?? state
      yield eventOfDelegation(event, await delegations.look(caller, ref), origin)
      if (isLast(happening)) return
      continue
    }
    if (isOwnStart(happening)) continue
    if (happening.kind === "product" && isSnapshot(happening)) {
      parts.push(happening)
      continue
    }
    const view = await delegations.look(caller, ref)
    const error = errorIn(happening)
    if (error !== undefined) throw partnerFailure(error)
    const { isWhole, task } = firstTask(view, event, parts, how.before)
    parts = []
    begun = true
    state = stateTextOf(happening) ?? state
    yield { task: taskOfDelegation(task, origin, how.shown) }
    if (!isWhole) yield eventOfDelegation(event, view, origin)
    if (isLast(happening)) return
  }
  if (begun || signal.aborted) return
  // Nothing came of it but how it stands.
  const view = await delegations.look(caller, ref)
  yield { task: taskOfDelegation(view, origin, how.shown) }
}

/** The task as it stood at its first event: what came later is told by the events that follow. */
function firstTask(
  view: Delegation,
  { at, happening }: Event,
  products: readonly Happening[],
  before: Streaming["before"],
): { task: Delegation; isWhole: boolean } {
  const whole = products.flatMap((each) => (each.kind === "product" ? [each.product] : []))
  const standing = { ...view, ...before, ...(whole.length === 0 ? {} : { products: whole }) }
  if (happening.kind !== "state")
    return { task: { ...standing, state: "working", said: undefined, ruled: undefined }, isWhole: false }
  const { state, said, original } = happening
  return {
    task: {
      ...standing,
      state,
      stateAt: at,
      said,
      original: original ?? view.original,
      ruled: view.state === state ? view.ruled : undefined,
    },
    isWhole: true,
  }
}

/** What comes after an end as A2A has it, such as that what was delivered has been taken, is nothing to its clients. */
function isLast(happening: Happening): boolean {
  return happening.kind === "state" && isOver(happening)
}

function stateTextOf(happening: Happening): string | undefined {
  return happening.kind === "state" ? JSON.stringify([happening.state, happening.said]) : undefined
}
