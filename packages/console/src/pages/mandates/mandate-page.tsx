import type { Output } from "@hufu/core/contract/contract"
import { useParams } from "@tanstack/react-router"
import { isAbsent, useChange, useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Empty } from "../../part/empty.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { Sentences } from "../../part/sentences.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { sayNumber, sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { MandateChain } from "./mandate-chain.tsx"
import { NarrowForm } from "./narrow-form.tsx"
import { mandateWords } from "./words.ts"

/** One mandate: what it allows, what is spent of it, and the ways to make it less. */
export function MandatePage() {
  const words = useWords(mandateWords)
  const { mandate: id = "" } = useParams({ strict: false })
  const explained = useOperation("mandate.explain", { mandate: id })
  return (
    <Page title={words.one} under={<Id id={id} whole />}>
      {isAbsent(explained.error) ? (
        <Empty title={words.gone} what={words.goneWhat} />
      ) : (
        <Loaded query={explained} rows={6}>
          {(data) => <Content of={data} />}
        </Loaded>
      )}
    </Page>
  )
}

function Content({ of }: { readonly of: Output<"mandate.explain"> }) {
  const words = useWords(mandateWords)
  const lang = useLanguage()
  const { mandate, spent } = of
  return (
    <>
      <Sentences of={of[lang]} />
      <Section title={words.about}>
        <Facts
          of={[
            [words.agent, <AgentName key="agent" id={mandate.agent} />],
            [words.task, mandate.task === null ? words.allTasks : <Id key="task" id={mandate.task} />],
            [
              mandate.parent === null ? words.words : words.agentWords,
              mandate.words === "" ? words.noWords : <Untrusted key="words" text={mandate.words} prose />,
            ],
            [words.created, <Ago key="created" at={mandate.createdAt} />],
            [words.from, mandate.from === undefined ? null : sayTime(mandate.from, lang)],
            [words.ends, sayTime(mandate.until, lang)],
            [words.parent, mandate.parent === null ? null : <Id key="parent" id={mandate.parent} />],
            [
              words.spent,
              spent.length === 0
                ? null
                : spent.map(({ grant, count, amount }) => (
                    <span key={grant} className="block">
                      {words.spentOf(
                        grant < 0 ? words.spentAll : words.spentGrant(grant + 1),
                        words.spentSays(count, amount === 0 ? undefined : sayNumber(amount, lang)),
                      )}
                    </span>
                  )),
            ],
          ]}
        />
      </Section>
      <MandateChain id={mandate.id} />
      <Less mandate={mandate} />
    </>
  )
}

function Less({ mandate }: { readonly mandate: Output<"mandate.explain">["mandate"] }) {
  const words = useWords(mandateWords)
  const [isNarrowing, setNarrowing] = useAddressText("narrow")
  const revoke = useChange("mandate.revoke", [
    "mandate.explain",
    "mandate.list",
    "mandate.chain",
    "agent.show",
    "task.show",
  ])
  if (isNarrowing !== "") return <NarrowForm mandate={mandate} close={() => setNarrowing("")} />
  return (
    <div className="mt-4 flex flex-wrap items-start gap-2">
      <button type="button" className="button" onClick={() => setNarrowing("yes")}>
        {words.narrow}
      </button>
      <Confirm
        label={words.revoke}
        what={words.revokeWhat}
        doing={{
          run: () => revoke.mutate({ mandate: mandate.id }),
          isPending: revoke.isPending,
          error: revoke.error,
        }}
      />
    </div>
  )
}
