import { createHash, randomBytes } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import type { Developers } from "../ownership/developers.ts"

/** Who a developer is that signed in from outside: whose registrations they manage, and nothing else. */
export interface DeveloperSession {
  readonly developer: string
  readonly owner: string
}

/** Sessions of developers. They prove no person of this node: nothing is approved by one, and no mandate is widened (INVARIANT 4). */
export interface DeveloperSessions {
  open(of: DeveloperSession): { token: string; expiresAt: number }
  /** Throws Failure("unauthenticated"). UNTRUSTED input. */
  check(token: string): DeveloperSession
  end(developer: string): boolean
}

export const developerTokenPrefix = "hufu_developer_"
const lastsMs = 3_600_000
const maxSessions = 10_000
/** The oldest of a developer's own make room, so that nobody ends another's. */
const maxOfOne = 20
const shape = /^hufu_developer_[A-Za-z0-9_-]{43}$/

/** They are in memory alone, and end with the node. */
export function openDeveloperSessions(
  clock: Clock,
  developers: Pick<Developers, "isLive">,
): DeveloperSessions {
  const sessions = new Map<string, DeveloperSession & { readonly since: number }>()

  const digestsOf = (developer: string) =>
    [...sessions].flatMap(([digest, session]) => (session.developer === developer ? [digest] : []))

  return {
    open(of) {
      const own = digestsOf(of.developer)
      for (const digest of own.slice(0, Math.max(0, own.length - maxOfOne + 1))) sessions.delete(digest)
      // They stand in the order in which they began.
      for (const [digest, { since }] of sessions) {
        if (clock.monotonic() - since < lastsMs) break
        sessions.delete(digest)
      }
      if (sessions.size >= maxSessions)
        throw new Failure("overloaded", "too many developers are signed in: try again in some minutes")
      const token = `${developerTokenPrefix}${randomBytes(32).toString("base64url")}`
      sessions.set(digestOf(token), { ...of, since: clock.monotonic() })
      return { token, expiresAt: clock.now() + lastsMs }
    },
    check(token) {
      const found = shape.test(token) ? sessions.get(digestOf(token)) : undefined
      if (
        found !== undefined &&
        clock.monotonic() - found.since < lastsMs &&
        developers.isLive(found.developer)
      )
        return { developer: found.developer, owner: found.owner }
      throw new Failure(
        "unauthenticated",
        "this sign-in has ended: sign in again where you signed in before",
        {
          extra: { needs: "organisation" },
        },
      )
    },
    end(developer) {
      const ended = digestsOf(developer)
      for (const digest of ended) sessions.delete(digest)
      return ended.length > 0
    },
  }
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url")
}
