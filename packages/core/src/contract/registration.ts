import { z } from "zod"
import { idSchema } from "../id.ts"
import { faceNames } from "../registration/faces/face-path.ts"
import { RegistrationContent } from "../registration/registration-content.ts"
import { Registration, RegistrationState } from "../registration/registration.ts"

/** A registration, as it may be asked for: by its id, its name or the agent's code. */
export const RegistrationRef = z.string().min(1).max(200)
export const FaceNameInput = z.enum(faceNames)

/** A change of what is approved, until it is approved itself. */
export const Proposal = z.object({
  state: z.enum(["draft", "pending", "rejected"]),
  content: RegistrationContent,
  at: z.int().nonnegative(),
})
export type Proposal = z.infer<typeof Proposal>

/** What a reviewer is told of. It decides nothing. */
export const ReviewFlag = z.object({
  kind: z.enum(["name-looks-like", "title-looks-like", "mixed-scripts"]),
  /** The other registration. */
  of: idSchema("registration").nullable(),
  /** What the other is called. UNTRUSTED: show as text only. */
  name: z.string().nullable(),
})
export type ReviewFlag = z.infer<typeof ReviewFlag>

/** A registration with what follows from it and what is under way. */
export const ShownRegistration = z.object({
  registration: Registration,
  /** Approved, and its agent neither suspended nor out of service: others may use it. */
  usable: z.boolean(),
  /** Whether its code is a trial code: no registration centre gave this registrar a number. */
  trial: z.boolean(),
  proposal: Proposal.nullable(),
  /** Why it was rejected or disabled, in the reviewer's words. UNTRUSTED: show as text only. */
  reason: z.string(),
  /** To whom its owner offers it. */
  offeredTo: idSchema("person").nullable(),
  flags: z.array(ReviewFlag),
  /** Of what waits for review, else of what is registered: sent back with an approval, so that nothing else is approved. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})
export type ShownRegistration = z.infer<typeof ShownRegistration>

/** One line of a list. */
export const ListedRegistration = z.object({
  id: idSchema("registration"),
  /** UNTRUSTED: name and title are somebody's words. */
  name: z.string(),
  title: z.string(),
  version: z.string(),
  state: RegistrationState,
  usable: z.boolean(),
  /** Whether a change of it waits for review. */
  pending: z.boolean(),
  aic: z.string().nullable(),
  /** Who claimed its name. */
  owner: idSchema("person"),
  changedAt: z.int().nonnegative(),
})
export type ListedRegistration = z.infer<typeof ListedRegistration>

export const LostInput = z.object({ path: z.string(), why: z.enum(["no-place", "changed"]) })

/** Another form of a registration, and what of it that form does not say. */
export const ExportedFace = z.object({
  face: z.record(z.string(), z.json()),
  mediaType: z.string(),
  lost: z.array(LostInput),
})
/** A draft out of another form. UNTRUSTED: all of it is what somebody says. */
export const ImportedDraft = z.object({
  draft: z.record(z.string(), z.json()),
  missing: z.array(z.string()),
  lost: z.array(LostInput),
})
