import type { StopReport } from "@hufu/core/contract/records"
import type { Effect } from "@hufu/core/words"
import type { Clock } from "../clock.ts"
import type { Caller } from "./governor.ts"

/** A call that has left, or is about to. */
export interface InFlight {
  readonly action: string
  readonly caller: Caller
  readonly server: string
  readonly tool: string
  readonly effect: Effect
  /** The mandates under which it goes: the one that covers it and those above it. */
  readonly mandates: readonly string[]
  /** The agents that passed its mandate on, and those because of whose orders it is done: what stops one of them stops it. */
  readonly passedBy: readonly string[]
  /** The order of another agent because of which it is done. */
  readonly under?: string | undefined
  /** Whether the first byte has left. */
  isForwarded(): boolean
  cancel(reason: string): void
}

/**
 * Every live connection and every call under way, by agent: what a stop has to reach (INVARIANT 6).
 * A door registers before it accepts anything from a connection.
 */
export interface Connections {
  onStop(caller: Caller, close: (reason: string) => void): () => void
  begin(call: InFlight): () => void
  /** Closes and cancels all that match, and says who acknowledged, when, and what had already left. */
  stop(matches: (caller: Caller) => boolean, reason: string): Pick<StopReport, "doors" | "inFlight">
  /** Cancels what goes under any of these mandates; says what of it had left. */
  cancelUnder(mandates: ReadonlySet<string>, reason: string): StopReport["inFlight"]
  /** INVARIANT 6: what was begun under an order ends with it. */
  cancelBelow(order: string, reason: string): void
  counts(): { connections: number; inFlight: number }
  inFlightTo(server: string): InFlight[]
}

interface Live {
  readonly caller: Caller
  readonly close: (reason: string) => void
}

export function trackConnections(clock: Clock): Connections {
  const live = new Set<Live>()
  const calls = new Set<InFlight>()

  function cancel(matches: (call: InFlight) => boolean, reason: string): StopReport["inFlight"] {
    const inFlight: StopReport["inFlight"] = []
    for (const call of [...calls].filter(matches)) {
      const { action, server, tool, effect } = call
      if (call.isForwarded()) inFlight.push({ action, server, tool, effect })
      call.cancel(reason)
    }
    return inFlight
  }

  function stop(matches: (caller: Caller) => boolean, reason: string) {
    const begun = clock.monotonic()
    const inFlight = cancel(
      ({ caller, passedBy }) =>
        matches(caller) || passedBy.some((agent) => matches({ ...caller, agent, credential: null })),
      reason,
    )
    const doors: StopReport["doors"] = []
    for (const connection of [...live].filter((each) => matches(each.caller))) {
      const { connection: id, door, agent } = connection.caller
      connection.close(reason)
      doors.push({ connection: id, door, agent, acknowledgedMs: clock.monotonic() - begun })
    }
    return { doors, inFlight }
  }

  return {
    onStop(caller, close) {
      const entry: Live = { caller, close }
      live.add(entry)
      return () => void live.delete(entry)
    },
    begin(call) {
      calls.add(call)
      return () => void calls.delete(call)
    },
    stop,
    cancelUnder: (mandates, reason) => cancel((call) => call.mandates.some((id) => mandates.has(id)), reason),
    cancelBelow: (order, reason) => void cancel(({ under }) => under === order, reason),
    counts: () => ({ connections: live.size, inFlight: calls.size }),
    inFlightTo: (server) => [...calls].filter((call) => call.server === server),
  }
}
