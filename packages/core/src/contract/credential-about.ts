import { z } from "zod"
import { signatureAgentTypes } from "../identity/web-bot-auth.ts"

/** A public key of Ed25519: its 32 bytes in Base64 (RFC 4648 §5, without padding). */
export const PublicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/** A key by which an agent signs its requests (RFC 9421, Web Bot Auth). */
export const AboutKey = z.object({
  is: z.literal("key"),
  /** Where the agent says that it publishes its keys; with the thumbprint it is what identifies. UNTRUSTED: show as text only. */
  url: z.string().max(2000),
  /** JWK SHA-256 thumbprint (RFC 7638). */
  thumbprint: PublicKey,
  publicKey: PublicKey,
})

/** A client that comes with access tokens of this node's authorisation server (OAuth 2.1). */
export const AboutClient = z.object({
  is: z.literal("client"),
  client: z.string().max(2000),
  /** What it calls itself. UNTRUSTED: show as text only. */
  name: z.string().max(200),
  /** Whether the person let it in on its asking, or made it; the one never gets tokens as the other does. */
  by: z.enum(["consent", "person"]),
})

/** What a credential is that is no secret. */
export const CredentialAbout = z.discriminatedUnion("is", [AboutKey, AboutClient])
export type CredentialAbout = z.infer<typeof CredentialAbout>

const key = {
  agent: z.string().min(1).max(80),
  /** The agent's Ed25519 key. */
  key: PublicKey,
  /** What the agent sends as `Signature-Agent`. */
  url: z.url({ protocol: /^https$/ }).max(2000),
  type: z.enum(signatureAgentTypes).default("directory"),
}

export const ChallengeKey = z.object(key)

/** What the agent's key has to sign before it counts. */
export const KeyChallenge = z.object({
  challenge: z.string(),
  /** Its UTF-8 bytes are signed. */
  text: z.string(),
  expiresAt: z.int().nonnegative(),
})

export const ProveKey = z.object({
  ...key,
  challenge: z.string().max(200),
  /** Ed25519 over the text of the challenge, 64 bytes in Base64 (RFC 4648 §5, without padding). */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
  days: z.coerce.number().int().min(1).max(3650).default(90),
})
