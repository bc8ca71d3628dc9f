import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"

/** What a challenge may be answered for, and for nothing else. */
export interface Purpose {
  readonly purpose: "register" | "signin" | "decide"
  /** Digest of the one decision. */
  readonly decision?: string
}

export interface PasskeyChallenges {
  issue(purpose: Purpose): { challenge: Uint8Array<ArrayBuffer>; expiresAt: number }
  /**
   * Takes a challenge that was issued for this purpose and was never answered; throws Failure("passkey_refused") for any other.
   *
   * @returns gives it back, for an answer that proved nothing
   */
  take(challenge: string, purpose: Purpose): () => void
}

export const challengeMs = 120_000
const nonceBytes = 16
const timeBytes = 8
const macBytes = 32

/**
 * Challenges that need no memory until they are answered, so that nobody can crowd others out by asking for many: a nonce, the time
 * of issue and a MAC over both and the purpose. The key lives as long as the process, as sessions do.
 */
export function createPasskeyChallenges(clock: Clock): PasskeyChallenges {
  const key = randomBytes(32)
  const answered = new Map<string, number>()

  const mac = (head: Uint8Array, { purpose, decision = "" }: Purpose) =>
    createHmac("sha256", key).update(head).update(`${purpose}/${decision}`).digest()

  return {
    issue(purpose) {
      const time = Buffer.alloc(timeBytes)
      time.writeDoubleBE(clock.monotonic())
      const head = Buffer.concat([randomBytes(nonceBytes), time])
      return {
        challenge: Uint8Array.from([...head, ...mac(head, purpose)]),
        expiresAt: clock.now() + challengeMs,
      }
    },
    take(challenge, purpose) {
      const bytes = Buffer.from(challenge, "base64url")
      const head = bytes.subarray(0, nonceBytes + timeBytes)
      if (
        bytes.length !== nonceBytes + timeBytes + macBytes ||
        !timingSafeEqual(bytes.subarray(head.length), mac(head, purpose))
      )
        throw refused("the passkey answered another question than this one: try again")
      const age = clock.monotonic() - head.readDoubleBE(nonceBytes)
      if (age > challengeMs) throw refused("the passkey answered too late: try again")
      const nonce = head.toString("base64url")
      for (const [old, until] of answered) if (until <= clock.monotonic()) answered.delete(old)
      if (answered.has(nonce)) throw refused("this answer of the passkey was used already: try again")
      answered.set(nonce, clock.monotonic() + challengeMs)
      return () => void answered.delete(nonce)
    },
  }
}

function refused(sentence: string): Failure {
  return new Failure("passkey_refused", sentence)
}
