import type { Effort } from "../pattern/effort.ts"
import { prohibitionContains } from "./limit-contains.ts"
import type { Budget, Grant, Mandate, Never, UserOnly } from "./mandate.ts"
import {
  amountDifferences,
  type Difference,
  fitTogether,
  limitDifferences,
  plainDifferences,
} from "./narrow-grant.ts"
import { sayNever, sayTime, sayUserOnly } from "./say.ts"
import { toolsContain } from "./tool-pattern.ts"

/**
 * Whether one mandate is narrower than another (or the same), and if not, in which ways. `within` gives for each
 * inner grant the index of the outer grant whose budget it shares: what was spent there stays spent.
 */
export type Narrowness =
  | { readonly ok: true; readonly within: readonly number[] }
  | { readonly ok: false; readonly differences: readonly Difference[] }

/** For one comparison, whatever the mandates hold: about a second. */
const maxSteps = 1_000_000

/**
 * Whether everything that the inner mandate could allow or ask, the outer one allows or asks as well, and whatever
 * it could allow alone, the outer one allows alone. What cannot be shown is a difference.
 */
export function isNarrower(inner: Mandate, outer: Mandate): Narrowness {
  return compare(inner, outer, { holders: holderDifferences(inner, outer), isSame: true })
}

/**
 * Whether the inner mandate is a part of the outer one for another agent of the same principal: as `isNarrower`, but for whose it is. It has to
 * name one task, which is that agent's and therefore not the outer one's.
 */
export function isPartOf(inner: Mandate, outer: Mandate): Narrowness {
  return compare(inner, outer, { holders: receiverDifferences(inner, outer), isSame: false })
}

interface Comparing {
  readonly holders: readonly Difference[]
  /**
   * Whether the inner mandate takes the outer one's place. What was spent counts where its budget stood: one that stood elsewhere would
   * begin anew, and give again what was spent. Beside a part, the outer one goes on counting by itself.
   */
  readonly isSame: boolean
}

function compare(inner: Mandate, outer: Mandate, { holders, isSame }: Comparing): Narrowness {
  const effort: Effort = { left: maxSteps }
  const placement = placeGrants(inner, outer, { effort, whole: isSame ? undefined : inner.budget })
  const differences = [
    ...holders,
    ...timeDifferences(inner, outer),
    ...placement.differences,
    ...neverDifferences(inner, outer, effort),
    ...userOnlyDifferences(inner, outer),
    ...budgetDifferences(inner, outer, isSame ? undefined : inner.grants.map(({ budget }) => budget)),
    ...(inner.otherwise === "ask" && outer.otherwise === "deny"
      ? [{ en: "it asks for everything else instead of refusing", zh: "对其余一切改为询问，而非拒绝" }]
      : []),
  ]
  return differences.length === 0 ? { ok: true, within: placement.within } : { ok: false, differences }
}

function holderDifferences(inner: Mandate, outer: Mandate): Difference[] {
  const found: Difference[] = []
  if (inner.agent !== outer.agent) found.push({ en: "it is another agent's", zh: "属于另一智能体" })
  if (inner.principal !== outer.principal)
    found.push({ en: "it is another principal's", zh: "属于另一委托人" })
  if (outer.task !== null && inner.task !== outer.task)
    found.push({ en: "it holds for other tasks", zh: "适用于其他任务" })
  if (inner.widened !== undefined && inner.widened !== outer.widened)
    found.push({ en: "it says that the principal widened it", zh: "声称已由委托人放宽" })
  return found
}

function receiverDifferences(inner: Mandate, outer: Mandate): Difference[] {
  const found: Difference[] = []
  if (inner.widened !== undefined)
    found.push({ en: "it says that the principal widened it", zh: "声称已由委托人放宽" })
  if (inner.parent !== outer.id)
    found.push({ en: "it was passed on from another mandate", zh: "转授自另一授权" })
  if (inner.agent === outer.agent) found.push({ en: "it is the same agent's", zh: "属于同一智能体" })
  if (inner.principal !== outer.principal)
    found.push({ en: "it is another principal's", zh: "属于另一委托人" })
  if (inner.task === null) found.push({ en: "it holds for every task", zh: "适用于一切任务" })
  return found
}

function timeDifferences(inner: Mandate, outer: Mandate): Difference[] {
  const found: Difference[] = []
  if (inner.until > outer.until)
    found.push({ en: `it lasts beyond ${sayTime(outer.until)}`, zh: `有效期超过 ${sayTime(outer.until)}` })
  if (outer.from !== undefined && (inner.from ?? -Infinity) < outer.from)
    found.push({ en: `it begins before ${sayTime(outer.from)}`, zh: `生效早于 ${sayTime(outer.from)}` })
  return found
}

