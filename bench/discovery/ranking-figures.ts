/** Of one question: which agents answer it, from 1 (helps in part) to 3 (exactly what was asked). */
export type Relevant = ReadonlyMap<string, number>

const depth = 10

/** How many of those that answer well (2 or 3) are among the first ten, of so many as there can be; undefined where none answers. */
export function recallAt10(ranked: readonly string[], relevant: Relevant): number | undefined {
  const good = new Set([...relevant].flatMap(([name, grade]) => (grade >= 2 ? [name] : [])))
  if (good.size === 0) return undefined
  return ranked.slice(0, depth).filter((name) => good.has(name)).length / Math.min(depth, good.size)
}

/** How near the order of the first ten is to the best one (gain 2^grade − 1, discount log2(rank + 1)); undefined where none answers. */
export function ndcgAt10(ranked: readonly string[], relevant: Relevant): number | undefined {
  const best = gainOf([...relevant.values()].toSorted((one, other) => other - one))
  return best === 0 ? undefined : gainOf(ranked.map((name) => relevant.get(name) ?? 0)) / best
}

function gainOf(grades: readonly number[]): number {
  return grades.slice(0, depth).reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0)
}

export function mean(values: readonly (number | undefined)[]): number {
  const known = values.filter((each) => each !== undefined)
  return known.length === 0 ? 0 : known.reduce((sum, each) => sum + each, 0) / known.length
}
