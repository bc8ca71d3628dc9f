import type { DelegationState } from "../delegation/delegation-state.ts"
import type { Said } from "../delegation/happening.ts"
import type { Product } from "../delegation/part.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { A2aTask } from "./a2a-content.ts"
import type { A2aIds } from "./a2a-event.ts"
import { a2aOfProduct } from "./a2a-product.ts"
import { a2aOfSaid } from "./a2a-said.ts"
import { a2aStateOf } from "./a2a-state.ts"
import { without } from "./absent.ts"

/** A delegation as far as a task of A2A tells of it. */
export interface Standing {
  readonly state: DelegationState
  /** When it came so, as the partner says or as it was seen here. */
  readonly timestamp: string
  readonly said: Said | undefined
  readonly history: readonly { readonly from: "asker" | "partner"; readonly said: Said }[]
  readonly products: readonly Product[]
  readonly metadata: JsonObject | undefined
}

export interface Shown {
  /** The most messages, the latest; all where it is undefined (A2A 1.0 §3.2.4). */
  readonly historyLength?: number | undefined
  readonly artifacts?: boolean
}

/** A delegation as a task of A2A. */
export function a2aTaskOf(
  standing: Standing,
  ids: A2aIds,
  { historyLength, artifacts = true }: Shown = {},
): A2aTask {
  const { said, products } = standing
  const history = historyLength === undefined ? standing.history : lastOf(standing.history, historyLength)
  return {
    id: ids.taskId,
    contextId: ids.contextId,
    status: {
      state: a2aStateOf[standing.state],
      ...(said === undefined ? {} : { message: a2aOfSaid(said, { role: "ROLE_AGENT", ...ids }) }),
      timestamp: standing.timestamp,
    },
    ...(artifacts && products.length > 0 ? { artifacts: products.map(a2aOfProduct) } : {}),
    ...(history.length === 0
      ? {}
      : {
          history: history.map(({ from, said: each }) =>
            a2aOfSaid(each, { role: from === "asker" ? "ROLE_USER" : "ROLE_AGENT", ...ids }),
          ),
        }),
    ...without({ metadata: standing.metadata }),
  }
}

function lastOf<T>(items: readonly T[], count: number): readonly T[] {
  return count === 0 ? [] : items.slice(-count)
}
