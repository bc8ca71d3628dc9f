import type { Happening } from "../delegation/happening.ts"
import { isJsonObject } from "../json/json-value.ts"
import type { A2aEvent } from "./a2a-content.ts"
import { a2aOfProduct } from "./a2a-product.ts"
import { a2aOfSaid, keptOf, textIn } from "./a2a-said.ts"
import { a2aStateOf } from "./a2a-state.ts"
import { without } from "./absent.ts"

/** What the asking agent calls the task and its conversation. */
export interface A2aIds {
  readonly taskId: string
  readonly contextId: string
}

/** One thing that happened, as an event of A2A's streams. */
export function a2aOfHappening(happening: Happening, ids: A2aIds, at: number): A2aEvent {
  if (happening.kind === "reply")
    return {
      message: a2aOfSaid(happening.said, { role: "ROLE_AGENT", contextId: ids.contextId, taskId: undefined }),
    }
  const kept = keptOf(happening.original)
  const metadata = isJsonObject(kept["metadata"]) ? { metadata: kept["metadata"] } : {}
  if (happening.kind === "product")
    return {
      artifactUpdate: {
        ...ids,
        artifact: a2aOfProduct(happening.product),
        ...without({ append: happening.append || undefined, lastChunk: happening.last || undefined }),
        ...metadata,
      },
    }
  return {
    statusUpdate: {
      ...ids,
      status: {
        state: a2aStateOf[happening.state],
        ...(happening.said === undefined
          ? {}
          : { message: a2aOfSaid(happening.said, { role: "ROLE_AGENT", ...ids }) }),
        timestamp: textIn(kept["timestamp"]) ?? new Date(at).toISOString(),
      },
      ...metadata,
    },
  }
}
