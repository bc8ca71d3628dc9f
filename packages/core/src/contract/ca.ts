import { z } from "zod"
import { KeySuite } from "../identity/key-suite.ts"
import { idSchema } from "../id.ts"
import { Digest } from "./digest.ts"

const At = z.int().nonnegative()

/** Why a certificate holds no more (RFC 5280 §5.3.1), in the order of their codes. */
export const revocationReasons = [
  "unspecified",
  "key-compromise",
  "ca-compromise",
  "affiliation-changed",
  "superseded",
  "cessation-of-operation",
] as const
export const RevocationReason = z.enum(revocationReasons)
export type RevocationReason = z.infer<typeof RevocationReason>

/** The ways in which an authority's key gives way to the next. */
export const RotationReason = z.enum(["superseded", "ca-compromise"])
export type RotationReason = z.infer<typeof RotationReason>

export const AuthorityRole = z.enum(["root", "intermediate"])
export type AuthorityRole = z.infer<typeof AuthorityRole>

/** A key that signs certificates, with the certificate of its own. */
export const AuthorityRecord = z.object({
  id: idSchema("authority"),
  role: AuthorityRole,
  /** The root that signed it; itself for a root. */
  parent: idSchema("authority"),
  name: z.string(),
  suite: KeySuite,
  /** `retired`: it signs lists and answers about what it issued, and no certificate; `revoked`: nothing that it issued holds. */
  state: z.enum(["active", "retired", "revoked"]),
  from: At,
  until: At,
  createdAt: At,
  changedAt: At,
})
export type AuthorityRecord = z.infer<typeof AuthorityRecord>

/** The same, as it is shown. */
export const ShownAuthority = AuthorityRecord.extend({
  /** SHA-256 of its certificate. */
  fingerprint: Digest,
  /** Whether its key is at hand: without it, it can only be replaced. */
  hasKey: z.boolean(),
  pem: z.string(),
  /** The same key, signed by the root before it. */
  crossPem: z.string().nullable(),
})
export type ShownAuthority = z.infer<typeof ShownAuthority>

/** What a certificate is for: an agent that calls, one that is called, the node's answers about certificates, its door. */
export const CertificateUsage = z.enum(["client", "server", "ocsp", "door"])
export type CertificateUsage = z.infer<typeof CertificateUsage>

export const CertificateRecord = z.object({
  id: idSchema("certificate"),
  serial: z.string().regex(/^[0-9a-f]{2,40}$/),
  /** The agent that it names; `node` for the node's own. */
  holder: z.string(),
  /** The version of the agent for which it was issued; with another it holds no more. */
  version: z.string().nullable(),
  issuer: idSchema("authority"),
  /** The ACME account that asked for it; null where a person did. */
  account: idSchema("account").nullable(),
  usage: CertificateUsage,
  suite: KeySuite,
  from: At,
  until: At,
  /** SHA-256 of the certificate. */
  fingerprint: Digest,
  state: z.enum(["issued", "revoked"]),
  revokedAt: At.nullable(),
  reason: RevocationReason.nullable(),
  createdAt: At,
})
export type CertificateRecord = z.infer<typeof CertificateRecord>

/** A certificate as it is shown: what it is at this moment, with why. */
export const ShownCertificate = CertificateRecord.extend({
  /** Null once it was erased with its agent. */
  aic: z.string().nullable(),
  status: z.enum(["good", "on-hold", "revoked", "expired"]),
})
export type ShownCertificate = z.infer<typeof ShownCertificate>

/** One use of this opens an account with the authority, for one agent. Shown once. */
export const AccountBinding = z.object({
  keyId: idSchema("binding"),
  macKey: z.string(),
  aic: z.string(),
  directory: z.string(),
  expiresAt: At,
})
export type AccountBinding = z.infer<typeof AccountBinding>

export const CaReport = z.object({
  /** Under which address others reach the authority; it stands in certificates. */
  url: z.string(),
  authorities: z.array(ShownAuthority),
  accounts: z.int(),
  revoked: z.int(),
})
export type CaReport = z.infer<typeof CaReport>
