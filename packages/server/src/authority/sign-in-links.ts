import { createHash, randomBytes } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import { createSignInPace } from "./sign-in-pace.ts"

/**
 * Links that let one browser in, once. A link is made only over the local socket, so it proves what the operating-system account
 * proves, and no person (INVARIANT 4).
 */
export interface SignInLinks {
  create(): { code: string; expiresAt: number }
  /** Takes the code of the one outstanding link; throws Failure("sign_in_link_invalid") with the reason. */
  take(code: string): Promise<void>
}

const lifeMs = 5 * 60_000
const freeMisses = 3
const gapMs = 1000
const maxWaiting = 8
const maxRemembered = 16

type Gone = "used" | "expired" | "replaced"

const sentences = {
  used: "this sign-in link was used already: if that was not you, look at `hufu browser list`, and run `hufu signin` for a new one",
  expired: "this sign-in link has expired: run `hufu signin` for a new one",
  replaced: "a newer sign-in link was made: use that one, or run `hufu signin` for another",
  unknown:
    "this is no sign-in link of this node, or the node was started anew since: run `hufu signin` for one",
} as const

/** Codes are in memory alone, as SHA-256 of 256 random bits. */
export function createSignInLinks(clock: Clock, paceOf = createSignInPace): SignInLinks {
  let open: { readonly hash: string; readonly until: number } | undefined
  /** Links that were good once, so that their refusal says what became of them. */
  const gone = new Map<string, Gone>()
  let misses = 0
  // INVARIANT: only what is wrong waits its turn; a crowd of guesses never delays who has the link.
  const inTurn = paceOf({ slow: () => misses > freeMisses, gapMs, maxWaiting })

  function close(why: Gone): void {
    if (!open) return
    gone.set(open.hash, why)
    open = undefined
    const oldest = gone.keys().next().value
    if (gone.size > maxRemembered && oldest !== undefined) gone.delete(oldest)
  }

  return {
    create() {
      close("replaced")
      const code = randomBytes(32).toString("base64url")
      open = { hash: hashOf(code), until: clock.monotonic() + lifeMs }
      return { code, expiresAt: clock.now() + lifeMs }
    },
    async take(code) {
      if (open && open.until <= clock.monotonic()) close("expired")
      const hash = hashOf(code)
      // No constant time is needed: what is compared are digests of what the guesser cannot choose.
      if (hash === open?.hash) {
        close("used")
        misses = 0
        return
      }
      const reason = gone.get(hash) ?? "unknown"
      misses++
      await inTurn("http", async () => {
        throw new Failure("sign_in_link_invalid", sentences[reason], { extra: { reason } })
      })
    },
  }
}

function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("base64url")
}
