import type { JsonObject } from "../json/json-value.ts"
import type { Effort } from "../pattern/effort.ts"
import { isIndex, pointerTokens, scalarsAt } from "./argument.ts"
import type { CallShape } from "./call.ts"
import { cover, otherwiseOf, passedOn } from "./cover.ts"
import { budgetsOf, grantCovers, isAbout, isLiveAt, namedBy, shapeRefusal } from "./grant-covers.ts"
import { type Avoided, type Escape, findArguments, type Wanted } from "./find-arguments.ts"
import type { Need } from "./argument-shape.ts"
import type { AmountNeed } from "./find-value.ts"
import { limitTouches } from "./limit-covers.ts"
import type { Grant, Mandate, Never } from "./mandate.ts"
import { isShapeRuledOut, type PassedOn, passedCouldCover } from "./passed-on.ts"

/** What some arguments could lead to, with arguments that do wherever they were found. */
export interface CouldCover {
  readonly allow: boolean
  readonly ask: boolean
  readonly examples: { readonly allow?: JsonObject; readonly ask?: JsonObject }
}

/** For one question, whatever the mandates hold: a fraction of a second. */
const maxSteps = 300_000

interface PlacedGrant {
  readonly mandate: Mandate
  readonly index: number
  readonly grant: Grant
}

/**
 * Whether some arguments of a call could be allowed or asked: what `cover` says of calls before their arguments are
 * known. It never says "no" where there are such arguments; it says "yes" without an example only where neither
 * arguments nor a proof were found within bounds.
 */
export function couldCover(mandates: readonly Mandate[], call: CallShape): CouldCover {
  const live = mandates.filter((mandate) => isLiveAt(mandate, call.now))
  const own = live.filter(({ parent }) => parent === null)
  const passed = passedOn(live, call).filter((each) => !isShapeRuledOut(each, call))
  const nevers = own.flatMap(({ never }) => never.filter((one) => isAbout(one, call)).map(outOfNever))
  const unmentioned = nameOutside(live)
  const effort: Effort = { left: maxSteps }
  const search = (wanted: "allow" | "ask", start: Start, avoid: readonly Avoided[]): Found => {
    const found = findArguments({ ...start, avoid, unmentioned, effort })
    if (found.kind === "none") return undefined
    return found.kind === "found" && isRuled(wanted, cover(live, { ...call, args: found.args }))
      ? found.args
      : "unknown"
  }
  if (own.length === 0 && passed.length === 0) return { allow: false, ask: false, examples: {} }
  if (own.some(({ userOnly }) => userOnly.some((entry) => isAbout(entry, call))))
    return answer([], [search("ask", anything, nevers)])

  const grants = own.flatMap((mandate) => grantsFor(mandate, call))
  const alone = grants.filter(({ grant }) => grant.mode === "auto")
  const beyondAlone = [...nevers, ...alone.map((placed) => outOfGrant(placed, call))]
  const starts = grants.filter(({ grant }) => grant.mode === "ask").map((placed) => startOf(placed, call))
  if (otherwiseOf(own, passed) === "ask") starts.unshift(anything)
  // What else the chain of a mandate requires is looked at by `cover`; where the arguments found do not do, others may.
  const chains = passed.flatMap((each) => passedGrantsFor(each, call))
  return answer(
    [
      ...alone.map((placed) => search("allow", startOf(placed, call), nevers)),
      ...chains.map((placed) => search("allow", startOf(placed, call), nevers)),
    ],
    [
      ...starts.map((start) => search("ask", start, beyondAlone)),
      ...chains.map((placed) => search("ask", startOf(placed, call), beyondAlone)),
    ],
  )
}

/** Where a search starts: with what a grant requires and leaves room for. */
type Start = Pick<Wanted, "needs" | "mayAdd">

const anything: Start = { needs: [], mayAdd: () => true }

function startOf(placed: PlacedGrant, call: CallShape): Start {
  const { mandate, grant } = placed
  const whole = mandate.budget?.amount?.argument
  const named = namedBy(mandate, grant)
  return {
    needs: needsOf(placed, call),
    // What cannot be read as an amount would take this very grant away as well.
    mayAdd: (argument) =>
      (argument === undefined || argument !== whole) &&
      (!grant.closed || (argument !== undefined && named.includes(argument))),
  }
}

type Found = JsonObject | "unknown" | undefined

