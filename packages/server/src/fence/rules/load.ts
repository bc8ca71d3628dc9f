import { createHash } from "node:crypto"
import { Failure, isFailure } from "@hufu/core/failure"
import { type CompiledRules, compileRules } from "@hufu/core/policy/compile-rules"
import { couldBe, matchRules, type Possible } from "@hufu/core/policy/evaluate"
import { decide, type DecideOptions, type Verdict } from "@hufu/core/policy/verdict"
import type { Redacted } from "../content/redact-value.ts"
import type { CheckedRules } from "./checked-rules.ts"
import { shape } from "./fact-shape.ts"
import { exampleFaults } from "./rule-examples.ts"
import { type PackFields, packShape } from "../packs/pack.ts"
import type { Obliged } from "./obligation.ts"
import { type ParsedRule, parseRules } from "./parse-rules.ts"
import { ruleRequest } from "./rule-request.ts"
import { isOwnContext, type RuleFacts, ruleSchema, ruleSchemaWith, type UncertainFacts } from "./schema.ts"
import { shippedRules } from "./shipped-rules.ts"
import { splitPolicies } from "./split-policies.ts"
import { type RuleSchema, validateRules } from "./validate-rules.ts"

/** Where a rule comes from, from the one that binds everybody to one person's own. */
export type RuleLayer = "platform" | "jurisdiction" | "sector" | "place" | "mandate" | "user"

/** A file, or another text, of Cedar rules. */
export interface RuleSource {
  readonly layer: RuleLayer
  readonly name: string
  readonly text: string
  /** What the rules of a pack may know beside what all rules know. */
  readonly facts?: {
    readonly as: string
    readonly fields: PackFields
    /** Its figures, as examples find them. */
    readonly figures?: Readonly<Record<string, number | boolean>>
  }
  /** What has to come of some actions, as JSON; checked at every load. */
  readonly examples?: string
}

/** A rule in force, as its author wrote it. */
export interface LoadedRule {
  readonly id: string
  readonly layer: RuleLayer
  readonly source: string
  readonly line: number
  readonly text: string
}

/** Rules that passed every check, ready to decide. */
export interface RuleSet {
  readonly compiled: CompiledRules
  /** SHA-256, in hex, of the layer, id and text of every rule, whatever order they were given in. */
  readonly digest: string
  readonly rules: readonly LoadedRule[]
  decide(facts: RuleFacts, options?: DecideOptions): Verdict
  couldBe(facts: UncertainFacts): Possible
  /** Whether any of them looks at what was noticed in earlier results. */
  readonly readsLabels: boolean
  /** Whether any of them looks at the person for whom it is done, or at what they have used. */
  readonly readsPeople: boolean
  /** What the rules that match a message have the door do, whatever they decide. */
  obliges(facts: RuleFacts): readonly Obliged[]
  /** The ids of the rules that match or fail, whatever they decide. */
  matches(facts: RuleFacts): readonly string[]
  /** What the rules of an allowed action have taken out of its result. */
  redacts(permits: readonly string[]): readonly Redacted[]
}

// UNTRUSTED: a rule may come from a user or from a pack. To check one costs about a millisecond, once.
const mostRules = 12_000
const longestSource = 4_194_304
const mostFaults = 50

/**
 * Loads rules, or refuses all of them: whatever does not parse, lacks an id, does not type-check, can never match
 * or uses what is not supported is named with its file, line and reason (INVARIANT 3 of the design).
 *
 * @param checked what passed all of that before
 */
export function loadRules(sources: readonly RuleSource[], checked?: CheckedRules): RuleSet {
  const schema = schemaFor(sources)
  const known = checked?.find(sources)
  if (known !== undefined) recall(sources, known, schema)
  else recallShipped(sources, schema)
  const { rules, ...loaded } = loadPolicies(sources, schema)
  const { compiled } = loaded
  if (known === undefined) checked?.keep(sources, rules)
  const redacting = new Map(
    rules.flatMap(({ id, redacts }) => (redacts.length > 0 ? [[id, redacts] as const] : [])),
  )
  const obliging = new Map(
    rules.flatMap(({ id, obliges }) => (obliges.length > 0 ? [[id, obliges] as const] : [])),
  )
  const set: RuleSet = {
    ...loaded,
    rules: rules.map(({ id, layer, source, line, text }) => ({ id, layer, source, line, text })),
    decide(facts, options) {
      const { request, entities } = ruleRequest(facts)
      return decide(compiled, request, entities, options)
    },
    // An attribute that is read stands in Cedar's JSON by its name, however a rule writes it.
    readsLabels: rules.some(({ policy }) => JSON.stringify(policy).includes('"labels"')),
    readsPeople: rules.some(({ policy }) => /"(?:person|session)"/.test(JSON.stringify(policy))),
    obliges(facts) {
      if (obliging.size === 0) return []
      const { request, entities } = ruleRequest(facts)
      return matchRules(compiled, request, entities).matched.flatMap(({ id, why }) =>
        (obliging.get(id) ?? []).map((obligation) => ({ obligation, rule: id, ...why })),
      )
    },
    redacts: (permits) => (redacting.size === 0 ? [] : permits.flatMap((id) => redacting.get(id) ?? [])),
    matches(facts) {
      const { request, entities } = ruleRequest(facts)
      const { matched, errors } = matchRules(compiled, request, entities)
      return [...matched.map(({ id }) => id), ...errors.map(({ rule }) => rule)]
    },
    couldBe(facts) {
      const { request, entities } = ruleRequest(facts)
      return couldBe(compiled, request, entities)
    },
  }
  refuseFaults(sources.flatMap((source) => exampleFaults(set, source)))
  return set
}

