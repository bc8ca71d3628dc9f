import type { Language } from "@hufu/core/words"

export type FindingState = "ok" | "warn" | "fail"

/** One thing that was looked at: how it is, in one sentence, and the command or act that mends it. */
export interface Finding {
  readonly check: string
  readonly state: FindingState
  readonly en: string
  readonly zh: string
  readonly do?: Readonly<Record<Language, string>>
}

type Sentence = Readonly<Record<Language, string>>

export function fine(check: string, says: Sentence): Finding {
  return { check, state: "ok", ...says }
}

/** Something to know or to mend; nothing is broken. */
export function warning(check: string, says: Sentence, what?: Sentence): Finding {
  return { check, state: "warn", ...says, ...(what ? { do: what } : {}) }
}

export function fault(check: string, says: Sentence, what: Sentence): Finding {
  return { check, state: "fail", ...says, do: what }
}

/** A command is the same in both languages. */
export function both(text: string): Sentence {
  return { en: text, zh: text }
}
