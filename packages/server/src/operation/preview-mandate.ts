import type { Input, Output } from "@hufu/core/contract/contract"
import type { ActionRecord } from "@hufu/core/contract/records"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import type { BudgetLeft } from "@hufu/core/mandate/call"
import { cover, type Cover } from "@hufu/core/mandate/cover"
import { budgetsOf } from "@hufu/core/mandate/grant-covers"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { sayMandate } from "@hufu/core/mandate/say"
import { profileStanding } from "@hufu/core/profile/profile"
import type { VerdictKind } from "@hufu/core/words"
import type { OperationParts } from "./parts.ts"

type Parts = Pick<OperationParts, "agents" | "mandates" | "actions" | "holds" | "tools" | "clock"> & {
  readonly person: { readonly id: string }
}

interface Past {
  readonly action: ActionRecord
  readonly args: JsonObject
}

/**
 * What a draft would allow, and what it alone would have said of what the agent did before: as if those calls came again now, oldest
 * first, each drawing on the draft's budgets. Rules may still ask or deny where a mandate allows.
 */
export function previewMandate(
  parts: Parts,
  { agent: ref, mandate: draft, limit }: Input<"mandate.preview">,
): Output<"mandate.preview"> {
  const agent = parts.agents.need(ref).id
  const mandate = parts.mandates.build(draft, { agent, principal: parts.person.id })
  const { items: actions } = parts.actions.list({ agent, limit })
  const past = actions.flatMap((action) => {
    const args = argumentsOf(parts, action)
    return args ? [{ action, args }] : []
  })
  const budget = countSpent()
  const would = past
    .toReversed()
    .filter(({ action }) => mandate.task === null || mandate.task === action.task)
    .map((one) => {
      const ruling = ask(parts, mandate, one, budget.left)
      if (ruling.covers) budget.spend(mandate, ruling)
      return { action: one.action, would: verdictOf(ruling) }
    })
  return {
    en: sayMandate(mandate, "en"),
    zh: sayMandate(mandate, "zh"),
    items: would.toReversed(),
    erased: actions.length - past.length,
  }
}

function argumentsOf({ actions, holds }: Parts, { id, hold }: ActionRecord): JsonObject | undefined {
  const held = hold === null ? undefined : holds.find(hold)
  const args = actions.content(id)?.arguments ?? (held && holds.content(held)?.arguments)
  return isJsonObject(args) ? args : undefined
}

function ask(
  parts: Parts,
  mandate: Mandate,
  { action: { server, tool, effect }, args }: Past,
  budgetLeft: BudgetLeft,
): Cover {
  const known = parts.tools.find(server, tool)
  const standing = profileStanding(known.profile)
  const reviewed = (standing.reviewed || standing.confirmed) && !known.changed
  const now = Math.max(parts.clock.now(), mandate.from ?? 0)
  return cover([mandate], { effect, server, tool, args, reviewed, now, budgetLeft })
}

function verdictOf({ covers, asks, forbids }: Cover): VerdictKind {
  if (forbids) return "deny"
  if (asks) return "ask"
  return covers ? "allow" : "deny"
}

/** Budgets that only this preview draws on. */
function countSpent() {
  const spent = new Map<number, { count: number; amount: number }>()
  const of = (grant: number) => spent.get(grant) ?? { count: 0, amount: 0 }
  const left: BudgetLeft = (mandate, grant) => {
    const budget = grant < 0 ? mandate.budget : mandate.grants[grant]?.budget
    const { count, amount } = of(grant)
    return {
      count: (budget?.count ?? Infinity) - count,
      amount: (budget?.amount?.max ?? Infinity) - amount,
    }
  }
  function spend(mandate: Mandate, { grant, amount }: Cover): void {
    if (grant === undefined) return
    for (const [, at] of budgetsOf(mandate, grant))
      spent.set(at, { count: of(at).count + 1, amount: of(at).amount + amount })
  }
  return { left, spend }
}
