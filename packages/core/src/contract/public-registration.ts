import { z } from "zod"
import { idSchema } from "../id.ts"
import { Grade } from "../registration/certification.ts"
import { OwnershipProof } from "../registration/developer.ts"
import { faceNames } from "../registration/faces/face-path.ts"
import { RegistrationContent } from "../registration/registration-content.ts"
import { AgentLiveness } from "./alive.ts"
import { LostInput } from "./registration.ts"

const At = z.int().nonnegative()

/** Whether others may use an agent, and if not, why: it was stopped for now, it is shown to nobody, or it is out of service for good. */
export const Standing = z.enum(["usable", "suspended", "disabled", "retired"])
export type Standing = z.infer<typeof Standing>

/** What everybody may know of how an agent runs: whether it is heard of, and whether that is what was registered. */
export const PublicLiveness = AgentLiveness.pick({
  state: true,
  lastSeenAt: true,
  delayMs: true,
  version: true,
}).extend({
  /** What was seen running is not what is registered: its certificates are on hold. */
  isMismatched: z.boolean(),
})
export type PublicLiveness = z.infer<typeof PublicLiveness>

/** One statement about a registration, and where it stands in the ledger. */
export const RegistrationStatement = z.object({ index: z.int().nonnegative(), fact: z.string(), at: At })
export type RegistrationStatement = z.infer<typeof RegistrationStatement>

/**
 * A registration as everybody sees it who reaches the node. Of one that may not be used nothing is left that would lead anybody to the
 * agent: what it was called, its code, and that it is out of service. UNTRUSTED: name, title and content are somebody's words.
 */
export const PublicRegistration = z.object({
  id: idSchema("registration"),
  name: z.string(),
  title: z.string(),
  version: z.string(),
  aic: z.string().nullable(),
  /** Whether its code is a trial code: no registration centre gave this registrar a number. */
  trial: z.boolean(),
  standing: Standing,
  approvedAt: At,
  changedAt: At,
  revision: z.int().nonnegative(),
  shown: z
    .object({
      content: RegistrationContent,
      proofs: z.array(OwnershipProof),
      grade: Grade.nullable(),
      ontology: z.string().nullable(),
      /** Where the record came from, when another registry keeps it. */
      mirror: z.object({ registry: z.string(), id: z.string(), at: At }).nullable(),
      /** By the agent's own signs of life. Silence says nothing: nobody has to give any. */
      alive: PublicLiveness,
      /** The forms in which it is served. */
      faces: z.array(z.enum(faceNames)),
      /** Whether the mandates of its agent hold it to what is said of its conduct; null where nothing here can tell. */
      isHeldTo: z.boolean().nullable(),
    })
    .nullable(),
  /** Its statements, the latest first: to a stranger those of what everybody can see. */
  history: z.array(RegistrationStatement),
})
export type PublicRegistration = z.infer<typeof PublicRegistration>

/** What a form does not say of a registration. */
export const FaceLosses = z.object({ mediaType: z.string(), lost: z.array(LostInput) })
