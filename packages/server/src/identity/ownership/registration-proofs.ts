import type { DeveloperRecord } from "@hufu/core/contract/developer"
import type { OwnershipProof } from "@hufu/core/registration/developer"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import { keyProven } from "@hufu/core/registration/key-proven"

/** The domain of a name's namespace; undefined where that is one word that the registry gave. */
export function domainOfName(name: string): string | undefined {
  const [namespace = ""] = name.split("/")
  return namespace.includes(".") ? namespace.split(".").toReversed().join(".") : undefined
}

/** Whether a domain is another, or lies under it: whoever has `example.com` has `agents.example.com`. */
export function isUnder(domain: string, proven: string): boolean {
  return domain === proven || domain.endsWith(`.${proven}`)
}

/**
 * What was verified and bears on what a registration says: the developer where it names the one that was verified, the domains that it
 * claims, and those of its keys that were shown before.
 */
export function proofsFor(
  { content, proofs }: { readonly content: RegistrationContent; readonly proofs: readonly OwnershipProof[] },
  developer: DeveloperRecord | undefined,
  now: number,
): OwnershipProof[] {
  const keys = new Set(content.keys.map(keyProven))
  const held = proofs.filter(({ of, value }) => of === "key" && value !== undefined && keys.has(value))
  const said = (developer?.proofs ?? []).filter((proof) => bears(proof, content, developer))
  return [...said, ...held].filter(({ until }) => until === null || until > now).slice(0, 64)
}

function bears(
  { of, how, value = "" }: OwnershipProof,
  { name, developer: named }: RegistrationContent,
  developer: DeveloperRecord | undefined,
): boolean {
  if (of === "domain") {
    const domains = [domainOfName(name), ...named.domains.map(({ domain }) => domain)]
    return domains.some((domain) => domain !== undefined && isUnder(domain, value))
  }
  if (of !== "developer" || developer === undefined) return false
  const isSame = named.kind === developer.kind && named.name === developer.name
  return isSame && (how !== "credit-code" || named.creditCode === value)
}