function answer(allow: readonly Found[], ask: readonly Found[]): CouldCover {
  const allowed = allow.find((found) => typeof found === "object")
  const asked = ask.find((found) => typeof found === "object")
  return {
    allow: allow.some((found) => found !== undefined),
    ask: ask.some((found) => found !== undefined),
    examples: { ...(allowed ? { allow: allowed } : {}), ...(asked ? { ask: asked } : {}) },
  }
}

function isRuled(wanted: "allow" | "ask", ruling: ReturnType<typeof cover>): boolean {
  return wanted === "ask" ? ruling.asks : ruling.covers && !ruling.asks
}

function grantsFor(mandate: Mandate, call: CallShape): PlacedGrant[] {
  return mandate.grants
    .map((grant, index) => ({ mandate, index, grant }))
    .filter(({ grant, index }) => isAbout(grant, call) && shapeRefusal(mandate, index, call) === undefined)
}

function passedGrantsFor(passed: PassedOn, call: CallShape): PlacedGrant[] {
  const { mandate } = passed
  return mandate.grants
    .map((grant, index) => ({ mandate, index, grant }))
    .filter(({ index }) => passedCouldCover(passed, index, call))
}

function needsOf(
  { mandate, index, grant }: PlacedGrant,
  call: CallShape,
  args?: JsonObject,
): readonly Need[] {
  const budgets = budgetsOf(mandate, index).filter(([budget]) => budget.amount !== undefined)
  const max = Math.min(...budgets.map(([, at]) => call.budgetLeft(mandate, at).amount))
  const amounts: AmountNeed[] = []
  for (const [{ amount }, at] of budgets)
    if (
      amount &&
      (at >= 0 || call.effect === "pay" || isNamedIn(grant, amount.argument) || isIn(args, amount.argument))
    )
      amounts.push({ kind: "amount", argument: amount.argument, decimals: amount.decimals ?? 0, max })
  return [...grant.limits, ...amounts]
}

function isIn(args: JsonObject | undefined, argument: string): boolean {
  return args !== undefined && scalarsAt(args, argument).length > 0
}

/** Whether a grant requires the argument, or something in it, to be there. */
function isNamedIn(grant: Grant, argument: string): boolean {
  const wanted = pointerTokens(argument)
  const own = grant.budget?.amount
  return [...grant.limits, ...(own ? [own] : [])].some((limit) => {
    const tokens = pointerTokens(limit.argument)
    return wanted.every((token, i) => tokens[i] === token || (tokens[i] === "-" && isIndex(token)))
  })
}

function outOfNever(never: Never): Avoided {
  const limits = never.limits ?? []
  return {
    escapes: (args) => {
      if (!limits.every((limit) => limitTouches(limit, args))) return undefined
      return limits.map((limit) => ({
        require: scalarsAt(args, limit.argument).map(({ at }) => ({
          at,
          condition: { must: "not-touch", limit },
        })),
      }))
    },
  }
}

function outOfGrant(placed: PlacedGrant, call: CallShape): Avoided {
  return {
    escapes: (args) => {
      if (typeof grantCovers(placed.mandate, placed.index, { ...call, args }) === "string") return undefined
      const changes = needsOf(placed, call, args).flatMap((limit) =>
        scalarsAt(args, limit.argument).map(({ at }) => ({
          require: [{ at, condition: { must: "not-satisfy", limit } as const }],
        })),
      )
      const additions = placed.grant.closed ? [{ addUnmentioned: true } as const] : []
      return [...changes, ...additions, ...unreadableAmounts(placed, args)]
    },
  }
}

/** An amount that need not be there, but that makes a call uncovered where it is there and cannot be read. */
function unreadableAmounts({ mandate }: PlacedGrant, args: JsonObject): Escape[] {
  const whole = mandate.budget?.amount
  if (!whole || scalarsAt(args, whole.argument).length > 0) return []
  const values = [null, "?", -1, false].map((value) => ({
    add: { argument: whole.argument, kind: "equal", value } as const,
  }))
  return [...values, { more: whole.argument }]
}

/** The name of an argument that no part of the mandates mentions. */
function nameOutside(mandates: readonly Mandate[]): string {
  const parts = mandates.flatMap(({ grants, never }) => [...grants, ...never])
  const limits = parts.flatMap(({ limits }) => limits ?? [])
  const amounts = mandates.flatMap(({ grants, budget }) => [budget, ...grants.map((grant) => grant.budget)])
  const pointers = [...limits, ...amounts.flatMap((budget) => budget?.amount ?? [])].map(
    ({ argument }) => argument,
  )
  const taken = new Set(pointers.map((pointer) => pointerTokens(pointer)[0]))
  let name = "x"
  while (taken.has(name)) name += "x"
  return name
}
