import type { DecisionMode } from "../words.ts"
import type { Call } from "./call.ts"
import { type GrantRefusal, grantCovers, isAbout, isLiveAt, neverFits } from "./grant-covers.ts"
import type { Mandate } from "./mandate.ts"
import {
  boundBy,
  isRuledOut,
  type PassedOn,
  passedCovers,
  passedOtherwise,
  type Slice,
  standing,
} from "./passed-on.ts"

export type CoverReason =
  | "no_live_mandate"
  | "never"
  | "user_only"
  | "granted_auto"
  | "granted_ask"
  | "otherwise_ask"
  | "otherwise_deny"
  | GrantRefusal

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
  /** The mandate whose words cover the call: of a chain the one that the principal gave. */
  readonly words?: string
  /** What to reserve, in minor units, from the grant's and from the mandate's budget. */
  readonly amount: number
  /** Where the mandate was passed on: what to reserve from each mandate above it, the principal's last. */
  readonly above?: readonly Slice[]
  readonly reasons: readonly CoverReason[]
}

/**
 * What the mandates of this agent and task say of a call. Never throws, whatever the arguments are.
 *
 * INVARIANT: a mandate that was passed on adds what it grants and nothing else. What it forbids holds for what it grants, and what it says of
 * everything else counts only where its holder has no mandate of its own: no agent changes what another one's own mandates say.
 */
export function cover(mandates: readonly Mandate[], call: Call): Cover {
  const live = mandates.filter((mandate) => isLiveAt(mandate, call.now))
  const own = live.filter(({ parent }) => parent === null)
  const passed = passedOn(live, call)
  const [first] = [...own, ...passed.map(({ mandate }) => mandate)]
  if (first === undefined) return { ...nothing, live: false, otherwise: "deny", reasons: ["no_live_mandate"] }
  const open = passed.filter((each) => !isRuledOut(each, call))
  const base = { ...nothing, otherwise: otherwiseOf(own, open) }
  const forbidding = own.find((mandate) => mandate.never.some((never) => neverFits(never, call)))
  const isForbidden = forbidding !== undefined || (own.length === 0 && open.length === 0)
  if (isForbidden) return { ...base, forbids: true, mandate: (forbidding ?? first).id, reasons: ["never"] }
  const personal = own.find((mandate) => mandate.userOnly.some((entry) => isAbout(entry, call)))
  if (personal)
    return {
      ...base,
      asks: true,
      mode: "user-only",
      otherwise: "ask",
      mandate: personal.id,
      reasons: ["user_only"],
    }
  return coverByGrants(own, open, call, base)
}

const nothing = { live: true, covers: false, asks: false, forbids: false, mode: "ask", amount: 0 } as const

/** Those mandates that were passed on and whose chain holds. */
export function passedOn(live: readonly Mandate[], call: Parameters<typeof standing>[1]): PassedOn[] {
  return live.flatMap((mandate) => (mandate.parent === null ? [] : (standing(mandate, call) ?? [])))
}

function coverByGrants(
  own: readonly Mandate[],
  passed: readonly PassedOn[],
  call: Call,
  base: Omit<Cover, "reasons">,
): Cover {
  const refusals = new Set<GrantRefusal>()
  for (const mode of ["auto", "ask"] as const) {
    for (const mandate of own)
      for (const [index, grant] of mandate.grants.entries()) {
        if (grant.mode !== mode || !isAbout(grant, call)) continue
        const ruling = grantCovers(mandate, index, call)
        if (typeof ruling === "string") refusals.add(ruling)
        else return { ...base, ...covered(mode), ...by(mandate, index), amount: ruling.amount }
      }
    for (const each of passed)
      for (const [index, grant] of each.mandate.grants.entries()) {
        if (!isAbout(grant, call)) continue
        const ruling = passedCovers(each, index, call)
        if (typeof ruling === "string") refusals.add(ruling)
        else if (ruling.mode === mode)
          return {
            ...base,
            ...covered(mode),
            ...by(each.mandate, index, boundBy(each).at(-1)),
            amount: ruling.amount,
            above: ruling.above,
          }
      }
  }
  const asks = base.otherwise === "ask"
  return { ...base, asks, reasons: [...refusals, asks ? "otherwise_ask" : "otherwise_deny"] }
}

function covered(mode: "auto" | "ask"): Pick<Cover, "covers" | "asks" | "mode" | "reasons"> {
  return {
    covers: true,
    asks: mode === "ask",
    mode,
    reasons: [mode === "auto" ? "granted_auto" : "granted_ask"],
  }
}

/** What the principal widened says no words of theirs: they approved what it says. */
function by(mandate: Mandate, grant: number, root = mandate): Pick<Cover, "mandate" | "grant" | "words"> {
  return { mandate: mandate.id, grant, ...(root.parent === null ? { words: root.id } : {}) }
}

/** What live mandates together say of everything that they do not mention. */
export function otherwiseOf(own: readonly Mandate[], passed: readonly PassedOn[] = []): "ask" | "deny" {
  const said =
    own.length > 0 ? own.map(({ otherwise }) => otherwise) : passed.map((each) => passedOtherwise(each))
  return said.includes("ask") ? "ask" : "deny"
}
