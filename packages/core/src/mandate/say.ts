import { makeVisible } from "../profile/visible-text.ts"
import type { Effect, Language } from "../words.ts"
import type { Limit, Scalar } from "./limit.ts"
import type { AmountBudget, Budget, Grant, Mandate, Never, UserOnly } from "./mandate.ts"
import { effectWords, inRow, sayings } from "./sayings.ts"

/** Says in plain sentences what a mandate allows: one per grant, then what never happens, what only the person decides, the budget and everything else. */
export function sayMandate(mandate: Mandate, language: Language): string[] {
  const say = sayings[language]
  return [
    ...mandate.grants.map((grant) => sayGrant(grant, mandate.until, language)),
    ...mandate.never.map((never) => sayNever(never, language)),
    ...mandate.userOnly.map((entry) => sayUserOnly(entry, language)),
    ...(mandate.budget ? [say.whole(sayBudget(mandate.budget, language).join(say.and))] : []),
    ...(mandate.from === undefined ? [] : [say.from(sayTime(mandate.from))]),
    mandate.otherwise === "ask" ? say.otherwiseAsk : say.otherwiseDeny,
  ]
}

/** One grant as one sentence; without a time where somebody has yet to choose it. */
export function sayGrant(grant: Grant, mandateUntil: number | undefined, language: Language): string {
  const say = sayings[language]
  const until = Math.min(grant.until ?? Infinity, mandateUntil ?? Infinity)
  const limits = grant.limits.map((limit) => sayLimit(limit, language))
  const parts = [
    say.may(sayEffects(grant.effects, language), sayTools(grant.tools, grant.needs === "reviewed", language)),
    ...(limits.length > 0 ? [say.where(joined(limits, say.and))] : []),
    ...(grant.closed ? [say.closed] : []),
    ...(grant.budget ? sayBudget(grant.budget, language) : []),
    grant.mode === "auto" ? say.alone : say.asking,
    ...(until === Infinity ? [] : [say.until(sayTime(until))]),
  ]
  return parts.join(say.comma)
}

/** What never happens, as one sentence. */
export function sayNever(never: Never, language: Language): string {
  const say = sayings[language]
  const limits = (never.limits ?? []).map((limit) => sayLimit(limit, language))
  const what = say.doing(sayEffects(never.effects, language), sayTools(never.tools, false, language))
  return say.never(limits.length > 0 ? `${what}${say.comma}${say.where(joined(limits, say.and))}` : what)
}

/** What only the person decides, as one sentence. */
export function sayUserOnly(entry: UserOnly, language: Language): string {
  const say = sayings[language]
  return say.userOnly(say.doing(sayEffects(entry.effects, language), sayTools(entry.tools, false, language)))
}

/** The pattern that every text fits. */
const anyText = String.raw`(.|\n)*`

/** A limit as a part of a sentence. */
export function sayLimit(limit: Limit, language: Language): string {
  const say = sayings[language]
  const argument = quote(limit.argument)
  switch (limit.kind) {
    case "equal":
      return say.is(argument, sayValue(limit.value))
    case "oneOf":
      return say.oneOf(argument, limit.values.map(sayValue).join(say.listed))
    case "range":
      return say.range(argument, limit.min, limit.max)
    case "prefix":
      return say.prefix(argument, quote(limit.prefix))
    case "path":
      return say.path(argument, quote(limit.under))
    case "pattern":
      return limit.pattern === anyText ? say.anyText(argument) : say.pattern(argument, quote(limit.pattern))
    case "host":
      return say.host(argument, limit.hosts.map(quote).join(say.listed))
    default:
      return limit satisfies never
  }
}

/** A time in UTC: the day, and the minute unless it is midnight. */
export function sayTime(ms: number): string {
  const text = new Date(ms).toISOString()
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, -14) : `${text.slice(0, -8).replace("T", " ")} UTC`
}

function sayEffects(effects: readonly Effect[] | undefined, language: Language): string {
  if (effects === undefined) return sayings[language].anything
  return effects.map((effect) => effectWords[effect][language]).join(sayings[language].or)
}

function sayTools(tools: readonly string[] | undefined, isReviewed: boolean, language: Language): string {
  const say = sayings[language]
  if (tools === undefined || tools.includes("*")) return say.anyTool(isReviewed)
  const named = tools.map((tool) =>
    tool.endsWith("/*") ? say.toolOf(quote(tool.slice(0, -2)), isReviewed) : quote(tool),
  )
  const isSaid = !isReviewed || tools.every((tool) => tool.endsWith("/*"))
  return `${joined(named, say.or)}${isSaid ? "" : say.ifReviewed}`
}

function joined(pieces: readonly string[], between: string): string {
  return pieces.reduce((said, piece) => inRow(said, between, piece))
}

function sayBudget(budget: Budget, language: Language): string[] {
  const say = sayings[language]
  const parts: string[] = []
  if (budget.count !== undefined) parts.push(say.times(budget.count))
  if (budget.amount) parts.push(say.amount(sayAmount(budget.amount, language), quote(budget.amount.argument)))
  return parts
}

/** In the unit that the tool takes: what it calls 12.50 is not said as 1250. */
function sayAmount({ max, currency, decimals = 0 }: AmountBudget, language: Language): string {
  if (decimals === 0) return sayings[language].minorUnits(max, currency)
  return `${(max / 10 ** decimals).toFixed(decimals)}${currency ? ` ${currency}` : ""}`
}

function sayValue(value: Scalar): string {
  return quote(typeof value === "string" ? value : String(value))
}

/** UNTRUSTED: shown as text in backticks, with nothing hidden in it and no way out of them. */
function quote(text: string): string {
  return `\`${makeVisible(text).replaceAll("`", "'").replaceAll("\n", "\u23ce").replaceAll("\t", "\u21e5")}\``
}
