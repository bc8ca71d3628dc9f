import type { Follower } from "./client-of.ts"
import { eventsOf, type EventsOptions, type Followed } from "./events-of.ts"
import { wholeContract } from "./whole-contract.ts"

/**
 * Follows what happens at a node, each event once and in order, across lost connections and restarts of the node. Ends only by its
 * signal, or by a refusal that waiting does not mend, which it throws.
 *
 * @example
 * for await (const { event } of events(client, { signal })) if (event.type === "hold") refresh(event.id)
 */
export function events(client: Follower, options: EventsOptions = {}): AsyncGenerator<Followed> {
  return eventsOf(wholeContract, client, options)
}
