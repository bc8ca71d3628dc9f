import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import type { InterconnectSettings } from "../../config/interconnect-settings.ts"

/** What agents may ask of each other at once. What is too much is refused before anything happens; the asking agent tries again later. */
export interface Quotas {
  /** Throws Failure("too_many"). */
  message(agent: string, server: string): void
  /** Of an order that stands on another one. Throws Failure("too_many"). */
  chain(above: { readonly depth: number }, open: number): void
  /** Takes a place for a delegation until `end`. Throws Failure("too_many"). */
  begin(agent: string, server: string): void
  /** One that was open before this node began. */
  resume(agent: string, server: string): void
  end(agent: string, server: string): void
}

type Limits = Pick<InterconnectSettings, "perAgent" | "perPartner" | "perMinute" | "depth" | "perTrace">

const minuteMs = 60_000
const mostPairs = 100_000

export function openQuotas(clock: Pick<Clock, "monotonic">, limits: Limits): Quotas {
  const open = new Map<string, number>()
  const sent = new Map<string, { since: number; count: number }>()
  const pair = (agent: string, server: string) => `${agent}\n${server}`

  function add(agent: string, server: string, by: number): void {
    for (const key of [agent, pair(agent, server)]) {
      const now = (open.get(key) ?? 0) + by
      if (now > 0) open.set(key, now)
      else open.delete(key)
    }
  }

  return {
    message(agent, server) {
      const key = pair(agent, server)
      const now = clock.monotonic()
      const known = sent.get(key)
      const window = known !== undefined && now - known.since < minuteMs ? known : { since: now, count: 0 }
      if (window.count >= limits.perMinute)
        throw new Failure(
          "too_many",
          `this agent sent \`${server}\` ${limits.perMinute} messages within a minute: go on in the next one`,
          { extra: { retryAfterSeconds: Math.ceil((window.since + minuteMs - now) / 1000) } },
        )
      window.count++
      sent.delete(key)
      sent.set(key, window)
      for (const oldest of sent.keys()) {
        if (sent.size <= mostPairs) break
        sent.delete(oldest)
      }
    },
    chain({ depth }, openThere) {
      if (depth >= limits.depth)
        throw new Failure(
          "too_many",
          `${limits.depth} orders stand on each other here, and no more may: answer whoever asked instead of asking on`,
        )
      if (openThere >= limits.perTrace)
        throw new Failure(
          "too_many",
          `${limits.perTrace} orders are open for this one thing: let some of them end first`,
          { extra: { retryAfterSeconds: 10 } },
        )
    },
    begin(agent, server) {
      if ((open.get(agent) ?? 0) >= limits.perAgent)
        throw new Failure(
          "too_many",
          `this agent has ${limits.perAgent} open delegations: let some end, or cancel them, before it asks for more`,
          { extra: { retryAfterSeconds: 10 } },
        )
      if ((open.get(pair(agent, server)) ?? 0) >= limits.perPartner)
        throw new Failure(
          "too_many",
          `this agent has ${limits.perPartner} open delegations with \`${server}\`: let some end, or cancel them, first`,
          { extra: { retryAfterSeconds: 10 } },
        )
      add(agent, server, 1)
    },
    resume: (agent, server) => add(agent, server, 1),
    end: (agent, server) => add(agent, server, -1),
  }
}
