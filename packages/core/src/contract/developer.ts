import { z } from "zod"
import { idSchema } from "../id.ts"
import { isCreditCode } from "../identity/credit-code.ts"
import { OwnershipProof } from "../registration/developer.ts"
import { Country, lineOf } from "../registration/registration-text.ts"
import { PublicKey } from "./credential-about.ts"
import { Digest } from "./digest.ts"

const At = z.int().nonnegative()

/** A document that a developer sent, so that staff believes who they are. Its bytes stand in the vault. */
export const DeveloperDocument = z.object({
  /** SHA-256 of its bytes. */
  id: Digest,
  name: lineOf(200),
  mediaType: z.enum(["application/pdf", "image/png", "image/jpeg"]),
  bytes: z.int().positive(),
  state: z.enum(["pending", "accepted", "rejected"]),
  at: At,
  /** The reviewer's words. UNTRUSTED: show as text only. */
  reason: z.string().max(2000),
})
export type DeveloperDocument = z.infer<typeof DeveloperDocument>

/** Who answers for registrations: what they say of themselves, and what of it was verified, how, and until when. */
export const DeveloperRecord = z.object({
  id: idSchema("developer"),
  /** The owner of their registrations. */
  owner: idSchema("person"),
  state: z.enum(["live", "removed"]),
  kind: z.enum(["person", "organisation"]),
  /** UNTRUSTED: show as text only. */
  name: lineOf(200),
  country: Country.nullable(),
  /** Unified social credit code 统一社会信用代码 (GB 32100), its check character right. */
  creditCode: z.string().refine(isCreditCode).nullable(),
  /** The Ed25519 key by which they sign what they say of domains. */
  key: PublicKey.nullable(),
  /** At whose sign-in they are known, and by what. */
  account: z.object({ issuer: z.string().max(2000), subject: z.string().max(255) }).nullable(),
  createdAt: At,
  changedAt: At,
  proofs: z.array(OwnershipProof).max(64),
  documents: z.array(DeveloperDocument).max(8),
})
export type DeveloperRecord = z.infer<typeof DeveloperRecord>

/** The same, as it is shown: only what holds at this moment counts as verified. */
export const ShownDeveloper = DeveloperRecord.extend({
  /** What has run out, or runs out within 30 days: to be proved again. */
  due: z.array(OwnershipProof).max(64),
})
export type ShownDeveloper = z.infer<typeof ShownDeveloper>

export const SaidOfDeveloper = z.object({
  kind: z.enum(["person", "organisation"]),
  name: lineOf(200),
  country: Country.optional(),
  creditCode: z
    .string()
    .refine(isCreditCode, "give the 18 characters of the code, whose last one checks the others")
    .optional(),
  key: PublicKey.optional(),
})
export type SaidOfDeveloper = z.infer<typeof SaidOfDeveloper>

/** No document is longer than this. */
export const maxDocumentBytes = 700_000

/** What is to be signed of a domain, and where the line with the signature is to stand. */
export const DomainToProve = z.object({
  /** Its UTF-8 bytes are signed by the developer's key. */
  text: z.string(),
  /** The TXT record that may hold the line. */
  record: z.string(),
  /** The address at which a file may hold it. */
  file: z.string(),
  /** The line without its end, which is the signature: 64 bytes in Base64 (RFC 4648 §5, without padding). */
  line: z.string(),
  until: At,
})
