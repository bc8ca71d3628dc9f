import type { ActionRecord, MandateSaid } from "@hufu/core/contract/records"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Call } from "@hufu/core/mandate/call"
import { grantCovers, isAbout } from "@hufu/core/mandate/grant-covers"
import { limitTouches } from "@hufu/core/mandate/limit-covers"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { sayGrant, sayNever, sayUserOnly } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import type { OperationParts } from "./parts.ts"

/** The sentence of the mandate that decided an action: what covers it, what forbids it, or what only the person decides. */
export function mandateSaid(
  { mandates }: Pick<OperationParts, "mandates">,
  action: ActionRecord,
  args: JsonObject | null,
): MandateSaid | null {
  const known = action.mandate === null ? undefined : mandates.recall(action.mandate)
  if (!known) return null
  const { mandate, isStarting } = known
  // Without the arguments it cannot be told which of several sentences it was.
  const en = args === null ? undefined : sentence(mandate, action, args, "en")
  const zh = args === null ? undefined : sentence(mandate, action, args, "zh")
  return { id: mandate.id, starting: isStarting, says: en && zh ? { en, zh } : null }
}

function sentence(
  mandate: Mandate,
  { effect, server, tool, at, verdict, rules }: ActionRecord,
  args: JsonObject,
  language: Language,
): string | undefined {
  // What was left of a budget and whether the tool was reviewed is not asked again: the ledger says that it was decided so.
  const call: Call = { effect, server, tool, args, reviewed: true, now: at, budgetLeft: () => plenty }
  if (verdict === "deny") {
    // Of what another rule denied no sentence of the mandate is the reason.
    if (!rules.includes("platform/mandate-forbids")) return undefined
    const never = mandate.never.find(
      (each) => isAbout(each, call) && (each.limits ?? []).every((limit) => limitTouches(limit, args)),
    )
    return never && sayNever(never, language)
  }
  const personal = mandate.userOnly.find((entry) => isAbout(entry, call))
  if (personal) return sayUserOnly(personal, language)
  const covering = mandate.grants.findIndex(
    (grant, i) => isAbout(grant, call) && typeof grantCovers(mandate, i, call) !== "string",
  )
  const grant = mandate.grants[covering]
  return grant && sayGrant(grant, mandate.until, language)
}

const plenty = { count: Infinity, amount: Infinity }
