import { z } from "zod"
import { idSchema } from "../id.ts"

/** What a browser's authenticator answers, as `PublicKeyCredential.toJSON()` writes it. UNTRUSTED until it is verified. */

const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/)
const CredentialKey = Base64Url.max(1400)
const clientDataJSON = Base64Url.max(8000)
const extensions = z.record(z.string().max(64), z.json()).default({})

/** Ways to reach an authenticator; a word that is not known yet is no reason to refuse it. */
export const Transports = z.array(z.string().regex(/^[a-z-]{1,32}$/)).max(8)

/** A passkey as it was just made. */
export const RegistrationAnswer = z.object({
  id: CredentialKey,
  rawId: CredentialKey,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON,
    attestationObject: Base64Url.max(64_000),
    transports: Transports.optional(),
  }),
  clientExtensionResults: extensions,
})
export type RegistrationAnswer = z.infer<typeof RegistrationAnswer>

/** A challenge, signed with a passkey. */
export const AssertionAnswer = z.object({
  id: CredentialKey,
  rawId: CredentialKey,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON,
    authenticatorData: Base64Url.max(8000),
    signature: Base64Url.max(4000),
    userHandle: Base64Url.max(200).optional(),
  }),
  clientExtensionResults: extensions,
})
export type AssertionAnswer = z.infer<typeof AssertionAnswer>

/** Exactly what a person decides about one waiting action: the input of `hold.approve`. */
export const HoldChoice = z.object({
  hold: idSchema("hold"),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  for: z.enum(["once", "task", "until"]).default("once"),
  until: z.coerce.number().int().optional(),
  arguments: z.record(z.string(), z.json()).optional(),
  /** With `until`: what Hufu proposed is allowed, as it was shown; the digest of the proposal. */
  proposed: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
export type HoldChoice = z.infer<typeof HoldChoice>

const At = z.int().nonnegative()

/** A passkey of the person; its keys are not shown. */
export const PasskeyRecord = z.object({
  id: idSchema("passkey"),
  name: z.string().max(80),
  /** Whether it is kept on one device, or synchronised between several. */
  synced: z.boolean(),
  createdAt: At,
  usedAt: At.nullable(),
})
export type PasskeyRecord = z.infer<typeof PasskeyRecord>

/** A browser that was let in by a sign-in link or a passkey: it may look and narrow, as this computer may. */
export const BrowserRecord = z.object({
  id: idSchema("browser"),
  /** The only origin at which its token is worth something. */
  origin: z.string().max(300),
  createdAt: At,
  usedAt: At,
  expiresAt: At,
})
export type BrowserRecord = z.infer<typeof BrowserRecord>
