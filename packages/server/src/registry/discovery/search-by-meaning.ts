import type { Meaning } from "./meaning.ts"
import type { Ranked } from "./rank.ts"
import { search, type SearchAnswer, type SearchParts, type SearchQuery } from "./search.ts"

/** So many of the first by words are put in order by meaning too. */
const reordered = 40

export interface RankedByMeaning extends Ranked {
  /** 0 to 100; null where it was not asked for, or the service did not say. */
  readonly meaning: number | null
}

/** Searches by words, and puts the first of what was found in order by meaning as well, where a service for that is configured. */
export async function searchByMeaning(
  parts: SearchParts,
  query: SearchQuery,
  meaning: Meaning | undefined,
): Promise<Omit<SearchAnswer, "hits"> & { readonly hits: readonly RankedByMeaning[] }> {
  const { text, offset = 0, limit } = query
  if (meaning === undefined || text.trim() === "" || offset + limit > reordered) {
    const answer = search(parts, query)
    return { ...answer, hits: answer.hits.map((hit) => ({ ...hit, meaning: null })) }
  }
  const answer = search(parts, { ...query, offset: 0, limit: reordered })
  const near = await meaning(
    text,
    answer.hits.map(({ registration }) => registration),
  )
  const hits = answer.hits
    .map((hit, at) => ({ ...hit, meaning: near?.[at] ?? null }))
    // Asked again: meanwhile one may have been stopped.
    .filter(({ registration }) => parts.source.isUsable(registration.id))
  if (near !== undefined) hits.sort((one, other) => both(other) - both(one))
  return { ...answer, hits: hits.slice(offset, offset + limit) }
}

function both({ score, meaning }: RankedByMeaning): number {
  return score + (meaning ?? 0)
}
