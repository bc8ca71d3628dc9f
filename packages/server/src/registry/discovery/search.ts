import type { JsonObject } from "@hufu/core/json/json-value"
import { acs } from "@hufu/core/registration/faces/acs"
import type { Registration } from "@hufu/core/registration/registration"
import { type AcsFilter, matchesFilter } from "./acs-filter.ts"
import { requiredKeys } from "./acs-keys.ts"
import { type FacetCounts, type FacetFilter, facetTest, facetWord } from "./facet-word.ts"
import { areDecidedByFacets, facetsDecide } from "./facets-decide.ts"
import { rank, type Ranked, type WeighedWords } from "./rank.ts"
import type { RegistrationSource } from "./registration-source.ts"
import type { SearchIndex } from "./search-index.ts"
import { queryWords } from "./search-words.ts"

export interface SearchParts {
  readonly index: SearchIndex
  readonly source: RegistrationSource
}

export interface SearchQuery {
  /** UNTRUSTED words of somebody; bounded by whoever takes them. */
  readonly text: string
  readonly facets?: FacetFilter
  /** Of ADP: over the fields of ACS. */
  readonly filter?: AcsFilter | undefined
  /** Whatever else has to hold of a registration. */
  readonly accept?: (registration: Registration) => boolean
  /** Only agents that were heard of lately. */
  readonly alive?: boolean | undefined
  /** Only agents with at least this credit. */
  readonly credit?: number | undefined
  readonly offset?: number
  readonly limit: number
  readonly count?: boolean
}

export interface SearchAnswer {
  readonly hits: readonly Ranked[]
  readonly total: number
  /** Whether all that match were looked at, so that `total` is exact. */
  readonly complete: boolean
  readonly counts: FacetCounts | undefined
  /** What the question was understood as. */
  readonly question: WeighedWords
}

/** Nobody is shown more than the first so many. */
export const maxDepth = 200
/** So many records are read to put them in order. */
const ranked = 24
/** So many are compared with conditions that no key answers. */
const maxCompared = 500
const batch = 24
/** Some more, in place of those that turn out not to be usable. */
const spare = 16

/** Searches what is public: by words, facets, conditions, and what is known of each agent at this moment. */
export function search({ index, source }: SearchParts, query: SearchQuery): SearchAnswer {
  const { text, facets = {}, filter, accept, offset = 0, limit, count = false } = query
  const words = queryWords(text)
  const question = new Map(words.map((word) => [word, index.idf(word)]))
  const wanted = Math.min(offset + limit, maxDepth)
  const keys = filter === undefined ? [] : requiredKeys(filter)
  const decided = filter && facetsDecide(filter)
  const inFacets = facetTest(facets)
  const picky =
    (filter !== undefined && !areDecidedByFacets(filter)) ||
    accept !== undefined ||
    query.alive === true ||
    query.credit !== undefined
  const most = picky ? maxCompared : Math.max(words.length === 0 ? 0 : ranked + spare, wanted + spare)
  const found = index.find({
    words,
    keys,
    test: decided ? (word) => decided(word) !== false && (inFacets?.(word) ?? true) : inFacets,
    most,
    count,
  })
  const fits = (registration: Registration) =>
    (filter === undefined ||
      decided?.(facetWord(registration)) === true ||
      matchesFilter(filter, cardOf(registration))) &&
    (accept?.(registration) ?? true) &&
    (query.alive !== true || source.liveness?.(registration.id)?.alive === true) &&
    (query.credit === undefined || (source.credit?.(registration.id) ?? -1) >= query.credit) &&
    // The dearest question is asked last.
    source.isUsable(registration.id)
  // Of what was found in rough order, enough is read to be put in its exact order.
  const enough = words.length === 0 ? wanted : Math.max(wanted, ranked)
  const kept: Registration[] = []
  let read = 0
  while (read < found.docs.length && kept.length < enough) {
    const step = found.docs.slice(read, (read += batch))
    for (const registration of index.records(step)) if (fits(registration)) kept.push(registration)
  }
  const inOrder = kept.map((registration) => rank(registration, question))
  if (words.length > 0) inOrder.sort((one, other) => other.score - one.score)
  return {
    hits: inOrder.slice(offset, wanted),
    total: picky ? kept.length : found.total,
    complete: found.complete && (!picky || (found.docs.length < most && read >= found.docs.length)),
    counts: found.counts,
    question,
  }
}

/** Of records that are kept, their cards are too. */
const cards = new WeakMap<Registration, JsonObject>()
function cardOf(registration: Registration): JsonObject {
  const known = cards.get(registration)
  if (known !== undefined) return known
  const card = acs.show(registration, anywhere)
  cards.set(registration, card)
  return card
}

const anywhere = { origin: "https://registry.invalid" }
