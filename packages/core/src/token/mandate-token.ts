import { z } from "zod"
import { Mandate } from "../mandate/mandate.ts"
import { Ed25519Jwk } from "./ed25519-jwk.ts"

/**
 * The adapter of one revision of draft-niyikiza-oauth-attenuating-agent-tokens: its chain of tokens (who signs what, depth, expiry,
 * commitment to the parent, proof of possession) around a mandate, in place of the draft's own constraints on arguments.
 */
export const tokenRevision = "draft-niyikiza-oauth-attenuating-agent-tokens-01"

export const tokenType = "hufu-mandate+jwt"
/** The proof of possession that goes with one call. */
export const proofType = "hufu-mandate-pop+jwt"

/** The draft's bounds, and as many links as a chain of mandates has. */
export const tokenBounds = {
  tokenBytes: 64 * 1024,
  chainBytes: 256 * 1024,
  links: 8,
  skewSeconds: 30,
  /** No token of any link is good for longer. */
  lifetimeSeconds: 3600,
} as const

const Seconds = z.int().min(0).max(8_640_000_000_000)
const Digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/** Where a status list says whether a token still holds (draft-ietf-oauth-status-list). */
export const StatusReference = z.strictObject({
  status_list: z.strictObject({
    uri: z.url({ protocol: /^https?$/ }).max(2000),
    idx: z
      .int()
      .min(0)
      .max(2 ** 24),
  }),
})

/** What one link of a chain says. */
export const MandateClaims = z.strictObject({
  jti: z.string().min(1).max(100),
  /** The node's issuer at the root; then the key of whoever passed it on. */
  iss: z.string().min(1).max(500),
  /** The principal: the same in every link. */
  sub: z.string().min(1).max(100),
  iat: Seconds,
  exp: Seconds,
  cnf: z.strictObject({ jwk: Ed25519Jwk }),
  del_depth: z
    .int()
    .min(0)
    .max(tokenBounds.links - 1),
  del_max_depth: z
    .int()
    .min(0)
    .max(tokenBounds.links - 1),
  /** SHA-256 of what was signed of the parent. */
  par_hash: Digest.optional(),
  status: StatusReference.optional(),
  authorization_details: z.tuple([
    z.strictObject({ type: z.literal("urn:hufu:mandate:1"), mandate: Mandate }),
  ]),
})
export type MandateClaims = z.infer<typeof MandateClaims>

/** Signed by the holder's key for one call. */
export const ProofClaims = z.strictObject({
  jti: z.string().min(16).max(100),
  iat: Seconds,
  /** Digest of the leaf token. */
  aat_id: Digest,
  /** The tool, as `server/tool`. */
  aat_tool: z.string().min(1).max(200),
  aat_aud: z.string().min(1).max(500),
  hta: z.record(z.string(), z.json()),
})
export type ProofClaims = z.infer<typeof ProofClaims>
