import type { Output, Request } from "@hufu/core/contract/contract"
import { startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser"
import { ask } from "../data/client.ts"
import { keepBrowserToken, keepPerson, session } from "./session.ts"
import type { Purpose } from "./prove.ts"

type AuthenticationOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"]
type RegistrationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"]

/** Whether the person, or the browser, said no to the passkey: no failure, only no proof. */
export function isNoProof(error: unknown): boolean {
  return error instanceof WebAuthnError || (error instanceof Error && error.name === "NotAllowedError")
}

/** Has a passkey sign for exactly this purpose, and answers the token that it bought. */
export async function proveByPasskey(purpose: Purpose): Promise<string> {
  const decision = purpose.kind === "decision" ? { decision: purpose.choice } : {}
  const { options } = await ask("passkey.options", {
    purpose: purpose.kind === "decision" ? "decide" : "signin",
    ...decision,
  })
  // The node writes them as WebAuthn defines them; the browser checks each member.
  const response = await startAuthentication({ optionsJSON: options as unknown as AuthenticationOptions })
  const answer = await ask("session.passkey", {
    // The same members, by their wider type.
    response: response as unknown as Request<"session.passkey">["response"],
    ...decision,
    browser: session().browser === null,
  })
  return keep(answer, purpose)
}

/** Proves by the terminal secret, for a person who has no passkey here. */
export async function proveBySecret(secret: string, purpose: Purpose): Promise<string> {
  return keep({ ...(await ask("session.create", { secret })), browser: null }, purpose)
}

/** Makes a passkey; on a node without a person its owner becomes the person. */
export async function makePasskey(name: string): Promise<Output<"passkey.register">> {
  const { options } = await ask("passkey.options", { purpose: "register" })
  const response = await startRegistration({ optionsJSON: options as unknown as RegistrationOptions })
  const made = await ask("passkey.register", {
    name,
    response: response as unknown as Request<"passkey.register">["response"],
  })
  keepPerson({ token: made.token, until: made.expiresAt, provenAt: Date.now() })
  return made
}

function keep({ token, expiresAt, browser }: Output<"session.passkey">, purpose: Purpose): string {
  if (browser) keepBrowserToken(browser.token)
  // What a passkey signed for one decision is spent by it; only a session is kept.
  if (purpose.kind === "session") keepPerson({ token, until: expiresAt, provenAt: Date.now() })
  return token
}
