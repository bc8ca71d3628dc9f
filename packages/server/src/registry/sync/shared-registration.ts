import { AicText } from "@hufu/core/identity/aic"
import { OwnershipProof } from "@hufu/core/registration/developer"
import { RegistrationContent } from "@hufu/core/registration/registration-content"
import { Registration } from "@hufu/core/registration/registration"
import { z } from "zod"

const Base64 = z
  .string()
  .max(32 * 1024)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/)
/** One entry of a ledger, and its way to the root of the tree. */
const Proven = z.strictObject({
  index: z.int().nonnegative(),
  entry: Base64,
  path: z.array(Base64.max(44)).max(63),
})
export type Proven = z.infer<typeof Proven>

/** What was verified is 64 proofs at most, each with a value of 300 letters. */
const maxOpenedChars = 32 * 1024
const Opened = Proven.extend({ salt: Base64.max(64), value: z.string().max(maxOpenedChars) })
export type Opened = z.infer<typeof Opened>

/** What a registry shows another of one registration, with the entries of its ledger that say so. UNTRUSTED. */
export const SharedRegistration = z.strictObject({
  /** Whether its agent may be used at this moment. */
  usable: z.boolean(),
  /** The statement that says whether it may be used. */
  log: Proven,
  /** The statement that approved it, and what opens that statement's commitment; null once it was erased. */
  approval: Opened.nullable(),
  /** The last statement that says what of it is verified, where that is later than its approval. */
  proved: Opened.optional(),
  /** While it may be used: what it says. */
  shown: z
    .strictObject({
      ontology: AicText.nullable(),
      revision: z.int().nonnegative(),
      createdAt: z.int().nonnegative(),
      changedAt: z.int().nonnegative(),
      approvedAt: z.int().nonnegative(),
      grade: Registration.shape.grade,
      content: RegistrationContent,
    })
    .nullable(),
})
export type SharedRegistration = z.infer<typeof SharedRegistration>

/** The state of a ledger, and that it goes on from the one that the reader has verified before. UNTRUSTED. */
export const SharedCheckpoint = z.strictObject({
  note: z.string().max(64 * 1024),
  vkey: z.string().max(2048),
  from: z.int().nonnegative(),
  consistency: z.array(Base64.max(44)).max(63),
})
export type SharedCheckpoint = z.infer<typeof SharedCheckpoint>

/** What is verified of a registration, as a statement of its own commits to it. */
export const ProvedContent = z.object({ proofs: z.array(OwnershipProof).max(64) })

/** What the statement of an approval commits to. */
export const ApprovedContent = ProvedContent.partial().extend({
  aic: AicText,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})