/** Policies that passed every check against a schema. */
export interface LoadedPolicies {
  readonly compiled: CompiledRules
  readonly digest: string
  readonly rules: readonly ParsedRule[]
}

/** Loads policies about whatever a schema describes, by the same checks. */
export function loadPolicies(sources: readonly RuleSource[], schema: RuleSchema): LoadedPolicies {
  const rules = checkRules(sources, schema)
  const digest = digestOf(rules)
  return { rules, digest, compiled: compileRules(rules, digest) }
}

const packSchemas = new Map<string, RuleSchema>()
const mostSchemas = 64

/** The schema of all rules, with what packs add to it. */
function schemaFor(sources: readonly RuleSource[]): RuleSchema {
  const added = new Map(
    sources.flatMap(({ facts }) => (facts === undefined ? [] : [[facts.as, facts.fields] as const])),
  )
  if (added.size === 0) return ruleSchema
  const taken = [...added.keys()].find(isOwnContext)
  if (taken !== undefined) throw new Failure("rule_invalid", `choose another \`facts_as\` than \`${taken}\``)
  // One schema for the same facts, so that what passed once is known again.
  const id = JSON.stringify([...added])
  const known = packSchemas.get(id)
  if (known !== undefined) return known
  const schema = ruleSchemaWith(
    Object.fromEntries([...added].map(([as, fields]) => [as, shape.optional(packShape(fields))])),
  )
  if (packSchemas.size < mostSchemas) packSchemas.set(id, schema)
  return schema
}

/** What passed, by the very source: a draft beside the rules in force is checked alone, because each rule is. */
const passed = new WeakMap<
  RuleSource,
  { readonly schema: RuleSchema; readonly rules: readonly ParsedRule[] }
>()

function passedRules(source: RuleSource, schema: RuleSchema): readonly ParsedRule[] | undefined {
  const known = passed.get(source)
  return known?.schema === schema ? known.rules : undefined
}

function checkRules(sources: readonly RuleSource[], schema: RuleSchema): readonly ParsedRule[] {
  refuseFaults(sources.filter((source) => source.text.length > longestSource).map(tooLong))
  const counts = sources.map((source) => (passedRules(source, schema) ?? splitPolicies(source.text)).length)
  refuseFaults(tooMany(counts.reduce((sum, count) => sum + count, 0)))
  const parsed = new Map(
    sources
      .filter((source) => passedRules(source, schema) === undefined)
      .map((source) => [source, parseRules(source)]),
  )
  const rules = sources.flatMap((source) => parsed.get(source)?.rules ?? passedRules(source, schema) ?? [])
  refuseFaults([...parsed.values()].flatMap(({ faults }) => faults))
  refuseFaults(duplicates(rules))
  const fresh = [...parsed.values()].flatMap((each) => each.rules)
  // Where every rule passed against this very schema before, Cedar's own checker has nothing to say: to load it takes longer than the rest.
  if (fresh.length > 0 || rules.length === 0) refuseFaults(validateRules(fresh, schema))
  // Each rule is compiled alone first, so that every one that is not supported is named, with its place.
  refuseFaults(fresh.flatMap((rule) => unsupported(rule)))
  for (const [source, each] of parsed) passed.set(source, { schema, rules: each.rules })
  return rules
}

/** Notes what was checked before, source by source: a rule is what ends with a semicolon, here as there. */
function recall(sources: readonly RuleSource[], rules: readonly ParsedRule[], schema: RuleSchema): void {
  let at = 0
  for (const source of sources) {
    const end = at + splitPolicies(source.text).length
    passed.set(source, { schema, rules: rules.slice(at, end) })
    at = end
  }
}

/** The same for the rules that come with Hufu: its release checked them, against the schema that knows no pack. */
function recallShipped(sources: readonly RuleSource[], schema: RuleSchema): void {
  if (schema !== ruleSchema) return
  for (const source of sources) {
    if (source.layer !== "platform" || passed.has(source)) continue
    const rules = shippedRules(source)
    if (rules !== undefined) passed.set(source, { schema, rules })
  }
}

function tooMany(count: number): string[] {
  return count > mostRules ? [`keep to ${mostRules} rules: there are ${count}`] : []
}

function tooLong({ name }: RuleSource): string {
  return `${name}: keep the file to ${longestSource} characters`
}

function duplicates(rules: readonly ParsedRule[]): string[] {
  const first = new Map<string, ParsedRule>()
  return rules.flatMap((rule) => {
    const other = first.get(rule.id)
    if (other === undefined) first.set(rule.id, rule)
    return other === undefined
      ? []
      : [`${rule.place}: choose another id than \`${rule.id}\`, which is at ${other.place}`]
  })
}

function unsupported(rule: ParsedRule): string[] {
  try {
    compileRules([rule], "")
    return []
  } catch (error) {
    if (isFailure(error, "rule_invalid")) return [`${rule.place}: ${error.message}`]
    throw error
  }
}

function digestOf(rules: readonly ParsedRule[]): string {
  // A JSON list of strings in id order has exactly one form.
  const canonical = rules.map(({ layer, id, text }) => [id, layer, text]).sort(byId)
  return createHash("sha256")
    .update(JSON.stringify(["hufu-rules-1", canonical]))
    .digest("hex")
}

function byId([left = ""]: readonly string[], [right = ""]: readonly string[]): number {
  return left < right ? -1 : 1
}

function refuseFaults(faults: readonly string[]): void {
  const [first] = faults
  if (first === undefined) return
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ""
  throw new Failure("rule_invalid", `${first}${more}`, { extra: { faults: faults.slice(0, mostFaults) } })
}
