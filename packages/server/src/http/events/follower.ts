import type { BrowserAuthority } from "../../authority/browsers.ts"
import type { PersonAuthority } from "../../authority/person.ts"
import type { OperationContext } from "../../operation/context.ts"

/** Whose streams are counted together. */
export function callerOf({ session, browser }: OperationContext): string {
  return browser?.id ?? session?.person ?? "node"
}

/** Whether whoever opened a stream may still look; following is no use of a session. */
export function isStillAllowed(
  { session, browser }: OperationContext,
  { person, browsers }: { person: PersonAuthority; browsers: BrowserAuthority },
): boolean {
  if (session) return person.isLive(session)
  return browser === undefined || browsers.isLive(browser.id)
}
