import type { SigningRequest } from "../x509/signing-request.ts"
import { oids } from "../x509/object-identifiers.ts"
import { agentNames, type NamesOf } from "./certificate-profile.ts"
import type { Holder } from "./holders.ts"

/**
 * UNTRUSTED: what a certificate would call its agent, if the request asks for nothing that is not the agent's. A request may leave names
 * out; it may not ask for others, nor be understood to have asked for something that it does not get.
 */
export function requestedNames(
  request: SigningRequest,
  { holder, usage }: { holder: Pick<Holder, "aic" | "dns" | "ip">; usage: "client" | "server" },
): NamesOf | { fault: string } {
  const own = agentNames(holder.aic, holder)
  const purpose = usage === "client" ? oids.clientAuth : oids.serverAuth
  if (request.wantsAuthority) return { fault: "the request asks to be an authority: leave that out" }
  if (request.purposes?.some((each) => each !== purpose) === true)
    return { fault: `the request asks for another usage than the order's ${usage}Auth: order that` }
  if (request.commonNames.length > 1 || request.commonNames.some((each) => each !== holder.aic))
    return { fault: "the common name in the request has to be the agent's AIC, as the order has it" }
  if (request.otherParts > 0)
    return { fault: "the subject of the request has a common name and nothing else" }
  const asked = request.altNames
  if (asked === undefined) return own
  const within = (names: readonly string[], granted: readonly string[]) =>
    names.every((each) => granted.includes(each))
  if (!within(asked.uri, own.uri) || !within(asked.dns, own.dns) || !within(asked.ip, own.ip))
    return { fault: "the request asks for names that are not registered for this agent: leave them out" }
  return { ...own, dns: asked.dns, ip: asked.ip }
}
