import type { BrowserRecord } from "@hufu/core/contract/passkey"
import type { CredentialRecord } from "@hufu/core/contract/records"
import type { DeveloperSession } from "../identity/organisations/developer-sessions.ts"
import type { Session } from "../authority/person.ts"

/** Who calls an operation, as the control plane has established it from the contract's scope. */
export interface OperationContext {
  readonly requestId: string
  /** Over the local socket, which only this operating-system user can open, or over HTTP. */
  readonly transport: "socket" | "http"
  /** The origin of the page that asks, which is ours; a browser leaves it out of plain reads. */
  readonly origin?: string
  /** A proven person. */
  readonly session?: Session
  /** A hook's credential. */
  readonly hook?: CredentialRecord
  /** An agent's own credential. */
  readonly agent?: CredentialRecord
  /** A developer that signed in from outside: for its own registrations, and nothing of the principal's. */
  readonly developer?: DeveloperSession
  /** A browser that was let in. */
  readonly browser?: BrowserRecord
}

/** Whether the caller may look and narrow: this operating-system user, a browser that was let in, or the person. */
export function mayLook({ transport, session, hook, agent, developer, browser }: OperationContext): boolean {
  if (session) return session.decision === undefined
  return browser !== undefined || (transport === "socket" && !hook && !agent && !developer)
}

/** Whom the ledger names: the person who proved it, a hook's credential, an agent, a developer, a browser, else the node itself for this operating-system user. */
export function actorOf(context: OperationContext): string {
  return (
    context.session?.person ??
    context.hook?.id ??
    context.agent?.agent ??
    context.developer?.owner ??
    context.browser?.id ??
    "node"
  )
}
