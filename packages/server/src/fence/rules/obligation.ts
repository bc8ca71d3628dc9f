/**
 * What the door of a conversation has to do beside passing a message on: show the person the words of the rule (`rest`: take a
 * break; `reality`: this is no human; `dependence`: they may lean on it too much; `boundary`: it is nobody's relative or partner),
 * or end the conversation (`end`).
 */
export const obligations = ["reality", "rest", "dependence", "boundary", "end"] as const
export type Obligation = (typeof obligations)[number]

export function isObligation(word: string): word is Obligation {
  return (obligations as readonly string[]).includes(word)
}

/** One obligation, with the rule that sets it and its words. */
export interface Obliged {
  readonly obligation: Obligation
  readonly rule: string
  readonly en: string
  readonly zh: string
}
