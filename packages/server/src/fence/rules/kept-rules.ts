import { isFailure } from "@hufu/core/failure"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { z } from "zod"
import type { Store } from "../../store/store.ts"
import { loadRules, type RuleSet, type RuleSource } from "./load.ts"

/** A file is kept in parts, none of which the vault finds too long. */
const partLength = 40_000
const Facts = z.object({
  as: z.string(),
  fields: z.record(z.string(), z.enum(["bool", "long", "text", "texts"])),
})
const Part = z.object({
  layer: z.string(),
  name: z.string(),
  text: z.string(),
  last: z.boolean(),
  facts: Facts.optional(),
})

/**
 * Keeps the texts of the rules in force, once for each digest, so that what they decided can be decided again when others are in force.
 * The digest, which every intent names, commits to them.
 */
export async function keepRules(store: Store, rules: RuleSet, sources: readonly RuleSource[]): Promise<void> {
  if (store.query("SELECT 1 FROM vault WHERE id = ?", [partId(rules.digest, 0)]).length > 0) return
  await store.commit((tx) => {
    for (const [i, part] of sources.flatMap(partsOf).entries())
      store.vault.put(tx, { id: partId(rules.digest, i), subject: "rules", value: part })
    tx.append({ kind: "statement", fact: "rules.loaded", subject: "rules", refs: { digest: rules.digest } })
  })
}

/** The rules of a digest; undefined when their texts were never kept, or do not make up that digest. */
export function readKeptRules(store: Pick<Store, "vault">, digest: string): RuleSet | undefined {
  const sources = keptSources(store, digest)
  if (sources.length === 0) return undefined
  try {
    const rules = loadRules(sources)
    return rules.digest === digest ? rules : undefined
  } catch (error) {
    // What was valid under an earlier version need not be under this one.
    if (isFailure(error, "rule_invalid")) return undefined
    throw error
  }
}

/** The texts that were kept for a digest; none where there are none. */
export function keptSources(store: Pick<Store, "vault">, digest: string): RuleSource[] {
  const sources: RuleSource[] = []
  let text = ""
  for (let i = 0; ; i++) {
    const kept = partOf(() => store.vault.get(partId(digest, i)))
    if (kept === undefined) return sources
    const { layer, name, last, text: more, facts } = Part.parse(kept)
    text += more
    if (!last) continue
    // Written above, from a source.
    sources.push({ layer: layer as RuleSource["layer"], name, text, ...(facts ? { facts } : {}) })
    text = ""
  }
}

function partsOf({ layer, name, text, facts }: RuleSource): JsonObject[] {
  // By characters: half of a surrogate pair has no canonical form.
  const characters = Array.from(text)
  const count = Math.max(1, Math.ceil(characters.length / partLength))
  return Array.from({ length: count }, (_, i) => ({
    layer,
    name,
    text: characters.slice(i * partLength, (i + 1) * partLength).join(""),
    last: i === count - 1,
    ...(facts ? { facts } : {}),
  }))
}

function partOf(read: () => JsonValue): JsonValue | undefined {
  try {
    return read()
  } catch (error) {
    if (isFailure(error, "not_found")) return undefined
    throw error
  }
}

function partId(digest: string, part: number): string {
  return `rules/${digest}/${part}`
}
