import { isTrialCode, parseAic } from "@hufu/core/identity/aic"
import type { Registration } from "@hufu/core/registration/registration"
import type { RegistrationRecord } from "./registration-record.ts"

/** Whether its code is one that no registration centre stands behind. */
export function isTrial({ aic }: Pick<Registration, "aic">): boolean {
  const code = aic === null ? undefined : parseAic(aic)
  return code !== undefined && isTrialCode(code)
}

/** What a registry shows of a registration, without what is under way. */
export function registrationOf(record: RegistrationRecord): Registration {
  const {
    proposal: _,
    proposalState: _1,
    proposedAt: _2,
    reason: _3,
    offeredTo: _4,
    ...registration
  } = record
  return registration
}

/** What has run out counts no more, whether or not that is written down yet. */
export function withLiveProofs(registration: Registration, now: number): Registration {
  const proofs = registration.proofs.filter(({ until }) => until === null || until > now)
  return proofs.length === registration.proofs.length ? registration : { ...registration, proofs }
}
