import type { PackRecord } from "@hufu/core/contract/protection"
import { splitPolicies } from "../rules/split-policies.ts"
import { figuresOf, findPacks, type PackInForce } from "./read-packs.ts"

/** Every pack that there is, with its figures as they are in force, else as they are written. */
export function shownPacks(inForce: readonly PackInForce[], dataDir: string): PackRecord[] {
  const kept = new Map(inForce.map((one) => [one.pack.name, one]))
  // One that came into its folder since the start is shown and is not in force.
  return findPacks(dataDir).map((found) => {
    const { pack, sources, servers, figures } = kept.get(found.pack.name) ?? {
      ...found,
      servers: [],
      figures: figuresOf(found.pack),
    }
    const { name, title, about, currency = null } = pack
    return {
      name,
      title,
      about,
      currency,
      servers: [...servers],
      rules: sources.reduce((count, { text }) => count + splitPolicies(text).length, 0),
      figures: Object.entries(figures).map(([figure, of]) => ({
        name: figure,
        about: of.about,
        unit: of.unit,
        value: of.value,
        mark: of.mark,
        source: of.source,
      })),
    }
  })
}
