import { z } from "zod"
import { idSchema } from "../id.ts"
import { AicText } from "../identity/aic.ts"
import { Grade } from "./certification.ts"
import { OwnershipProof } from "./developer.ts"
import { RegistrationContent } from "./registration-content.ts"
import { lineOf, WebUrl } from "./registration-text.ts"

const At = z.int().nonnegative()

export const registrationStates = ["draft", "pending", "approved", "rejected", "disabled", "retired"] as const
export const RegistrationState = z.enum(registrationStates)
export type RegistrationState = z.infer<typeof RegistrationState>

/** Where a record came from that another registry keeps. */
const Mirror = z.strictObject({ registry: WebUrl, id: lineOf(200), at: At })

/**
 * 登记: what a registry knows of one agent: what its developer says, and beside it what the registry itself gives, found and decided.
 */
export const Registration = z.strictObject({
  id: idSchema("registration"),
  state: RegistrationState,
  /** Issued by the registrar when it is first approved, and never changed. */
  aic: AicText.nullable(),
  /** Of an entity: the code of its ontology. */
  ontology: AicText.nullable(),
  /** The agent that acts at this node's own doors, if it is one of them. */
  agent: idSchema("agent").nullable(),
  /** Who claimed its name; null for a mirror, whose name was claimed elsewhere. */
  owner: idSchema("person").nullable(),
  /** How many times it was changed. */
  revision: z.int().nonnegative(),
  createdAt: At,
  changedAt: At,
  /** When its content was approved; null while none was. */
  approvedAt: At.nullable(),
  content: RegistrationContent,
  /** What was verified of its developer, its name and its keys, and how. */
  proofs: z.array(OwnershipProof).max(64),
  grade: Grade.nullable(),
  mirror: Mirror.nullable(),
})
export type Registration = z.infer<typeof Registration>
