import { Failure } from "@hufu/core/failure"
import type { BrowserAuthority } from "../authority/browsers.ts"
import type { CredentialAuthority } from "../authority/credentials.ts"
import { requireFresh } from "../authority/person-proof.ts"
import type { PersonAuthority } from "../authority/person.ts"
import { developerTokenPrefix, type DeveloperSessions } from "../identity/organisations/developer-sessions.ts"
import type { Clock } from "../clock.ts"
import { mayLook, type OperationContext } from "../operation/context.ts"
import type { Route } from "./route-table.ts"

export interface Presented {
  readonly authorization: string | undefined
  /** Both were looked at already: they are ours. */
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly transport: OperationContext["transport"]
  readonly requestId: string
}

export interface CallerParts {
  readonly person: PersonAuthority
  readonly credentials: CredentialAuthority
  readonly browsers: BrowserAuthority
  readonly developerSessions: Pick<DeveloperSessions, "check">
}

/** What the bearer token proves, if one is presented; a token that proves nothing is refused, never ignored. */
export function identifyCaller(presented: Presented, parts: CallerParts): OperationContext {
  const { authorization, transport, requestId, origin, host } = presented
  const context = { transport, requestId, ...(origin === undefined ? {} : { origin }) }
  if (authorization === undefined) return context
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization)?.[1]
  if (token === undefined)
    throw new Failure(
      "unauthenticated",
      "send `Authorization: Bearer …` with a session, a browser's token, a developer's, or a hook's or an agent's credential",
    )
  if (token.startsWith("hufu_hook_")) return { ...context, hook: parts.credentials.check(token, "hook") }
  if (token.startsWith("hufu_agent_")) return { ...context, agent: parts.credentials.check(token, "agent") }
  if (token.startsWith("hufu_browser_"))
    return { ...context, browser: parts.browsers.check(token, { origin, host }) }
  if (token.startsWith(developerTokenPrefix))
    return { ...context, developer: parts.developerSessions.check(token) }
  const session = parts.person.session(token)
  if (!session)
    throw new Failure("unauthenticated", "this session has ended: sign in again", {
      extra: { needs: "person" },
    })
  return { ...context, session }
}

/** Throws unless the caller may call this row of the contract. */
export function requireScope({ id, operation }: Route, context: OperationContext, clock: Clock): void {
  if (operation.socketOnly === true && context.transport !== "socket")
    throw new Failure(
      "forbidden",
      "this works only from this computer's command line, never over HTTP: use the `hufu` command",
    )
  if (operation.scope === "public") return
  if (context.session?.decision !== undefined && id !== "hold.approve")
    throw new Failure("forbidden", "this session makes one decision and nothing else: sign in for the rest", {
      extra: { needs: "person" },
    })
  if (operation.scope === "local" && !mayLook(context))
    throw new Failure(
      "unauthenticated",
      "sign in first: run `hufu signin` on this computer, or use the `hufu` command there",
      { extra: { needs: "browser" } },
    )
  const isNamed =
    (operation.scope === "hook" && (context.hook !== undefined || context.session !== undefined)) ||
    (operation.scope === "agent" && context.agent !== undefined) ||
    (operation.scope === "developer" && context.developer !== undefined)
  if (operation.scope !== "local" && !isNamed) requireFresh(context.session, clock)
}
