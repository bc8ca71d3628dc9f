import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import type { Clock } from "../../clock.ts"

/**
 * Values that are good for one signed request. What was given out is not remembered, so that nobody fills a memory by asking for them;
 * what was used is, and when that is full the oldest that are still out are good no more.
 */
export interface Nonces {
  fresh(): string
  /** UNTRUSTED: whether it is one of ours, in time and unused; from now on it is used. */
  use(nonce: string): boolean
  readonly used: number
}

const lifeMs = 300_000
const randomLength = 12
const macLength = 16
const shape = /^[A-Za-z0-9_-]{48}$/

/** @param maxUsed how many used ones are remembered */
export function openNonces(clock: Clock, maxUsed = 100_000): Nonces {
  const key = randomBytes(32)
  /** In the order of their use; each with when it was given out. */
  const used = new Map<string, number>()
  /** What was given out at this moment or before is good no more. */
  let floor = Number.NEGATIVE_INFINITY

  const macOf = (head: Uint8Array) => createHmac("sha256", key).update(head).digest().subarray(0, macLength)

  function forgetOld(now: number): void {
    for (const [nonce, at] of used) {
      if (at > now - lifeMs && used.size < maxUsed) return
      used.delete(nonce)
      // It could come again, and so could all that are as old: none of them is taken.
      floor = Math.max(floor, at)
    }
  }

  return {
    fresh() {
      const head = Buffer.alloc(8 + randomLength)
      head.writeDoubleBE(clock.monotonic())
      randomBytes(randomLength).copy(head, 8)
      return Buffer.concat([head, macOf(head)]).toString("base64url")
    },
    use(nonce) {
      if (!shape.test(nonce)) return false
      const bytes = Buffer.from(nonce, "base64url")
      const head = bytes.subarray(0, 8 + randomLength)
      if (!timingSafeEqual(macOf(head), bytes.subarray(8 + randomLength))) return false
      const now = clock.monotonic()
      const at = head.readDoubleBE(0)
      if (at <= floor || at <= now - lifeMs || used.has(nonce)) return false
      forgetOld(now)
      used.set(nonce, at)
      return at > floor
    },
    get used() {
      return used.size
    },
  }
}
