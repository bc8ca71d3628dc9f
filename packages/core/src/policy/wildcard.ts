/** One part of a `like` pattern as Cedar's JSON writes it. */
export type PatternPart = "Wildcard" | { readonly Literal: string }

/**
 * A test for a `like` pattern. Each literal run is searched for once, leftmost first, so the cost is bounded by
 * text length times pattern length whatever the text: there is no backtracking for an attacker to provoke.
 */
export function wildcardTest(pattern: readonly PatternPart[]): (text: string) => boolean {
  const runs = literalRuns(pattern)
  const first = runs[0] ?? ""
  if (runs.length === 1) return (text) => text === first
  const last = runs.at(-1) ?? ""
  const middle = runs.slice(1, -1).filter((run) => run !== "")
  return (text) => {
    if (text.length < first.length + last.length) return false
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    return inOrder(text.slice(first.length, text.length - last.length), middle)
  }
}

/** The literal texts between the wildcards: always one more than there are wildcards. */
function literalRuns(pattern: readonly PatternPart[]): string[] {
  const runs = [""]
  for (const part of pattern) {
    if (part === "Wildcard") runs.push("")
    else runs.push((runs.pop() ?? "") + part.Literal)
  }
  return runs
}

function inOrder(text: string, runs: readonly string[]): boolean {
  let from = 0
  for (const run of runs) {
    const at = text.indexOf(run, from)
    if (at < 0) return false
    from = at + run.length
  }
  return true
}
