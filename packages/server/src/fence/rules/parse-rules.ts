import type { DetailedError } from "@cedar-policy/cedar-wasm/nodejs"
import { cedar } from "./cedar.ts"
import { findingGroups, findingKinds } from "../content/finding-kinds.ts"
import type { Redacted } from "../content/redact-value.ts"
import type { RuleLayer, RuleSource } from "./load.ts"
import { isObligation, type Obligation, obligations } from "./obligation.ts"
import { type PolicyText, splitPolicies } from "./split-policies.ts"

/** A rule that parses and has an id. */
export interface ParsedRule {
  readonly id: string
  readonly layer: RuleLayer
  readonly source: string
  readonly line: number
  /** File and line, for people. */
  readonly place: string
  readonly text: string
  /** What is taken out of the results of an action that it permits. */
  readonly redacts: readonly Redacted[]
  /** What the door has to do with a message that it matches. */
  readonly obliges: readonly Obligation[]
  /** Cedar's JSON of it. */
  readonly policy: unknown
}

/** The shape that an entry of the ledger can name. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$/

const longestRule = 16_384
const longestWhy = 500

/** Parses a source into rules; what cannot be one becomes a fault with its place. */
export function parseRules(source: RuleSource): { rules: ParsedRule[]; faults: string[] } {
  const policies = splitPolicies(source.text)
  const found = policies.map((policy) => parseRule(source, policy))
  const faults = found.filter((rule) => typeof rule === "string")
  const rules = found.filter((rule) => typeof rule !== "string")
  return { rules, faults: faults.length > 0 ? faults : countFault(source, policies.length) }
}

function parseRule(source: RuleSource, { text, line }: PolicyText): ParsedRule | string {
  const place = `${source.name}:${line}`
  if (text.length > longestRule) return `${place}: keep a rule to ${longestRule} characters`
  const parsed = cedar().policyToJson(text)
  if (parsed.type === "failure") return parseFault(source, { text, line }, parsed.errors)
  const { annotations = {}, effect } = parsed.json
  const id = annotations["id"]
  if (id === undefined) return `${place}: give the rule an id: \`@id("…")\``
  if (typeof id !== "string" || !idForm.test(id)) {
    return `${place}: give an id of letters, digits, dots, colons, slashes and dashes, at most 80`
  }
  const fault = annotationFault(annotations, effect)
  if (fault !== undefined) return `${place}: rule \`${id}\`: ${fault}`
  const redacts = redactedOf(annotations)
  const obliges = wordsOf(annotations["oblige"]).filter(isObligation)
  return {
    id,
    layer: source.layer,
    source: source.name,
    line,
    place,
    text,
    redacts,
    obliges,
    policy: parsed.json,
  }
}

const whyNames = ["ask", "ask_zh", "why", "why_zh"]
const knownAnnotations = new Set(["id", "redact", "oblige", ...whyNames])

function annotationFault(
  annotations: Readonly<Record<string, string | null>>,
  effect: string,
): string | undefined {
  // A misspelt `@ask` would turn a question into a denial, or a reason into nothing, without a word.
  const unknown = Object.keys(annotations).find((name) => !knownAnnotations.has(name))
  if (unknown !== undefined) return `the annotation \`@${unknown}\` has no meaning here`
  const empty = whyNames.find((name) => name in annotations && !annotations[name]?.trim())
  if (empty !== undefined) return `say why in \`@${empty}("…")\``
  if (whyNames.some((name) => (annotations[name]?.length ?? 0) > longestWhy)) {
    return `keep a reason to ${longestWhy} characters`
  }
  const fault = redactFault(annotations, effect) ?? obligeFault(annotations)
  if (fault !== undefined) return fault
  const asks = "ask" in annotations
  if (effect === "permit" && (asks || "ask_zh" in annotations))
    return "only a forbid can ask: remove `@ask` or forbid"
  return !asks && "ask_zh" in annotations ? "give `@ask` along with `@ask_zh`" : undefined
}

/** `@redact("secret iban")`: groups and kinds of findings. */
function redactFault(
  annotations: Readonly<Record<string, string | null>>,
  effect: string,
): string | undefined {
  if (!("redact" in annotations)) return undefined
  if (effect !== "permit") return "only a permit can redact: what is forbidden has no result"
  const words = wordsOf(annotations["redact"])
  const unknown = words.find((word) => !isRedacted(word))
  if (unknown !== undefined)
    return `\`@redact\` knows no \`${unknown.slice(0, 80)}\`: name kinds or groups of findings`
  return words.length === 0 ? 'say in `@redact("…")` what is taken out' : undefined
}

/** `@oblige("rest")`: what a door does, and says in the words of the rule's reason. */
function obligeFault(annotations: Readonly<Record<string, string | null>>): string | undefined {
  if (!("oblige" in annotations)) return undefined
  const words = wordsOf(annotations["oblige"])
  const unknown = words.find((word) => !isObligation(word))
  if (unknown !== undefined || words.length === 0)
    return `\`@oblige\` knows no \`${(unknown ?? "").slice(0, 80)}\`: name some of ${obligations.join(", ")}`
  const isSaid = ["why", "ask"].some((name) => annotations[name] && annotations[`${name}_zh`])
  return isSaid ? undefined : "say in `@why` and `@why_zh` what the person is told"
}

function redactedOf(annotations: Readonly<Record<string, string | null>>): readonly Redacted[] {
  return wordsOf(annotations["redact"]).filter(isRedacted)
}

function wordsOf(text: string | null | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter((word) => word !== "")
}

function isRedacted(word: string): word is Redacted {
  return Object.hasOwn(findingKinds, word) || Object.hasOwn(findingGroups, word)
}

function parseFault(source: RuleSource, policy: PolicyText, errors: readonly DetailedError[]): string {
  const [error] = errors
  const reason = (error?.message ?? "it does not parse").replace("failed to parse policy from string: ", "")
  const line = lineOf(policy, error?.sourceLocations?.[0]?.start ?? 0)
  return `${source.name}:${line}: ${sentence(reason, error?.help)}`
}

/** The line of the source that holds a place in a rule's text; Cedar counts places in bytes, not characters. */
export function lineOf({ text, line }: PolicyText, byte: number): number {
  return line + Buffer.from(text).subarray(0, byte).toString().split("\n").length - 1
}

/** One line, for a log or a terminal, of what Cedar says. */
export function sentence(message: string, help: string | null | undefined): string {
  return (help ? `${message}: ${help}` : message).replaceAll(/\s+/g, " ").slice(0, 500)
}

/** Our cut must be Cedar's cut: a text that we read as fewer or more rules than Cedar does is refused. */
function countFault(source: RuleSource, count: number): string[] {
  const parts = cedar().policySetTextToParts(source.text)
  if (parts.type === "success" && parts.policies.length === count && parts.policy_templates.length === 0)
    return []
  return [`${source.name}:1: the rules of this file cannot be told apart: end each with a semicolon`]
}
