import { isDeepStrictEqual } from "node:util"
import type { PlaceRecord } from "@hufu/core/contract/place"
import { Failure, isFailure } from "@hufu/core/failure"
import { extensionOf } from "@hufu/core/place/place-feature"
import { cedar } from "../rules/cedar.ts"
import type { RuleSource } from "../rules/load.ts"
import { sentence } from "../rules/parse-rules.ts"
import { splitPolicies } from "../rules/split-policies.ts"

/** Made once of each place: what was checked is known again by its source. */
const made = new WeakMap<PlaceRecord, RuleSource>()

/**
 * What the owners of places say in rules of their own, as the layer `place`. UNTRUSTED: INVARIANT: each of them holds inside its place
 * alone, whatever it says, and only forbids or asks. Throws Failure("rule_invalid").
 */
export function placeRules(places: Iterable<PlaceRecord>): RuleSource[] {
  return [...places].flatMap((place) => {
    const rules = extensionOf(place.feature).rules
    if (rules === undefined) return []
    const known = made.get(place)
    const source = known ?? sourceOf(place, rules)
    made.set(place, source)
    return [source]
  })
}

/** Where an owner's rules are not valid any more, as after an update of Hufu, nothing happens in such places. */
export async function placeRulesAtStart<T>(
  places: readonly PlaceRecord[],
  take: (sources: readonly RuleSource[]) => Promise<T>,
  warn: (error: Failure) => void,
): Promise<T> {
  try {
    return await take(placeRules(places))
  } catch (error) {
    if (!isFailure(error, "rule_invalid")) throw error
    warn(error)
    return take(places.filter(({ feature }) => extensionOf(feature).rules !== undefined).map(closed))
  }
}

function closed(place: PlaceRecord): RuleSource {
  const text = `@id("place/${place.id}")
@why("the rules of this place are not valid any more: nothing happens here until its owner has given others")
@why_zh("该场所的规则已失效：在其主人给出新规则之前，此处一律不得进行")
forbid (principal, action, resource) when { ${inside(place)} };`
  return { layer: "place", name: nameOf(place), text }
}

function sourceOf(place: PlaceRecord, rules: string): RuleSource {
  const text = splitPolicies(rules)
    .map((policy) => confined(place, policy))
    .join("\n")
  return { layer: "place", name: nameOf(place), text }
}

function confined(place: PlaceRecord, { text, line }: { text: string; line: number }): string {
  const at = `${nameOf(place)}:${line}`
  const parsed = cedar().policyToJson(text)
  if (parsed.type === "failure")
    throw invalid(at, sentence(parsed.errors[0]?.message ?? "it does not parse", parsed.errors[0]?.help))
  const { annotations = {}, effect, conditions } = parsed.json
  if (effect !== "forbid") throw invalid(at, "a place only forbids or asks: write `forbid`")
  if (annotations["id"]?.startsWith("place/") !== true)
    throw invalid(at, 'give an id that begins with `place/`: `@id("place/…")`')
  // First, so that nothing else of the rule is looked at anywhere else: there it can neither match nor fail.
  const end = endOfScope(text)
  const whole = `${text.slice(0, end)} when { ${inside(place)} }${text.slice(end)}`
  const only = conditionsOf(`forbid (principal, action, resource) when { ${inside(place)} };`)
  // By what Cedar makes of it: a text that we read otherwise than Cedar does is refused.
  if (!isDeepStrictEqual(conditionsOf(whole), [...only, ...conditions]))
    throw invalid(at, "it cannot be told where its conditions begin: write them plainly after its scope")
  return whole
}

function conditionsOf(text: string): readonly unknown[] {
  const parsed = cedar().policyToJson(text)
  return parsed.type === "failure" ? [] : parsed.json.conditions
}

/** Where the parenthesis after `forbid` closes, outside strings, comments and annotations. */
function endOfScope(text: string): number {
  let depth = 0
  let isScope = false
  for (const token of text.matchAll(/"(?:[^"\\]|\\[^])*"|\/\/[^\n\r]*|@?[A-Za-z_]\w*|\S/g)) {
    if (token[0] === "forbid" && depth === 0) isScope = true
    if (token[0] === "(") depth++
    if (token[0] !== ")") continue
    depth--
    if (isScope && depth === 0) return token.index + 1
  }
  return text.length
}

function inside({ id }: PlaceRecord): string {
  return `context has place && context.place.ids.contains("${id}")`
}

function nameOf({ feature }: PlaceRecord): string {
  return `place \`${feature.properties.identifier}\``
}

function invalid(at: string, reason: string): Failure {
  return new Failure("rule_invalid", `${at}: ${reason}`)
}
