import type { JsonObject } from "../json/json-value.ts"
import type { DecisionMode, Effect } from "../words.ts"
import { amountOf } from "./amount.ts"
import { areAllNamed, scalarsAt } from "./argument.ts"
import { limitCovers, limitTouches } from "./limit-covers.ts"
import type { Grant, Mandate, Never, UserOnly } from "./mandate.ts"
import { toolsInclude } from "./tool-pattern.ts"

/** How much is left of a grant's budget, or of a whole mandate's (grant -1). */
export type BudgetLeft = (
  mandate: Mandate,
  grant: number,
) => { readonly count: number; readonly amount: number }

/** What is known of a call before its arguments. */
export interface CallShape {
  readonly effect: Effect
  /** Name of the tool server. */
  readonly server: string
  readonly tool: string
  /** Whether the tool's profile was reviewed, or confirmed by the user. */
  readonly reviewed: boolean
  readonly now: number
  readonly budgetLeft: BudgetLeft
}

/** What the mandates are asked about. */
export interface Call extends CallShape {
  /** UNTRUSTED: whatever the agent sent. */
  readonly args: JsonObject
}

export type CoverReason =
  | "no_live_mandate"
  | "never"
  | "user_only"
  | "granted_auto"
  | "granted_ask"
  | "otherwise_ask"
  | "otherwise_deny"
  | GrantRefusal

/** Why a grant for this effect and tool does not cover a call. */
export type GrantRefusal =
  | "grant_ended"
  | "not_reviewed"
  | "limit_not_met"
  | "argument_not_named"
  | "amount_not_readable"
  | "budget_exhausted"

/** What the live mandates say of a call. At most one of `forbids`, `asks` and "covers alone" holds; none is a denial. */
export interface Cover {
  readonly live: boolean
  readonly covers: boolean
  readonly asks: boolean
  readonly forbids: boolean
  readonly mode: DecisionMode
  readonly otherwise: "ask" | "deny"
  readonly mandate?: string
  readonly grant?: number
  /** The mandate whose words cover the call. */
  readonly words?: string
  /** What to reserve, in minor units, from the grant's and from the mandate's budget. */
  readonly amount: number
  readonly reasons: readonly CoverReason[]
}

/** What the mandates of this agent and task say of a call. Never throws, whatever the arguments are. */
export function cover(mandates: readonly Mandate[], call: Call): Cover {
  const live = mandates.filter((mandate) => isLiveAt(mandate, call.now))
  if (live.length === 0) return { ...nothing, live: false, otherwise: "deny", reasons: ["no_live_mandate"] }
  const base = { ...nothing, otherwise: otherwiseOf(live) }
  const forbidding = live.find((mandate) => mandate.never.some((never) => neverFits(never, call)))
  if (forbidding) return { ...base, forbids: true, mandate: forbidding.id, reasons: ["never"] }
  const personal = live.find((mandate) => mandate.userOnly.some((entry) => userOnlyFits(entry, call)))
  if (personal)
    return {
      ...base,
      asks: true,
      mode: "user-only",
      otherwise: "ask",
      mandate: personal.id,
      reasons: ["user_only"],
    }
  return coverByGrants(live, call, base)
}

const nothing = { live: true, covers: false, asks: false, forbids: false, mode: "ask", amount: 0 } as const

function coverByGrants(live: readonly Mandate[], call: Call, base: Omit<Cover, "reasons">): Cover {
  const refusals = new Set<GrantRefusal>()
  for (const mode of ["auto", "ask"] as const)
    for (const mandate of live)
      for (const [index, grant] of mandate.grants.entries()) {
        if (grant.mode !== mode || !isAbout(grant, call)) continue
        const ruling = grantCovers(mandate, index, call)
        if (typeof ruling === "string") refusals.add(ruling)
        else
          return {
            ...base,
            covers: true,
            asks: mode === "ask",
            mode,
            mandate: mandate.id,
            grant: index,
            words: mandate.id,
            amount: ruling.amount,
            reasons: [mode === "auto" ? "granted_auto" : "granted_ask"],
          }
      }
  const asks = base.otherwise === "ask"
  return { ...base, asks, reasons: [...refusals, asks ? "otherwise_ask" : "otherwise_deny"] }
}

