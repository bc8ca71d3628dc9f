import type { Above, Call, CallShape } from "./call.ts"
import { type GrantRefusal, grantCovers, isAbout, isLiveAt, neverFits, shapeRefusal } from "./grant-covers.ts"
import type { Grant, Mandate } from "./mandate.ts"

/** A mandate that an agent passed on, with the chain that it hangs on. */
export interface PassedOn {
  readonly mandate: Mandate
  readonly above: Above
}

/** What a call takes of one mandate of a chain: one call, and the amount in minor units, from a grant and from the whole. */
export interface Slice {
  readonly mandate: Mandate
  readonly grant: number
  readonly amount: number
}

/**
 * The mandate with its chain, if all of it holds at this time. What stands above what the principal widened may have run out, because they
 * approved when that ends; it may not be gone.
 */
export function standing(mandate: Mandate, call: CallShape): PassedOn | undefined {
  const above = call.above?.(mandate)
  const isWhole = above !== undefined && above.links.at(-1)?.parent === null
  if (!isWhole) return undefined
  const passed = { mandate, above }
  return boundBy(passed).every((link) => isLiveAt(link, call.now)) ? passed : undefined
}

/** The mandates above that a call has to be covered by: up to the first one that the principal themselves approved. */
export function boundBy({
  mandate,
  above: { links },
}: {
  readonly mandate: Mandate
  readonly above: Pick<Above, "links">
}): readonly Mandate[] {
  if (mandate.widened !== undefined) return []
  const last = links.findIndex((link) => link.widened !== undefined)
  return last < 0 ? links : links.slice(0, last + 1)
}

/**
 * Whether the chain says nothing for a call: somebody in it must never do this, or the person alone decides it. INVARIANT: neither can be
 * passed on, also where another mandate of an agent above says it.
 */
export function isRuledOut({ mandate, above }: PassedOn, call: Call): boolean {
  return saying({ mandate, above }, call).some(
    ({ never, userOnly }) =>
      never.some((one) => neverFits(one, call)) || userOnly.some((one) => isAbout(one, call)),
  )
}

/** Whether it is ruled out whatever the arguments are. */
export function isShapeRuledOut(passed: PassedOn, call: CallShape): boolean {
  return saying(passed, call).some(
    ({ never, userOnly }) =>
      never.some((one) => one.limits === undefined && isAbout(one, call)) ||
      userOnly.some((one) => isAbout(one, call)),
  )
}

function saying({ mandate, above }: PassedOn, { now }: CallShape): Mandate[] {
  return [mandate, ...above.links, ...above.beside.filter((each) => isLiveAt(each, now))]
}

/**
 * Whether a grant of a mandate that was passed on covers a call. INVARIANT: every mandate above covers it too, up to one that the principal
 * approved as it is, at this moment and by its own grants, whatever was compared when it was passed on; it is asked about if any of them asks.
 */
export function passedCovers(
  passed: PassedOn,
  index: number,
  call: Call,
): GrantRefusal | { amount: number; above: readonly Slice[]; mode: Grant["mode"] } {
  const { mandate, above } = passed
  const own = grantCovers(mandate, index, call)
  if (typeof own === "string") return own
  let mode = mandate.grants[index]?.mode ?? "ask"
  const slices: Slice[] = []
  for (const link of boundBy(passed)) {
    const found = coveringGrant(link, { ...call, budgetLeft: above.left })
    if (typeof found === "string") return found
    if (found.mode === "ask") mode = "ask"
    slices.push({ mandate: link, grant: found.grant, amount: found.amount })
  }
  return { amount: own.amount, above: slices, mode }
}

/** The grant of a mandate that covers a call: one that lets it go alone before one that asks. */
function coveringGrant(
  mandate: Mandate,
  call: Call,
): GrantRefusal | { grant: number; amount: number; mode: Grant["mode"] } {
  let refusal: GrantRefusal = "limit_not_met"
  for (const mode of ["auto", "ask"] as const)
    for (const [index, grant] of mandate.grants.entries()) {
      if (grant.mode !== mode || !isAbout(grant, call)) continue
      const ruling = grantCovers(mandate, index, call)
      if (typeof ruling !== "string") return { grant: index, amount: ruling.amount, mode }
      refusal = ruling
    }
  return refusal
}

/** Whether the chain may cover calls of this shape, as far as that can be told without arguments. */
export function passedCouldCover(passed: PassedOn, index: number, call: CallShape): boolean {
  const { mandate, above } = passed
  const grant = mandate.grants[index]
  return (
    grant !== undefined &&
    isAbout(grant, call) &&
    shapeRefusal(mandate, index, call) === undefined &&
    boundBy(passed).every((link) =>
      link.grants.some(
        (each, at) =>
          isAbout(each, call) && shapeRefusal(link, at, { ...call, budgetLeft: above.left }) === undefined,
      ),
    )
  )
}

/** What a chain says of everything that it does not mention: it asks only where all of it asks. */
export function passedOtherwise(passed: PassedOn): Mandate["otherwise"] {
  return [passed.mandate, ...boundBy(passed)].every(({ otherwise }) => otherwise === "ask") ? "ask" : "deny"
}
