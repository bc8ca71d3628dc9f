import { Failure } from "@hufu/core/failure"
import type { Oauth } from "../identity/oauth/oauth.ts"
import { actorOf } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** What the person decides about OAuth clients. */
export function consentOperations(parts: Pick<OperationParts, "oauth">) {
  const oauth = (): Pick<Oauth, "consents" | "register"> => {
    if (parts.oauth !== undefined) return parts.oauth
    throw new Failure(
      "forbidden",
      "this node is no authorisation server: its operator sets `oauth.enabled` in the configuration first",
    )
  }
  return {
    "credential.client": (draft, context) => oauth().register(draft, actorOf(context)),
    "consent.show": async ({ consent }) => (await oauth().consents()).show(consent),
    "consent.allow": async (choice, context) => (await oauth().consents()).allow(choice, actorOf(context)),
    "consent.refuse": async ({ consent }) => (await oauth().consents()).refuse(consent),
  } satisfies Partial<Operations>
}
