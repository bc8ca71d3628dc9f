import { createHash } from "node:crypto"
import type { HoldChoice } from "@hufu/core/contract/passkey"
import { Failure } from "@hufu/core/failure"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { DecisionMode } from "@hufu/core/words"
import type { Clock } from "../clock.ts"
import type { Session } from "./person.ts"

/** How recently the person must have proved who they are for anything that widens. */
export const freshMs = 60_000

/**
 * INVARIANT 4: whatever widens needs a proof of the person that is no older than a minute, by the secret or by a passkey alike.
 * Looked at on both clocks: a wall clock that is set back must not make a proof recent again.
 */
export function requireFresh(session: Session | undefined, clock: Clock): Session {
  if (!session) throw lacking("this needs the person: sign in first", "person")
  const age = Math.max(clock.now() - session.authenticatedAt, clock.monotonic() - session.begunAt)
  if (age > freshMs)
    throw lacking("prove again that it is you: your last proof is more than a minute old", "fresh")
  return session
}

/**
 * Throws unless this session may decide exactly this. A session that a passkey opened for one decision makes that one alone; and what
 * only the person decides takes such a session, or the secret, which is typed for each decision: neither a stolen session of a
 * browser nor a card that was swapped under the pointer approves anything else.
 */
export function requireDecision(
  session: Session | undefined,
  choice: HoldChoice,
  { mode, clock }: { mode: DecisionMode; clock: Clock },
): void {
  const { by, decision } = requireFresh(session, clock)
  if (decision !== undefined && decision !== decisionDigest(choice))
    throw new Failure("stale", "your passkey approved something else: look at this one again and approve it")
  if (mode === "user-only" && by === "passkey" && decision === undefined)
    throw lacking("only you decide this one: approve it with your passkey, for exactly this", "decision")
}

/** What stands for one decision in a challenge and in the session that it opens. */
export function decisionDigest(choice: HoldChoice): string {
  const given = Object.entries(choice).filter(([, value]) => value !== undefined)
  // A choice came in as JSON; members that are left out are gone.
  const text = canonicalize(Object.fromEntries(given) as Record<string, JsonValue>)
  return createHash("sha256").update(text).digest("hex")
}

/** `needs` tells a page what to ask for next. */
function lacking(sentence: string, needs: "person" | "fresh" | "decision"): Failure {
  return new Failure("unauthenticated", sentence, { extra: { needs } })
}
