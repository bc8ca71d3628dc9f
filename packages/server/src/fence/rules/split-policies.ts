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
  // The three longest tokens that could hide a semicolon or a quote, then any other visible character.
  for (const token of source.matchAll(/"(?:[^"\\]|\\[^])*"?|\/\/[^\n\r]*|\S/g)) {
    if (token[0].startsWith("//")) continue
    start ??= token.index
    if (token[0] !== ";") continue
    policies.push(policyAt(source, start, token.index + 1))
    start = undefined
  }
  if (start !== undefined) policies.push(policyAt(source, start, source.length))
  return policies
}

function policyAt(source: string, start: number, end: number): PolicyText {
  return { text: source.slice(start, end), line: source.slice(0, start).split("\n").length }
}
