import { type AcsFilter, matchesFilter } from "./acs-filter.ts"
import { cardPart, cardPartBits, cardPartFields } from "./facet-word.ts"

/** What the facets of a card say of a filter; undefined where only the card tells. */
export type FacetVerdict = (word: number) => boolean | undefined

/** What can be said of a filter by facets alone, which are in memory, before any card is read. */
export function facetsDecide(filter: AcsFilter): FacetVerdict {
  // There are few different ones, and a million are asked about.
  const known = new Map<number, boolean | undefined>()
  return (word) => {
    const bits = word & cardPartBits
    if (known.has(bits)) return known.get(bits)
    const verdict = verdictOf(filter, bits)
    known.set(bits, verdict)
    return verdict
  }
}

/** Whether facets alone always tell. */
export function areDecidedByFacets({ conditions, groups }: AcsFilter): boolean {
  return conditions.every(({ field }) => cardPartFields.has(field)) && groups.every(areDecidedByFacets)
}

function verdictOf({ logic, conditions, groups }: AcsFilter, bits: number): boolean | undefined {
  const members = [
    ...conditions.map((condition) =>
      cardPartFields.has(condition.field)
        ? matchesFilter({ logic: "and", conditions: [condition], groups: [] }, cardPart(bits))
        : undefined,
    ),
    ...groups.map((group) => verdictOf(group, bits)),
  ]
  if (logic === "or") return settled(members, true)
  const all = settled(members, false)
  return logic === "not" && all !== undefined ? !all : all
}

/** One that settles it is enough; that none does is known when all are known. */
function settled(members: readonly (boolean | undefined)[], by: boolean): boolean | undefined {
  if (members.includes(by)) return by
  return members.includes(undefined) ? undefined : !by
}
