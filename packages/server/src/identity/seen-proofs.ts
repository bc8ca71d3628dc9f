import { hash } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import { journaled } from "../store/journaled-statements.ts"
import type { Store } from "../store/store.ts"

/** Proofs that count once: signatures of requests, proofs of possession. */
export interface SeenProofs {
  /**
   * Whether this proof of a holder comes for the first time; it is taken by that, until it would not count any more. Throws
   * Failure("overloaded") where no more can be remembered: what could be a replay does not count.
   */
  take(holder: string, proof: string, until: number): boolean
}

const maxProofs = 131_072
/** So that one holder keeps no other out. */
const maxPerHolder = 32_768
const pruneEveryMs = 30_000

interface Parts {
  readonly store: Pick<Store, "query" | "commit">
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/**
 * INVARIANT: no action rests on a proof that came twice, also not around a restart. What is remembered is on its way to the disk before
 * the intent of whatever the request asks for, and the store commits in order.
 */
export function openSeenProofs({ store, clock, onError }: Parts): SeenProofs {
  const rows = store.query<{ id: string; until: number }>(
    "SELECT id, until FROM seen_proof WHERE until > ?",
    [clock.now()],
  )
  const seen = new Map(rows.map(({ id, until }) => [id, { until, holder: "" }]))
  const perHolder = new Map<string, number>()
  let prunedAt = clock.now()

  function prune(now: number): void {
    prunedAt = now
    for (const [id, { until, holder }] of seen) {
      if (until > now) continue
      seen.delete(id)
      const left = (perHolder.get(holder) ?? 1) - 1
      if (left > 0) perHolder.set(holder, left)
      else perHolder.delete(holder)
    }
    store
      .commit((tx) => tx.run("DELETE FROM seen_proof WHERE until <= ?", [now]), { lazy: true })
      .catch(onError)
  }

  return {
    take(holder, proof, until) {
      const now = clock.now()
      if (now - prunedAt >= pruneEveryMs) prune(now)
      const id = hash("sha256", `${holder}\n${proof}`, "base64url")
      if (seen.has(id)) return false
      const count = perHolder.get(holder) ?? 0
      if (seen.size >= maxProofs || count >= maxPerHolder)
        throw new Failure(
          "overloaded",
          "too many proofs are still good to be remembered all: let them end sooner, and try again in a minute",
        )
      seen.set(id, { until, holder })
      perHolder.set(holder, count + 1)
      store
        .commit((tx) => tx.run(journaled.seenProof, [id, until]), { lazy: true, blind: true })
        .catch(onError)
      return true
    },
  }
}
