import type { CallId } from "@hufu/core/contract/contract"
import type { NodeEvent } from "@hufu/core/contract/node-event"
import { eventsOf } from "@hufu/sdk"
import { useSyncExternalStore } from "react"
import { bearer, dropToken, session } from "../session/session.ts"
import { client } from "./client.ts"
import { operations } from "./operations.ts"
import { queries, readAgain } from "./use-operation.ts"

export interface Live {
  readonly state: "connecting" | "live" | "reconnecting"
  /** When the last sign of life came, by this page's clock. */
  readonly since: number
}

/** Busy nodes tell hundreds of things a second; what is shown is read again this often at most. */
const readAgainMs = 400
/** A node that came back is seen within this time. */
const longestRetryMs = 3000

const listeners = new Set<() => void>()
const eventListeners = new Set<(event: NodeEvent) => void>()
const stale = new Set<CallId>()
let current: Live = { state: "connecting", since: Date.now() }
let following: AbortController | undefined
let flushing: ReturnType<typeof setTimeout> | undefined

/** How the connection is. */
export function useLive(): Live {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** Hears every event; answers how to stop. */
export function onNodeEvent(listener: (event: NodeEvent) => void): () => void {
  eventListeners.add(listener)
  return () => eventListeners.delete(listener)
}

/** Follows the node for as long as this page may look. */
export function follow(): () => void {
  const mine = new AbortController()
  following?.abort()
  following = mine
  void keepFollowing(mine.signal)
  return () => mine.abort()
}

async function keepFollowing(signal: AbortSignal): Promise<void> {
  let from: string | undefined
  while (!signal.aborted && bearer() !== null) {
    const used = session().browser ?? session().person?.token
    try {
      for await (const { id, event } of eventsOf(operations, client, {
        from,
        signal,
        onState: tell,
        longestRetryMs,
      })) {
        // What was read before the first stream began may have changed before it did, and no event will say so.
        if (from === undefined && event.type === "ready") void queries.invalidateQueries()
        from = id
        hear(event)
        if (event.type === "bye" && event.reason === "signed_out" && used !== undefined) dropToken(used)
      }
    } catch {
      // A refusal that waiting does not mend, such as a token that has ended: the transport has dropped it.
      tell("reconnecting")
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
  }
}

function tell(state: Live["state"]): void {
  if (current.state === state) return
  current = { state, since: Date.now() }
  for (const listener of listeners) listener()
}

function hear(event: NodeEvent): void {
  if (event.type === "reset" || event.type === "node") void queries.invalidateQueries()
  for (const id of changedBy(event)) stale.add(id)
  for (const listener of eventListeners) listener(event)
  if (stale.size > 0) flushing ??= setTimeout(flush, readAgainMs)
}

function flush(): void {
  flushing = undefined
  const ids = [...stale]
  stale.clear()
  void readAgain(ids)
}

const byNoun: Readonly<Record<string, readonly CallId[]>> = {
  agent: [
    "agent.list",
    "agent.show",
    "mandate.chain",
    "node.status",
    "position.show",
    "registry.search",
    "registry.show",
  ],
  registration: ["registration.list", "registration.show", "registry.search", "registry.show"],
  developer: ["developer.list", "registration.show", "registry.show"],
  certificate: ["ca.list", "ca.certificate", "ca.crl", "ca.show"],
  authority: ["ca.show", "ca.bundle", "ca.crl"],
  account: ["ca.show"],
  version: ["agent.show"],
  credential: ["agent.show"],
  person: ["node.status", "passkey.list"],
  passkey: ["passkey.list"],
  browser: ["browser.list"],
  place: ["place.list", "place.show", "position.show"],
  device: ["device.list", "position.show"],
  position: ["position.show"],
  protection: ["protection.list"],
  server: ["server.list", "tool.list", "node.status"],
  tool: ["tool.list"],
  task: ["task.list", "task.show", "agent.show"],
  mandate: ["mandate.list", "mandate.explain", "mandate.chain", "agent.show", "task.show"],
}

/** What has to be read again. */
function changedBy(event: NodeEvent): readonly CallId[] {
  switch (event.type) {
    case "entry":
      return event.kind === "statement"
        ? ["log.entries"]
        : ["action.list", "action.why", "task.show", "log.entries", "node.status", "delegation.trace"]
    case "hold":
      return ["hold.list", "hold.show", "node.status"]
    case "record":
      return byNoun[event.noun] ?? []
    // Changes of delegations are not told again: those of the time without a connection are looked for.
    case "ready":
    case "delegation":
      return ["delegation.list", "delegation.show", "delegation.trace"]
    case "node":
    case "reset":
    case "bye":
      return []
    default:
      return event satisfies never
  }
}
