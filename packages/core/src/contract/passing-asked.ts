import { z } from "zod"
import { idSchema } from "../id.ts"

const Said = z.object({ en: z.string(), zh: z.string() })

/** What an agent wants to pass on that is more than its mandate lets it. */
export const PassingAsked = z.object({
  mandate: idSchema("mandate"),
  /** The agent that would receive it, for a task of its own. */
  to: idSchema("agent"),
  toName: z.string(),
  task: idSchema("task"),
  /** How it is more, field by field. */
  differences: z.array(Said),
  /** All that the receiving agent could then do, a sentence each. */
  says: z.object({ en: z.array(z.string()), zh: z.array(z.string()) }),
})
export type PassingAsked = z.infer<typeof PassingAsked>

/** As it is shown: also what came of it. */
export const PassingRecord = PassingAsked.extend({
  /** The mandate that was made; null while none is. */
  made: idSchema("mandate").nullable(),
})
export type PassingRecord = z.infer<typeof PassingRecord>
