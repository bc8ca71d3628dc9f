import { Proposal } from "@hufu/core/contract/registration"
import { idSchema } from "@hufu/core/id"
import { RegistrationContent } from "@hufu/core/registration/registration-content"
import { Registration } from "@hufu/core/registration/registration"
import { z } from "zod"
import type { RecordKind } from "../authority/records.ts"

/** A registration as it is kept: with a change of it that is under way. */
export const RegistrationRecord = Registration.extend({
  owner: idSchema("person"),
  /** A change of what is approved; null while there is none. */
  proposal: RegistrationContent.nullable(),
  proposalState: Proposal.shape.state.nullable(),
  proposedAt: z.int().nonnegative().nullable(),
  /** Why it was rejected or disabled. */
  reason: z.string(),
  /** To whom it is offered. */
  offeredTo: idSchema("person").nullable(),
})
export type RegistrationRecord = z.infer<typeof RegistrationRecord>

/** Registrations are read from the disk when somebody asks: there may be a million of them. */
export const registrationKind: RecordKind<RegistrationRecord> = {
  kind: "registration",
  schema: RegistrationRecord,
  state: ({ state }) => state,
  at: ({ changedAt }) => changedAt,
  sealed: {
    members: ["aic", "ontology", "content", "proofs", "mirror", "proposal", "reason"],
    subject: ({ id }) => id,
    blank: undefined,
  },
}
