import type { ChainLink } from "@hufu/core/contract/passing"
import { CircleCheck, CircleX, Clock, TimerOff } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Badge } from "../../part/badge.tsx"
import { Id } from "../../part/id.tsx"
import { Section } from "../../part/section.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { mandateWords } from "./words.ts"

const states = {
  holds: { tone: "allow", icon: CircleCheck },
  not_yet: { tone: "plain", icon: Clock },
  expired: { tone: "plain", icon: TimerOff },
  agent_out_of_service: { tone: "deny", icon: CircleX },
  above: { tone: "deny", icon: CircleX },
} as const

/** Who passed what on to whom, as a tree from the mandate that the person gave; nothing where none of it was passed on. */
export function MandateChain({ id }: { readonly id: string }) {
  const words = useWords(mandateWords)
  const items = useOperation("mandate.chain", { mandate: id }).data?.items ?? []
  const [root] = items
  if (root === undefined || items.length < 2) return null
  return (
    <Section title={words.chain.title}>
      <p className="mb-2 text-soft">{words.chain.under}</p>
      <ol>
        <Branch of={root} among={items} shown={id} />
      </ol>
    </Section>
  )
}

function Branch({
  of,
  among,
  shown,
}: {
  readonly of: ChainLink
  readonly among: readonly ChainLink[]
  readonly shown: string
}) {
  const below = among.filter(({ mandate }) => mandate.parent === of.mandate.id)
  return (
    <li>
      <Link of={of} isShown={of.mandate.id === shown} />
      {below.length > 0 && (
        <ol className="ml-3 border-l-2 border-line pl-4">
          {below.map((each) => (
            <Branch key={each.mandate.id} of={each} among={among} shown={shown} />
          ))}
        </ol>
      )}
    </li>
  )
}

function Link({
  of: { mandate, state, budgets },
  isShown,
}: {
  readonly of: ChainLink
  readonly isShown: boolean
}) {
  const words = useWords(mandateWords)
  const lang = useLanguage()
  return (
    <div
      aria-current={isShown ? "true" : undefined}
      className="my-1.5 rounded-md border border-line bg-paper p-3 aria-[current=true]:border-seal"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <strong>
          <AgentName id={mandate.agent} />
        </strong>
        <Badge {...states[state]} word={words.chain.states[state]} />
        <Id id={mandate.id} />
      </div>
      <p className="text-soft">
        {words.chain.until(sayTime(mandate.until, lang))}
        {budgets.map(({ grant, spent, setAside }) => (
          <span key={grant} className="block">
            {words.spentOf(
              grant < 0 ? words.spentAll : words.spentGrant(grant + 1),
              words.chain.budget(
                spent.count,
                (grant < 0 ? mandate.budget : mandate.grants[grant]?.budget)?.count,
                setAside.count,
              ),
            )}
          </span>
        ))}
      </p>
      {mandate.widened === undefined ? null : (
        <p>
          {words.chain.widened} <Id id={mandate.widened} />
        </p>
      )}
      {mandate.parent !== null && mandate.words !== "" && (
        <p>
          <span className="text-soft">{words.chain.said}</span> <Untrusted text={mandate.words} prose />
        </p>
      )}
    </div>
  )
}
