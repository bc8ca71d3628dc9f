import type { CertificateUsage } from "@hufu/core/contract/ca"
import { Failure } from "@hufu/core/failure"
import { chainOf } from "../identity/ca/chain-of.ts"
import { agentNames } from "../identity/ca/certificate-profile.ts"
import type { Holder } from "../identity/ca/holders.ts"
import { requestedNames } from "../identity/ca/requested-names.ts"
import { fromPem, toPem } from "../identity/x509/pem.ts"
import { readSigningRequest } from "../identity/x509/signing-request.ts"
import { actorOf } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** The certificate authority, as the people of the node have it. */
export function caOperations({ ca, agents, registrations }: OperationParts) {
  const { authorities, certificates, bindings, holders, lists } = ca

  /** An agent of this node by its id or name, else whoever has that code or registration, by its id or name. */
  function findHolder(ref: string): Holder {
    const agent = agents.find(ref)
    if (agent !== undefined) return holders.find(agent.id) ?? notFound(ref)
    const named = registrations.find(ref)?.id
    return (
      holders.find(ref) ??
      holders.holderOf(ref) ??
      (named === undefined ? undefined : holders.find(named)) ??
      notFound(ref)
    )
  }

  function needHolder(ref: string): Holder {
    const holder = findHolder(ref)
    if (holder.state === "live") return holder
    throw new Failure(
      holder.state === "suspended" ? "agent_suspended" : "agent_revoked",
      `\`${ref.slice(0, 80)}\` is out of service, so it gets no certificate: resume it, or create another`,
    )
  }

  return {
    "ca.show": async () => ca.report(),
    "ca.init": async ({ name, suite }, context) => {
      await authorities.init({ name, suite, by: actorOf(context) })
      return ca.report()
    },
    "ca.rotate": async ({ role, reason, suite }, context) => {
      if (role === "ocsp") ca.responder.forget()
      else await authorities.rotate({ role, reason, suite, by: actorOf(context) })
      return ca.report()
    },
    "ca.account": async ({ agent }, context) => {
      authorities.active("intermediate")
      const holder = needHolder(agent)
      const binding = await bindings.issue(holder, actorOf(context))
      return { ...binding, aic: holder.aic, directory: ca.addresses().directory }
    },
    "ca.issue": async ({ agent, csr, usage, days, dns, ip }, context) => {
      const own = needHolder(agent)
      const request = readSigningRequest(fromPem("CERTIFICATE REQUEST", csr))
      // A person says what else the agent is called.
      const holder = { ...own, dns: [...own.dns, ...dns], ip: [...own.ip, ...ip] }
      const names = requestedNames(request, { holder, usage })
      if ("fault" in names) throw new Failure("invalid_input", names.fault)
      const issued = await certificates.issue({
        holder: own,
        usage: usage satisfies CertificateUsage,
        publicKey: request.publicKey,
        suite: request.suite,
        names: request.altNames === undefined ? agentNames(own.aic, holder) : names,
        days,
        account: null,
        by: actorOf(context),
      })
      return { certificate: certificates.shown(issued), chain: chainOf(issued, authorities) }
    },
    "ca.list": async ({ agent, limit }) => ({
      items: (agent === undefined
        ? certificates.list(limit)
        : certificates.of(findHolder(agent).id, limit)
      ).map((each) => certificates.shown(each)),
    }),
    "ca.certificate": async ({ certificate }) => {
      const issued = certificates.need(certificate)
      const isErased = issued.certificate.length === 0
      return {
        certificate: certificates.shown(issued),
        chain: isErased ? null : chainOf(issued, authorities),
      }
    },
    "ca.revoke": async ({ certificate, reason }, context) =>
      certificates.shown(await certificates.revoke(certificate, { reason, by: actorOf(context) })),
    "ca.crl": async ({ authority }) => {
      const { der, revoked, ...list } = lists.current(authority)
      return {
        authority: list.authority,
        number: list.number,
        from: list.from,
        until: list.next,
        revoked: revoked.length,
        pem: toPem("X509 CRL", der),
      }
    },
    "ca.bundle": async () => ({ pem: ca.bundle().pem }),
  } satisfies Partial<Operations>
}

function notFound(ref: string): never {
  throw new Failure(
    "not_found",
    `there is no agent \`${ref.slice(0, 80)}\`: \`hufu agent list\` shows those of this node, \`hufu registration list\` those that are registered`,
  )
}