/** Whether a mandate holds at a time. */
export function isLiveAt(mandate: Mandate, now: number): boolean {
  return (mandate.from ?? -Infinity) <= now && now < mandate.until
}

/** What live mandates together say of everything that they do not mention. */
export function otherwiseOf(live: readonly Mandate[]): "ask" | "deny" {
  return live.some((mandate) => mandate.otherwise === "ask") ? "ask" : "deny"
}

/** Whether a part of a mandate is about this effect and tool at all. */
export function isAbout(
  part: { readonly effects?: readonly Effect[] | undefined; readonly tools?: readonly string[] | undefined },
  call: CallShape,
): boolean {
  return (
    (part.effects === undefined || part.effects.includes(call.effect)) &&
    toolsInclude(part.tools, call.server, call.tool)
  )
}

function neverFits(never: Never, call: Call): boolean {
  return isAbout(never, call) && (never.limits ?? []).every((limit) => limitTouches(limit, call.args))
}

function userOnlyFits(entry: UserOnly, call: CallShape): boolean {
  return isAbout(entry, call)
}

/** Whether one grant covers a call, and what it would spend; else why not. */
export function grantCovers(mandate: Mandate, index: number, call: Call): GrantRefusal | { amount: number } {
  const grant = mandate.grants[index]
  if (!grant) return "limit_not_met"
  const refusal = shapeRefusal(mandate, index, call)
  if (refusal) return refusal
  if (!grant.limits.every((limit) => limitCovers(limit, call.args))) return "limit_not_met"
  if (grant.closed && !areAllNamed(call.args, namedBy(mandate, grant))) return "argument_not_named"
  const amount = amountSpent(mandate, grant, call)
  if (amount === undefined) return "amount_not_readable"
  const budgets = budgetsOf(mandate, index)
  const isEnough = budgets.every(
    ([budget, at]) => !budget.amount || call.budgetLeft(mandate, at).amount >= amount,
  )
  return isEnough ? { amount } : "budget_exhausted"
}

/** Why a grant covers no call of this shape, whatever its arguments. */
export function shapeRefusal(mandate: Mandate, index: number, call: CallShape): GrantRefusal | undefined {
  const grant = mandate.grants[index]
  if (!grant || call.now >= (grant.until ?? Infinity)) return "grant_ended"
  if (grant.needs === "reviewed" && !call.reviewed) return "not_reviewed"
  for (const [budget, at] of budgetsOf(mandate, index))
    // Written so that a count that is no number counts as exhausted.
    if (budget.count !== undefined && !(call.budgetLeft(mandate, at).count >= 1)) return "budget_exhausted"
  return undefined
}

/** The budgets that a call under a grant draws on, with the index under which each is counted. */
export function budgetsOf(mandate: Mandate, index: number) {
  const own = mandate.grants[index]?.budget
  const whole = mandate.budget
  return [...(own ? [[own, index] as const] : []), ...(whole ? [[whole, -1] as const] : [])]
}

/** The pointers that a closed grant allows. */
export function namedBy(mandate: { readonly budget?: Mandate["budget"] }, grant: Grant): readonly string[] {
  const amounts = [grant.budget?.amount, mandate.budget?.amount].flatMap((amount) =>
    amount ? [amount.argument] : [],
  )
  return [...grant.limits.map((limit) => limit.argument), ...amounts]
}

/**
 * What a call spends. A grant's amount must be there to be counted; a whole mandate's must be for every payment, and
 * is counted wherever else it occurs. Where both are given the larger is taken from both.
 */
function amountSpent(mandate: Mandate, grant: Grant, call: Call): number | undefined {
  const amounts: (number | undefined)[] = [0]
  if (grant.budget?.amount) amounts.push(amountOf(grant.budget.amount, call.args))
  const whole = mandate.budget?.amount
  if (whole && (call.effect === "pay" || scalarsAt(call.args, whole.argument).length > 0))
    amounts.push(amountOf(whole, call.args))
  return amounts.some((amount) => amount === undefined)
    ? undefined
    : Math.max(...amounts.map((amount) => amount ?? 0))
}
