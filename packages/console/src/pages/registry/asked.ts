import type { Request } from "@hufu/core/contract/contract"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { useNavigate, useSearch } from "@tanstack/react-router"

/** By what a search is narrowed, in the order in which it is offered; each stands in the address under its own name. */
export const facetNames = [
  "protocol",
  "grade",
  "certificate",
  "verified",
  "alive",
  "price",
  "developer",
  "streaming",
  "country",
  "form",
] as const
export type FacetName = (typeof facetNames)[number]

export const pageLength = 20

export interface Asked extends Request<"registry.search"> {
  readonly text: string
  readonly offset: number
}

/** What is asked for, as the address says it. UNTRUSTED: an address may hold anything; the node refuses what it does not know. */
export function useAsked(): {
  readonly asked: Asked
  /** How many facets narrow it. */
  readonly narrowed: number
  /** Asks for something else, from its first page on. */
  readonly ask: (name: FacetName | "q", value: string) => void
  readonly clear: () => void
} {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const textOf = (name: string) => {
    const value = search[name]
    return typeof value === "string" || typeof value === "number"
      ? makeVisible(String(value).slice(0, 1000))
      : ""
  }
  const facets = facetNames.flatMap((name) => (textOf(name) === "" ? [] : [[name, textOf(name)] as const]))
  const from = Number.parseInt(textOf("from"), 10)
  return {
    asked: {
      text: textOf("q").slice(0, 1000),
      // The names are those of the contract; their values are the address's.
      ...(Object.fromEntries(facets) as Partial<Record<Exclude<FacetName, "alive">, string>>),
      offset: Number.isInteger(from) ? Math.min(Math.max(from, 0), 199) : 0,
      limit: pageLength,
    },
    narrowed: facets.length,
    ask(name, value) {
      const { from: _, [name]: _before, ...others } = search
      void navigate({ to: ".", search: value === "" ? others : { ...others, [name]: value }, replace: true })
    },
    clear: () => void navigate({ to: ".", search: {}, replace: true }),
  }
}
