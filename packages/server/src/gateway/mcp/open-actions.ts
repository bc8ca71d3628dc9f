import { randomBytes } from "node:crypto"
import type { Caller } from "../governor.ts"
import type { Ticket } from "../ticket.ts"
import type { Link } from "./upstream/link.ts"

/** An action that left, came back asking the client for input, and goes on when the client returns with it. */
export interface OpenAction {
  readonly ticket: Ticket | null
  /** What the server asked of the client, by key: each is an action of its own, concluded by its answer. */
  readonly asks: ReadonlyMap<string, Ticket>
  /** The link on which the call still waits, where the server is of the legacy era. */
  readonly link: Link | null
  readonly release: () => void
}

/** Keeps actions between rounds; bounded in time and number. */
export interface OpenActions {
  /** Returns the name under which the action is taken again; `undefined` when the agent has too many open. */
  keep(caller: Caller, action: OpenAction): string | undefined
  /** Takes an action out, once, for the agent that left it. */
  take(caller: Caller, name: string): OpenAction | undefined
}

const maxPerAgent = 64

/** @param waitMs how long an action waits for the client to return */
export function createOpenActions(waitMs: number): OpenActions {
  const open = new Map<string, { agent: string; action: OpenAction; stop: () => void }>()

  function forget(name: string) {
    const entry = open.get(name)
    open.delete(name)
    entry?.stop()
    return entry
  }

  function end(name: string, reason: "timeout" | "stopped"): void {
    const action = forget(name)?.action
    if (action === undefined) return
    action.ticket?.settle({ outcome: "unknown", reason })
    for (const ask of action.asks.values()) ask.settle({ outcome: "unknown", reason })
    action.release()
  }

  return {
    keep(caller, action) {
      let mine = 0
      for (const { agent } of open.values()) if (agent === caller.agent) mine++
      if (mine >= maxPerAgent) return undefined
      const name = randomBytes(16).toString("base64url")
      const timer = setTimeout(() => end(name, "timeout"), waitMs)
      timer.unref()
      const signal = action.ticket?.permit.signal
      const stopped = () => end(name, "stopped")
      signal?.addEventListener("abort", stopped, { once: true })
      const stop = () => {
        clearTimeout(timer)
        signal?.removeEventListener("abort", stopped)
      }
      open.set(name, { agent: caller.agent, action, stop })
      return name
    },
    take: (caller, name) => (open.get(name)?.agent === caller.agent ? forget(name)?.action : undefined),
  }
}
