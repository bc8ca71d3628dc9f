import type { AgentLiveness } from "@hufu/core/contract/alive"
import type { PublicLiveness, PublicRegistration, Standing } from "@hufu/core/contract/public-registration"
import { faceNames } from "@hufu/core/registration/faces/face-path"
import { faces } from "@hufu/core/registration/faces/faces"
import { keepsTo } from "@hufu/core/registration/keeps-to"
import { isLiveAt } from "@hufu/core/mandate/grant-covers"
import type { MandateAuthority } from "../authority/mandates.ts"
import type { Clock } from "../clock.ts"
import type { Registration } from "@hufu/core/registration/registration"
import type { Alive } from "./alive/alive.ts"
import type { KnownRegistrations } from "./known-registrations.ts"
import { isTrial } from "./registration-of.ts"
import type { Registrations } from "./registrations.ts"

/** One that everybody could see at some time. */
export type Approved = Registration & { readonly approvedAt: number }

export function wasApproved(registration: Registration): registration is Approved {
  return registration.approvedAt !== null
}

interface Parts {
  readonly registrations: Pick<Registrations, "statements">
  readonly known: Pick<KnownRegistrations, "isUsable">
  readonly mandates: Pick<MandateAuthority, "ofAgent">
  readonly clock: Clock
  readonly alive: Pick<Alive, "shown">
}

const maxHistory = 100

/** The statements of what everybody can see; that somebody drafted or was rejected is theirs. */
const publicFacts: ReadonlySet<string> = new Set([
  "registration.approved",
  "registration.disabled",
  "registration.enabled",
  "registration.retired",
  "registration.transferred",
  "registration.proved",
])

/**
 * A registration as everybody sees it. INVARIANT: of the mandates of its agent nothing is in it but whether they hold the agent to a
 * conduct that its owner made public.
 *
 * @param isIn whether whoever looks was let in, and so sees every statement
 */
export function publicRegistration(
  { registrations, known, mandates, clock, alive }: Parts,
  registration: Approved,
  isIn: boolean,
): PublicRegistration {
  const { id, aic, content, approvedAt, changedAt, revision } = registration
  const { proofs, grade, ontology, mirror, agent } = registration
  const standing = standingOf(registration, known.isUsable(registration))
  const { conduct } = content
  const says = Object.values(conduct).some((effects) => effects.length > 0)
  const live = agent === null ? [] : mandates.ofAgent(agent).filter((each) => isLiveAt(each, clock.now()))
  return {
    id,
    name: content.name,
    title: content.title,
    version: content.version,
    aic,
    trial: isTrial(registration),
    standing,
    approvedAt,
    changedAt,
    revision,
    shown:
      standing === "usable"
        ? {
            content,
            proofs,
            grade,
            ontology,
            mirror,
            alive: livenessOf(alive.shown(registration)),
            faces: faceNames.filter((name) => faces[name].suits?.(content) !== false),
            isHeldTo: agent === null || !says || live.length === 0 ? null : keepsTo(conduct, live),
          }
        : null,
    history: registrations.statements(id, maxHistory).filter(({ fact }) => isIn || publicFacts.has(fact)),
  }
}

function livenessOf({ state, lastSeenAt, delayMs, version, mismatch }: AgentLiveness): PublicLiveness {
  return {
    state,
    lastSeenAt,
    delayMs,
    version: mismatch === null ? version : mismatch.running,
    isMismatched: mismatch !== null,
  }
}

function standingOf({ state }: Registration, isUsable: boolean): Standing {
  if (isUsable) return "usable"
  return state === "disabled" || state === "retired" ? state : "suspended"
}
