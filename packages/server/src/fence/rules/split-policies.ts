/** One policy of a source text, as it was written, and where it begins. */
export interface PolicyText {
  readonly text: string
  /** Counted from 1. */
  readonly line: number
}

/**
 * Cuts a Cedar source into its policies: each ends with a semicolon outside strings and comments. Text after the
 * last one is a policy without its semicolon, which Cedar's parser then refuses.
 */
export function splitPolicies(source: string): PolicyText[] {
  const policies: PolicyText[] = []
  let start: number | undefined
  /** Lines are counted on from one policy to the next, so that a long source is read once. */
  let [counted, line] = [0, 1]
  const add = (begin: number, end: number) => {
    line += source.slice(counted, begin).split("\n").length - 1
    counted = begin
    policies.push({ text: source.slice(begin, end), line })
  }
  // The three longest tokens that could hide a semicolon or a quote, then any other visible character.
  for (const token of source.matchAll(/"(?:[^"\\]|\\[^])*"?|\/\/[^\n\r]*|\S/g)) {
    if (token[0].startsWith("//")) continue
    start ??= token.index
    if (token[0] !== ";") continue
    add(start, token.index + 1)
    start = undefined
  }
  if (start !== undefined) add(start, source.length)
  return policies
}
