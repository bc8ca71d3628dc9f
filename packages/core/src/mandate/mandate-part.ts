import { z } from "zod"
import { MandateDraft } from "./mandate.ts"

const { words, grants, never, userOnly, otherwise, budget, from, until } = MandateDraft.shape

/** Which part of a mandate is passed on: what is not said is as in the mandate; what it forbids or reserves for the person goes along always. */
export const MandatePart = z.strictObject({
  /** What the agent that passes it on says of it: shown, never counted as the principal's words. */
  words: words.default(""),
  grants: grants.unwrap().optional(),
  /** In addition to what the mandate says. */
  never: never.unwrap().optional(),
  userOnly: userOnly.unwrap().optional(),
  otherwise: otherwise.unwrap().optional(),
  budget,
  from,
  until: until.optional(),
})
export type MandatePart = z.infer<typeof MandatePart>

/** The draft that a part of a mandate is, for a task of the agent that receives it. */
export function draftOfPart(outer: MandateDraft, part: MandatePart, task: string): MandateDraft {
  const { words, grants, otherwise, until } = part
  const budget = part.budget ?? outer.budget
  const from = part.from ?? outer.from
  return {
    task,
    words,
    grants: grants ?? outer.grants,
    never: [...outer.never, ...(part.never ?? [])],
    userOnly: [...outer.userOnly, ...(part.userOnly ?? [])],
    otherwise: otherwise ?? outer.otherwise,
    until: until ?? outer.until,
    ...(budget === undefined ? {} : { budget }),
    ...(from === undefined ? {} : { from }),
  }
}
