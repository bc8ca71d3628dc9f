import { z } from "zod"
import { idSchema, Name } from "../id.ts"

/** What an access token is good for, beside what the mandates of its agent say: to look and read, or to act. */
export const oauthScopes = ["tools:read", "tools:act"] as const
export const OauthScope = z.enum(oauthScopes)
export type OauthScope = z.infer<typeof OauthScope>

export function isOauthScope(text: string): text is OauthScope {
  return oauthScopes.some((each) => each === text)
}

export const ConsentRef = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)

/** A client that asks the person to be let in as an agent. UNTRUSTED: what it says of itself is shown as text only. */
export const ConsentRecord = z.object({
  id: ConsentRef,
  client: z.object({
    id: z.string(),
    name: z.string(),
    /** Where the person is sent back to. */
    returnsTo: z.string(),
    /** Whether what it says of itself stands at an https address of its own, or it said so itself. */
    known: z.enum(["document", "registration"]),
  }),
  /** Which tool server it wants; null for all of them. */
  server: Name.nullable(),
  scopes: z.array(OauthScope),
  /** Which agent it is already; null for a client that is not let in. */
  agent: idSchema("agent").nullable(),
  /** A name that is free. */
  suggested: Name,
  expiresAt: z.int().nonnegative(),
})
export type ConsentRecord = z.infer<typeof ConsentRecord>

/** Where the browser goes on; it has to be the one in which the client began. */
export const ConsentEnd = z.object({ continue: z.string() })

export const AllowConsent = z
  .strictObject({
    consent: ConsentRef,
    /** An agent that is there, by id or name. */
    agent: z.string().min(1).max(80).optional(),
    /** The name of a new one. */
    name: Name.optional(),
    days: z.coerce.number().int().min(1).max(365).default(90),
  })
  .refine(
    ({ agent, name }) => (agent === undefined) !== (name === undefined),
    "give either `agent` or `name`",
  )

export const RegisterClient = z.object({
  agent: z.string().min(1).max(80),
  scopes: z.array(OauthScope).min(1).max(2).default(["tools:read"]),
  days: z.coerce.number().int().min(1).max(3650).default(90),
})
