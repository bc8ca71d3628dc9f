import type { Scope } from "@hufu/core/contract/operation"
import { Failure } from "@hufu/core/failure"
import type { CredentialAuthority } from "../authority/credentials.ts"
import type { PersonAuthority } from "../authority/person.ts"
import type { OperationContext } from "../operation/context.ts"

export interface Presented {
  readonly authorization: string | undefined
  readonly transport: OperationContext["transport"]
  readonly requestId: string
}

/** What the bearer token proves, if one is presented; a token that proves nothing is refused, never ignored. */
export function identifyCaller(
  { authorization, transport, requestId }: Presented,
  { person, credentials }: { person: PersonAuthority; credentials: CredentialAuthority },
): OperationContext {
  if (authorization === undefined) return { transport, requestId }
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization)?.[1]
  if (token === undefined)
    throw new Failure(
      "unauthenticated",
      "send `Authorization: Bearer …` with a session or a hook's credential",
    )
  if (token.startsWith("hufu_hook_")) return { transport, requestId, hook: credentials.check(token, "hook") }
  const session = person.session(token)
  if (!session) throw new Failure("unauthenticated", "this session has ended: sign in again")
  return { transport, requestId, session }
}

/** Throws unless the caller may call operations of this scope. */
export function requireScope(scope: Scope, socketOnly: boolean, context: OperationContext): void {
  if (socketOnly && context.transport !== "socket")
    throw new Failure(
      "forbidden",
      "this works only from this computer's command line, never over HTTP: use the `hufu` command",
    )
  if (scope === "public" || context.session) return
  if (scope === "local" && context.transport === "socket" && !context.hook) return
  if (scope === "hook" && context.hook) return
  throw new Failure(
    "unauthenticated",
    scope === "local"
      ? "sign in first, or use the `hufu` command on this computer"
      : "this needs the person: sign in first",
  )
}
