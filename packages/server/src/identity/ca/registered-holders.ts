import { createHash } from "node:crypto"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import type { VersionMismatches } from "../../registry/alive/version-mismatches.ts"
import type { RegistrationRecord } from "../../registry/registration-record.ts"
import type { Registrations } from "../../registry/registrations.ts"
import type { Holder, Holders } from "./holders.ts"

type Registry = Pick<Registrations, "find" | "ofAgent" | "page" | "onChanged">
type Mismatches = Pick<VersionMismatches, "of" | "all">

const pageRows = 500

/**
 * Everyone whom a registration names, in front of the agents of this node: a registered agent has the code of its registration, and the
 * names that were approved with it. An agent that acts at this node's doors stays who it is there, by its own id.
 */
export function registeredHolders(registrations: Registry, agents: Holders, mismatches: Mismatches): Holders {
  /** Of an agent of this node: the registration that names it now. Forgotten with every change. */
  const ofAgents = new Map<string, RegistrationRecord | null>()
  const disabled = new Map<string, RegistrationRecord>()
  for (let after = ""; ;) {
    const page = registrations.page({ state: "disabled", after, limit: pageRows })
    for (const each of page) disabled.set(each.id, each)
    after = page.at(-1)?.id ?? ""
    if (page.length < pageRows) break
  }
  registrations.onChanged((changed) => {
    ofAgents.clear()
    if (changed.state === "disabled") disabled.set(changed.id, changed)
    else disabled.delete(changed.id)
  })

  /** With an instance of a class that is out of service it is as with one that is disabled itself. */
  function holderOfRegistration(registration: RegistrationRecord): Holder | undefined {
    const holder = versionedHolder(registration)
    if (holder === undefined || holder.state !== "live" || registration.ontology === null) return holder
    const above = registrations.find(registration.ontology)
    if (above?.state === "approved") return holder
    return { ...holder, state: "suspended", stateChangedAt: above?.changedAt ?? registration.changedAt }
  }

  function naming(agent: string): RegistrationRecord | undefined {
    const known = ofAgents.get(agent)
    if (known !== undefined) return known ?? undefined
    const found = registrations.ofAgent(agent).find(isNaming)
    ofAgents.set(agent, found ?? null)
    return found
  }

  function versionedHolder(registration: RegistrationRecord): Holder | undefined {
    const holder = holderIn(registration)
    const mismatch = mismatches.of(registration.id)
    return holder === undefined || mismatch === undefined ? holder : { ...holder, mismatchedAt: mismatch.at }
  }

  function find(id: string): Holder | undefined {
    if (id.startsWith("reg_")) {
      const registration = registrations.find(id)
      return registration && holderOfRegistration(registration)
    }
    const own = agents.find(id)
    const registration = own && naming(id)
    const named = registration && holderOfRegistration(registration)
    if (own === undefined || named === undefined) return own
    const isHeld = own.state === "live" && named.state !== "live"
    const { aic, dns, ip, days, mismatchedAt } = named
    return {
      ...own,
      aic,
      dns,
      ip,
      days,
      mismatchedAt,
      ...(isHeld ? { state: named.state, stateChangedAt: named.stateChangedAt } : {}),
    }
  }

  function* heldByRegistration(): Generator<Holder> {
    for (const { id } of [...disabled.values(), ...mismatches.all()]) {
      const registration = disabled.get(id) ?? registrations.find(id)
      const holder = registration && find(registration.agent ?? registration.id)
      if (holder !== undefined) yield holder
    }
  }

  return {
    find,
    holderOf(text) {
      const parsed = parseAic(text)
      if (parsed === undefined) return undefined
      const aic = formatAic(parsed)
      const registration = registrations.find(aic)
      if (registration === undefined) {
        const own = agents.holderOf(aic)
        const now = own && find(own.id)
        // What a registration names has its code and no other.
        return now?.aic === own?.aic ? now : undefined
      }
      if (registration.agent === null) return holderOfRegistration(registration)
      return isNaming(registration) ? find(registration.agent) : undefined
    },
    *outOfService() {
      const told = new Set<string>()
      for (const holder of [...agents.outOfService(), ...heldByRegistration()]) {
        // Whoever is out of service for two reasons is listed once.
        if (told.has(holder.id)) continue
        told.add(holder.id)
        yield holder
      }
    },
  }
}

/** One that has a code, which may be on hold. */
function isNaming({ aic, state }: RegistrationRecord): boolean {
  return aic !== null && (state === "approved" || state === "disabled")
}

function holderIn(registration: RegistrationRecord): Holder | undefined {
  const { id, aic, state, changedAt, content } = registration
  if (aic === null) return undefined
  const { dns = [], ip = [], days } = content.certificate ?? {}
  return {
    id,
    aic,
    // An entry holds no text that somebody chose.
    version: createHash("sha256").update(content.version).digest("hex"),
    state: state === "approved" ? "live" : state === "disabled" ? "suspended" : "revoked",
    stateChangedAt: changedAt,
    dns,
    ip,
    days,
  }
}
