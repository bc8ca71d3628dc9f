import type { TracedDelegation } from "@hufu/core/contract/delegation"
import { sayMinor } from "@hufu/core/contract/say-figure"
import { Link } from "@tanstack/react-router"
import { AgentName } from "../../part/agent-name.tsx"
import { Id } from "../../part/id.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { DelegationStateBadge } from "./delegation-state-badge.tsx"
import { isOpen, lookOf } from "./trace-graph.ts"
import { delegationPageWords } from "./words.ts"

/** What the picture shows, for whoever reads it: a row for each delegation, those below others after them. */
export function TraceTable({
  items,
  shown,
}: {
  readonly items: readonly TracedDelegation[]
  readonly shown: string
}) {
  const words = useWords(delegationPageWords)
  return (
    <div
      className="relative mt-2 overflow-x-auto rounded-lg border border-line"
      role="group"
      aria-label={words.graph}
      tabIndex={0}
    >
      <table className="w-full bg-paper text-left">
        <thead className="bg-sunk text-sm text-soft">
          <tr>
            {Object.entries(words.columns).map(([name, word]) => (
              <th key={name} scope="col" className="px-3 py-1.5 font-normal whitespace-nowrap">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {items.map((item) => (
            <Row key={item.delegation.id} item={item} isShown={item.delegation.id === shown} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({
  item: { delegation, budgets },
  isShown,
}: {
  readonly item: TracedDelegation
  readonly isShown: boolean
}) {
  const words = useWords(delegationPageWords)
  const [asker, partner] = [visibleName(delegation.agentName), visibleName(delegation.server)]
  const { state } = delegation
  const waits = {
    waitsPartner: () => words.waits.partner(asker, partner),
    waitsAsker: () => words.waits.asker(asker, partner),
    waitsPerson: () => words.waits.person(asker),
    done: () => words.waits.nobody,
    broken: () => words.waits.nobody,
  }[lookOf(state)]()
  return (
    <tr aria-current={isShown ? "true" : undefined} className="align-top aria-[current=true]:bg-seal-wash">
      <td className="px-3 py-2 whitespace-nowrap">
        <AgentName id={delegation.agent} />
      </td>
      <td className="px-3 py-2 whitespace-nowrap">
        <Link to="/delegations/$delegation" params={{ delegation: delegation.id }} className="link min-h-6">
          {partner}
        </Link>
        <span className="block text-sm text-soft">
          {delegation.protocol === null ? words.gone : words.protocols[delegation.protocol]}
        </span>
      </td>
      <td className="px-3 py-2">
        <DelegationStateBadge state={state} />
      </td>
      <td className="px-3 py-2 whitespace-nowrap">
        {isOpen(state) ? waits : <span className="text-soft">{waits}</span>}
        {delegation.hold === null ? null : (
          <span className="block">
            <Id id={delegation.hold} />
          </span>
        )}
      </td>
      <td className="px-3 py-2">
        {budgets.length === 0 ? <span className="text-soft">{words.noBudget}</span> : null}
        {budgets.map((budget) => (
          <Spent key={`${budget.mandate} ${budget.grant}`} budget={budget} />
        ))}
      </td>
    </tr>
  )
}

function Spent({
  budget: { mandate, most, spent, currency },
}: {
  readonly budget: TracedDelegation["budgets"][number]
}) {
  const words = useWords(delegationPageWords)
  const lang = useLanguage()
  return (
    <span className="block whitespace-nowrap tabular-nums">
      {most.count === null ? null : words.spentCount(spent.count, most.count)} <Id id={mandate} />
      {most.amount === null || currency === null ? null : (
        <span className="block">
          {words.spentAmount(sayMinor(spent.amount, currency, lang), sayMinor(most.amount, currency, lang))}
        </span>
      )}
    </span>
  )
}
