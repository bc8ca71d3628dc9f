import type { JsonObject } from "@hufu/core/json/json-value"
import type { Limit, Scalar } from "@hufu/core/mandate/limit"
import type { MandateDraft } from "@hufu/core/mandate/mandate"
import { standingGrant, type StandingOf } from "./standing-grant.ts"

export interface ProposedGrant {
  readonly draft: MandateDraft
  /** How many earlier approvals it is drawn from. */
  readonly times: number
}

const fewest = 3
const mostValues = 16

/**
 * A grant for what a person approved again and again: the same tool with the same arguments, of which one at most may take the values
 * that were approved. INVARIANT: it covers this action and those that were approved, and no combination of their arguments that was not.
 *
 * @param approved arguments of earlier actions with this tool, each approved once; UNTRUSTED: the agent chose them
 */
export function proposedGrant(of: StandingOf, approved: readonly JsonObject[]): ProposedGrant | undefined {
  const exact = limitsOf(standingGrant(of))
  if (exact === undefined) return undefined
  const earlier = approved.flatMap((args) => {
    const limits = limitsOf(standingGrant({ ...of, arguments: args }))
    return limits !== undefined && limits.size === exact.size ? [limits] : []
  })
  const likes = [undefined, ...exact.keys()].map((varying) => ({
    varying,
    like: earlier.filter((limits) =>
      [...exact].every(([argument, limit]) => argument === varying || isSame(limit, limits.get(argument))),
    ),
  }))
  // What is approved as it stands needs no wider grant.
  const best = likes.reduce((most, each) => (each.like.length > most.like.length ? each : most))
  if (best.like.length < fewest) return undefined
  const draft = standingGrant(of)
  const [grant] = draft?.grants ?? []
  if (draft === undefined || grant === undefined) return undefined
  const { varying } = best
  if (varying === undefined) return { draft, times: best.like.length }
  const values = valuesOf([exact, ...best.like], varying)
  if (values === undefined) return undefined
  const limits = grant.limits.map((limit): Limit =>
    limit.argument === varying ? { argument: varying, kind: "oneOf", values } : limit,
  )
  return { draft: { ...draft, grants: [{ ...grant, limits }] }, times: best.like.length }
}

type Limits = ReadonlyMap<string, Limit>

function limitsOf(draft: MandateDraft | undefined): Limits | undefined {
  const [grant] = draft?.grants ?? []
  return grant && new Map(grant.limits.map((limit) => [limit.argument, limit]))
}

function isSame(limit: Limit, other: Limit | undefined): boolean {
  if (limit.kind === "equal" && other?.kind === "equal") return limit.value === other.value
  return limit.kind === other?.kind
}

/** The values that one argument had, each once; nothing where it has too many, or one is no value. */
function valuesOf(all: readonly Limits[], argument: string): Scalar[] | undefined {
  const values = new Set<Scalar>()
  for (const limits of all) {
    const limit = limits.get(argument)
    if (limit?.kind !== "equal") return undefined
    values.add(limit.value)
  }
  return values.size <= mostValues ? [...values] : undefined
}
