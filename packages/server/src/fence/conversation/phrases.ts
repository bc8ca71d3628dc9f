import { z } from "zod"

const Slot = z.string().regex(/^[A-Z]{1,20}$/)
const Phrase = z.string().min(1).max(100)
const roles = ["user", "agent", "persona"] as const

/**
 * Phrases that a pack looks for in messages. `{NAME}` in a phrase stands for each word of that slot; a `*` at the end of a phrase
 * lets its last word go on.
 */
export const Phrases = z.strictObject({
  slots: z.record(Slot, z.array(Phrase).min(1).max(200)).default({}),
  signals: z
    .record(
      z.string().regex(/^[a-z][a-z_]{0,39}$/),
      z.strictObject({
        /** In whose messages, or in how an agent is described. */
        in: z.enum(roles),
        /** A message that says this and nothing else. */
        whole: z.array(Phrase).max(500).default([]),
        /** A message that says this among other things. */
        within: z.array(Phrase).max(500).default([]),
        /** Longer phrases in which those of `within` mean something else. */
        except: z.array(Phrase).max(500).default([]),
      }),
    )
    .default({}),
})
export type Phrases = z.infer<typeof Phrases>
export type PhraseRole = (typeof roles)[number]

const slotForm = /\{([A-Z]{1,20})\}/
const mostFilled = 20_000

/** Every phrase that a phrase with slots stands for; throws where it names a slot that there is not, or stands for too many. */
export function filledPhrases(phrases: readonly string[], slots: Phrases["slots"]): string[] {
  const filled: string[] = []
  const open = phrases.toReversed()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [part, name] = slotForm.exec(next) ?? []
    if (part === undefined || name === undefined) filled.push(next)
    else {
      const words = slots[name]
      if (words === undefined) throw new RangeError(`the phrase \`${next}\` has a slot that there is not`)
      for (const word of words.toReversed()) open.push(next.replace(part, word))
    }
    if (filled.length + open.length > mostFilled)
      throw new RangeError(`keep to ${mostFilled} phrases: a slot stands for each of its words`)
  }
  return filled
}
