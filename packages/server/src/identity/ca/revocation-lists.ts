import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import { signRevocationList } from "../x509/revocation-list.ts"
import type { Authorities, Authority } from "./authorities.ts"
import { type Certificates, codeOf } from "./certificates.ts"
import type { Holders } from "./holders.ts"
import { serialHex, serialOf } from "./serial-number.ts"

/** A list as it is handed out. */
export interface RevocationList {
  readonly authority: string
  readonly number: number
  readonly from: number
  readonly next: number
  readonly der: Uint8Array
  readonly revoked: readonly { readonly serial: string; readonly at: number; readonly reason: number }[]
}

export interface RevocationLists {
  /** What an authority revoked, as it stands at this moment; of the one that issues now by default. Throws Failure("not_found"). */
  current(authority?: string): RevocationList
}

/** How long a list is good, and how long one that nothing changed is handed out again. */
const validMs = 24 * 3_600_000
const freshMs = 3_600_000

export function revocationLists({
  clock,
  authorities,
  certificates,
  holders,
}: {
  clock: Clock
  authorities: Authorities
  certificates: Certificates
  holders: Holders
}): RevocationLists {
  const made = new Map<string, { readonly of: string; readonly list: RevocationList }>()

  function make(authority: Authority, now: number): RevocationList {
    const revoked =
      authority.role === "root" ? revokedUnder(authorities, authority) : certificates.revokedBy(authority)
    const before = made.get(authority.id)?.list
    // INVARIANT: a later list has a higher number, also within one millisecond.
    const number = Math.max(now, (before?.number ?? 0) + 1)
    const from = Math.floor(now / 1000) * 1000
    const [next, signer] = [from + validMs, authority.signer()]
    const der = signRevocationList({ issuer: authority.subject, number, from, next, revoked }, signer)
    const shown = revoked.map(({ serial, at, reason }) => ({ serial: serialHex(serial), at, reason }))
    return { authority: authority.id, number, from, next, der, revoked: shown }
  }

  return {
    current(id) {
      const authority = id === undefined ? authorities.active("intermediate") : authorities.find(id)
      if (authority === undefined)
        throw new Failure("not_found", "there is no such authority: `hufu ca show` lists those there are")
      const out = [...holders.outOfService()].map(
        (each) => `${each.id} ${each.stateChangedAt} ${each.mismatchedAt}`,
      )
      const of = `${authorities.revision} ${certificates.revision} ${out.join()}`
      const now = clock.now()
      const known = made.get(authority.id)
      if (known?.of === of && now - known.list.from < freshMs && now >= known.list.from) return known.list
      const list = make(authority, now)
      made.set(authority.id, { of, list })
      return list
    },
  }
}

/** The intermediates of a root that hold no more. */
function revokedUnder(authorities: Authorities, root: Authority) {
  return authorities
    .all()
    .filter((each) => each.parent === root.id && each.id !== root.id && each.state === "revoked")
    .map(({ id, changedAt: at }) => ({ serial: serialOf(id), at, reason: codeOf("ca-compromise") }))
}
