import { Failure } from "@hufu/core/failure"
import { decisionDigest, requireFresh } from "../authority/person-proof.ts"
import { mayLook, actorOf, type OperationContext } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** How a browser is let in, and how the person proves who they are there. */
export function signInOperations(parts: OperationParts) {
  const { links, browsers, passkeys, person, clock } = parts

  async function admit(origin: string, by: string) {
    const { token, expiresAt } = await browsers.admit(origin, by)
    return { token, expiresAt }
  }

  return {
    "signin.create": async () => {
      const { code, expiresAt } = links.create()
      // In the fragment: a browser sends it nowhere, so it is in no log.
      return { url: `${parts.consoleOrigin()}/#signin=${code}`, expiresAt }
    },
    "signin.exchange": async ({ code }, context) => {
      const origin = pageOf(context)
      await links.take(code)
      return admit(origin, "node")
    },
    "browser.list": async () => ({ items: browsers.list() }),
    "browser.revoke": ({ browser }, context) => browsers.revoke(browser, actorOf(context)),
    "session.passkey": async ({ response, decision, browser }, context) => {
      const origin = browser ? pageOf(context) : undefined
      const digest = decision === undefined ? undefined : decisionDigest(decision)
      const purpose = digest === undefined ? ("signin" as const) : ("decide" as const)
      const { id } = await passkeys.verify(response, {
        purpose,
        ...(digest === undefined ? {} : { decision: digest }),
      })
      const session = person.openSession({
        passkey: id,
        ...(digest === undefined ? {} : { decision: digest }),
      })
      return { ...session, browser: origin === undefined ? null : await admit(origin, person.id) }
    },
    "passkey.options": async ({ purpose, decision }, context) => {
      const isKnown = mayLook(context)
      if (purpose !== "signin" && !isKnown)
        throw new Failure("unauthenticated", "sign in first: run `hufu signin` on this computer", {
          extra: { needs: "browser" },
        })
      if ((purpose === "decide") !== (decision !== undefined))
        throw new Failure("invalid_input", "`decision` goes with the purpose `decide`, and with no other")
      if (purpose === "register" && person.enrolled) requireFresh(context.session, clock)
      const of = decision === undefined ? { purpose } : { purpose, decision: decisionDigest(decision) }
      return passkeys.options(of, isKnown)
    },
    "passkey.register": async ({ name, response }, context) => {
      const isProven = () => void requireFresh(context.session, clock)
      const passkey = await passkeys.register({ name, response, isProven })
      return { ...person.openSession({ passkey: passkey.id }), passkey, person: person.id }
    },
    "passkey.list": async () => ({ items: passkeys.list(), secret: person.hasSecret }),
    "passkey.rename": ({ passkey, name }) => passkeys.rename(passkey, name),
    "passkey.remove": ({ passkey }) => passkeys.remove(passkey),
  } satisfies Partial<Operations>
}

/** The page that asks to be let in; throws for whatever is no page. */
function pageOf({ origin }: OperationContext): string {
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).origin !== origin)
    throw new Failure(
      "foreign_origin",
      "only a page of this node is let in: open the sign-in link in a browser",
    )
  return origin
}
