import type { CredentialRecord } from "@hufu/core/contract/records"
import type { Session } from "../authority/person.ts"

/** Who calls an operation, as the control plane has established it from the contract's scope. */
export interface OperationContext {
  readonly requestId: string
  /** Over the local socket, which only this operating-system user can open, or over HTTP. */
  readonly transport: "socket" | "http"
  /** A proven person. */
  readonly session?: Session
  /** A hook's credential. */
  readonly hook?: CredentialRecord
}

/** Whom the ledger names: the person who proved it, the hook's credential, else the node itself for this operating-system user. */
export function actorOf(context: OperationContext): string {
  return context.session?.person ?? context.hook?.id ?? "node"
}