/** Every inner grant must be contained in one outer grant, and all that share one must share its budget. */
function placeGrants(
  inner: Mandate,
  outer: Mandate,
  { effort, whole }: { readonly effort: Effort; readonly whole: Budget | undefined },
) {
  const differences: Difference[] = []
  const within: number[] = []
  for (const [index, grant] of inner.grants.entries()) {
    const plain = outer.grants.map((other) =>
      plainDifferences({ mandate: inner, grant }, { mandate: outer, grant: other }),
    )
    const containing = outer.grants.map(
      (other, at) => plain[at]?.length === 0 && limitDifferences(grant, other, effort).length === 0,
    )
    const home = outer.grants.findIndex(({ budget }, at) => {
      const sharing = inner.grants.filter((_, other) => other === index || within[other] === at)
      const hasRoom = () =>
        !budget ||
        fitTogether(
          sharing.map((one) => one.budget),
          whole,
          budget,
        )
      return containing[at] === true && hasRoom()
    })
    if (home < 0) {
      const found = containing.includes(true) ? [noRoom] : nearest(grant, outer.grants, plain, effort)
      differences.push(...found.map((difference) => ofGrant(index, difference)))
    }
    within.push(home)
  }
  return { differences, within }
}

const noRoom: Difference = {
  en: "no grant leaves room for it and its budget",
  zh: "没有授权项可容纳该项及其预算",
}

/** The differences from the outer grant that comes closest. */
function nearest(
  grant: Grant,
  outer: readonly Grant[],
  plain: readonly (readonly Difference[])[],
  effort: Effort,
): readonly Difference[] {
  const least = Math.min(...plain.map((differences) => differences.length))
  const at = plain.findIndex((differences) => differences.length === least)
  const closest = outer[at]
  if (!closest) return [noRoom]
  return [...(plain[at] ?? []), ...limitDifferences(grant, closest, effort)]
}

function ofGrant(index: number, { en, zh }: Difference): Difference {
  return { en: `grant ${index + 1}: ${en}`, zh: `第 ${index + 1} 项：${zh}` }
}

function neverDifferences(inner: Mandate, outer: Mandate, effort: Effort): Difference[] {
  const dropped = outer.never.filter(
    (never) => !inner.never.some((kept) => neverContains(kept, never, effort)),
  )
  return dropped.map((never) => ({
    en: `it no longer says: ${sayNever(never, "en")}`,
    zh: `不再规定：${sayNever(never, "zh")}`,
  }))
}

function neverContains(outer: Never, inner: Never, effort: Effort): boolean {
  const limits = inner.limits ?? []
  return (
    partContains(outer, inner) &&
    (outer.limits ?? []).every((limit) => limits.some((one) => prohibitionContains(limit, one, effort)))
  )
}

type Part = Pick<Never, "effects" | "tools">

function partContains(outer: Part, inner: Part): boolean {
  const effects = outer.effects
  return (
    (effects === undefined || inner.effects?.every((effect) => effects.includes(effect)) === true) &&
    toolsContain(outer.tools, inner.tools)
  )
}

/**
 * What only the person decided stays so, or never happens. Where the outer mandate refuses everything else, leaving
 * something new to the person would let them be asked what was refused.
 */
function userOnlyDifferences(inner: Mandate, outer: Mandate): Difference[] {
  const kept: readonly Part[] = [
    ...inner.userOnly,
    ...inner.never.filter(({ limits }) => limits === undefined),
  ]
  const dropped = outer.userOnly.filter((entry) => !kept.some((one) => partContains(one, entry)))
  const known: readonly Part[] = [...outer.userOnly, ...outer.grants.filter(isUnconditional)]
  const added = inner.userOnly.filter(
    (entry) => outer.otherwise === "deny" && !known.some((one) => partContains(one, entry)),
  )
  return [
    ...dropped.map((entry) => ({
      en: `it no longer says: ${sayUserOnly(entry, "en")}`,
      zh: `不再规定：${sayUserOnly(entry, "zh")}`,
    })),
    ...added.map((entry: UserOnly) => ({
      en: `it asks for what was refused: ${sayUserOnly(entry, "en")}`,
      zh: `对原应拒绝的改为询问：${sayUserOnly(entry, "zh")}`,
    })),
  ]
}

function isUnconditional(grant: Grant): boolean {
  return (
    grant.limits.length === 0 && !grant.closed && !grant.needs && !grant.budget && grant.until === undefined
  )
}

/** @param parts budgets of grants that may stand for the whole one, added up */
function budgetDifferences(
  inner: Mandate,
  outer: Mandate,
  parts: readonly (Budget | undefined)[] | undefined,
): Difference[] {
  const most = outer.budget?.count
  const isWithin =
    most === undefined ||
    inner.grants.length === 0 ||
    (inner.budget?.count ?? Infinity) <= most ||
    (parts !== undefined && fitTogether(parts, inner.budget, { count: most }))
  const count = isWithin ? [] : [{ en: `it may act more than ${most} times`, zh: `可超过 ${most} 次` }]
  return [...count, ...amountDifferences(inner.budget?.amount, outer.budget?.amount)]
}
