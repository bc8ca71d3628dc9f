import type { OauthScope } from "@hufu/core/contract/oauth"
import { Failure } from "@hufu/core/failure"
import type { Caller } from "./governor.ts"

const reading = new Set(["read", "compute"])

/**
 * INVARIANT: what a person allowed a client bounds what it does, whatever the mandates of its agent say. Throws
 * Failure("insufficient_scope") with what to ask for: the person can allow it (RFC 6750 §3.1, step-up).
 */
export function requireScope({ token }: Pick<Caller, "token">, effect: string): void {
  if (token === undefined) return
  const needed: OauthScope = reading.has(effect) ? "tools:read" : "tools:act"
  if (token.scopes.has(needed) || (needed === "tools:read" && token.scopes.has("tools:act"))) return
  const scope = [...new Set<OauthScope>(["tools:read", ...token.scopes, needed])].join(" ")
  throw new Failure(
    "insufficient_scope",
    `this token is not good for that: ask for one with the scope \`${scope}\``,
    {
      extra: { scope, metadata: token.metadata },
    },
  )
}
