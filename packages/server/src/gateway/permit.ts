import type { Effect } from "@hufu/core/words"
import type { Reservation } from "../authority/budgets.ts"
import type { Clock } from "../clock.ts"
import type { Connections, InFlight } from "./connections.ts"
import type { Caller, Outcome, Permit } from "./governor.ts"

export interface PermitParts {
  readonly action: string
  readonly caller: Caller
  readonly server: string
  readonly tool: string
  readonly effect: Effect
  /** The one that covers it. */
  readonly mandate: string | undefined
  /** All under which it goes. */
  readonly mandates: InFlight["mandates"]
  readonly passedBy: InFlight["passedBy"]
  readonly under: InFlight["under"]
  readonly edited?: Permit["edited"]
  readonly redact?: Permit["redact"]
  readonly obligations?: Permit["obligations"]
  readonly reservation: Reservation
  readonly clock: Clock
  readonly connections: Connections
  /** Standing at this very moment; a word for why not, or nothing. */
  readonly lost: () => string | undefined
  /** @param returned what was given back, because the action never left */
  readonly record: (action: string, outcome: Outcome, ms: number, returned?: Reservation) => void
}

/**
 * Permission to perform one action once. Its intent is durable already.
 * INVARIANT: `record` runs exactly once, whatever the door does in which order.
 */
export function issuePermit(parts: PermitParts): Permit {
  const { action, clock } = parts
  const controller = new AbortController()
  const begun = clock.monotonic()
  let forwarded = false
  let concluded = false
  const end = parts.connections.begin({
    action,
    caller: parts.caller,
    server: parts.server,
    tool: parts.tool,
    effect: parts.effect,
    mandates: parts.mandates,
    passedBy: parts.passedBy,
    under: parts.under,
    isForwarded: () => forwarded,
    cancel: (reason) => controller.abort(new Error(reason)),
  })

  function finish(outcome: Outcome, returned?: Reservation): void {
    if (concluded) return
    concluded = true
    end()
    parts.record(action, outcome, Math.max(0, Math.round(clock.monotonic() - begun)), returned)
  }

  function abandon(reason: string): void {
    // What may have left keeps its budget and is never called failed by guess.
    if (forwarded) return finish({ outcome: "unknown", reason })
    if (!concluded) parts.reservation.release()
    finish({ outcome: "failed", reason }, parts.reservation)
  }

  function leave(): boolean {
    if (concluded || forwarded) return false
    const lost = controller.signal.aborted ? "stopped" : parts.lost()
    if (lost !== undefined) {
      abandon(lost)
      return false
    }
    forwarded = true
    return true
  }

  return {
    kind: "go",
    action,
    ...(parts.mandate === undefined ? {} : { mandate: parts.mandate }),
    ...(parts.obligations ? { obligations: parts.obligations } : {}),
    ...(parts.edited ? { edited: parts.edited } : {}),
    ...(parts.redact ? { redact: parts.redact } : {}),
    signal: controller.signal,
    leave,
    conclude: (outcome) => finish(outcome),
    abandon,
  }
}
