import { hash } from "node:crypto"
import { toPem } from "../x509/pem.ts"
import type { Clock } from "../../clock.ts"
import type { Authorities } from "./authorities.ts"

export interface TrustBundle {
  readonly pem: string
  readonly etag: string
  readonly changedAt: number
}

/** The roots that are to be trusted: the one in use, and those before it until they run out, unless one was given up. */
export function trustBundle(authorities: Authorities, clock: Clock): TrustBundle {
  authorities.active("root")
  const now = clock.now()
  const roots = authorities
    .all()
    .filter(({ role, state, until }) => role === "root" && state !== "revoked" && until > now)
    // The one in use first.
    .toSorted((a, b) => (a.state === b.state ? (a.id < b.id ? 1 : -1) : a.state === "active" ? -1 : 1))
  const pem = roots.map(({ certificate }) => toPem("CERTIFICATE", certificate)).join("")
  const changedAt = Math.max(...authorities.all().map((each) => each.changedAt))
  return { pem, etag: `"${hash("sha256", pem, "hex")}"`, changedAt }
}
