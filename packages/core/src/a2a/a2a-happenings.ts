import { Failure } from "../failure.ts"
import type { Happening } from "../delegation/happening.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { A2aEvent, A2aStatus } from "./a2a-content.ts"
import { productOfA2a } from "./a2a-product.ts"
import { keptOf, originalOf, saidOfA2a } from "./a2a-said.ts"
import { stateOfA2a } from "./a2a-state.ts"
import { without } from "./absent.ts"

/** What one event of A2A tells, and what its sender calls the task. */
export interface Told {
  readonly happenings: readonly Happening[]
  readonly task: string | undefined
  readonly context: string | undefined
}

/**
 * Reads an event. A whole task is its products and then its state, because nothing follows an end; messages of its history were said
 * before and are not said again. Throws Failure("invalid_input") for a state that says nothing.
 */
export function happeningsOfA2a(event: A2aEvent): Told {
  const { message, task, statusUpdate, artifactUpdate } = event
  if (message !== undefined) {
    const happenings = [{ kind: "reply", said: saidOfA2a(message) } as const]
    return { happenings, task: message.taskId, context: message.contextId }
  }
  if (task !== undefined) {
    const products = (task.artifacts ?? []).map(
      (artifact) =>
        ({
          kind: "product",
          product: productOfA2a(artifact),
          append: false,
          last: true,
          ...snapshot,
        }) as const,
    )
    const state = stateHappening(task.status, without({ snapshot: true, task: task.metadata }))
    return { happenings: [...products, state], task: task.id, context: task.contextId }
  }
  if (statusUpdate !== undefined) {
    const { status, metadata, taskId, contextId } = statusUpdate
    return { happenings: [stateHappening(status, without({ metadata }))], task: taskId, context: contextId }
  }
  if (artifactUpdate === undefined) throw new Failure("invalid_input", "this event of A2A says nothing")
  const { artifact, append, lastChunk, metadata, taskId, contextId } = artifactUpdate
  const happening: Happening = {
    kind: "product",
    product: productOfA2a(artifact),
    append: append === true,
    last: lastChunk === true,
    ...originalOf(without({ metadata })),
  }
  return { happenings: [happening], task: taskId, context: contextId }
}

function stateHappening(status: A2aStatus, about: JsonObject): Happening {
  const state = stateOfA2a(status.state)
  if (state === undefined)
    throw new Failure("invalid_input", "a task of A2A has no state: `TASK_STATE_UNSPECIFIED`")
  return {
    kind: "state",
    state,
    ...(status.message === undefined ? {} : { said: saidOfA2a(status.message) }),
    ...originalOf({ state: status.state, ...without({ timestamp: status.timestamp }), ...about }),
  }
}

const snapshot = { original: { protocol: "a2a", object: { snapshot: true } } } as const

/** The same with what is known of the whole task: a later state says only what changed (A2A 1.0 §4.2.1). */
export function withTaskMetadata(happening: Happening, task: JsonObject | undefined): Happening {
  if (happening.kind !== "state" || task === undefined) return happening
  return { ...happening, ...originalOf({ ...keptOf(happening.original), task }) }
}
