import { type Effort, spend } from "@hufu/core/pattern/effort"

/** A longest run of characters that belong together. */
export interface Run {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** For every UTF-16 code unit below 128 whether it belongs to a run; none above does. */
export type Members = Uint8Array

/** The members that a string names, besides ASCII letters and digits. */
export function asciiMembers(others: string): Members {
  const members = new Uint8Array(128)
  for (let unit = 0; unit < 128; unit++)
    if (/[0-9A-Za-z]/.test(String.fromCharCode(unit)) || others.includes(String.fromCharCode(unit)))
      members[unit] = 1
  return members
}

/** Every run in order, at one step for each unit of the text; ends early when there is no effort left. */
export function* runsOf(text: string, members: Members, effort: Effort): Generator<Run> {
  let start = -1
  let paid = 0
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && members[text.charCodeAt(at)] === 1) {
      if (start < 0) start = at
      continue
    }
    if (start < 0) continue
    if (!spend(effort, at - paid)) return
    paid = at
    yield { text: text.slice(start, at), start, end: at }
    start = -1
  }
  spend(effort, text.length - paid)
}
