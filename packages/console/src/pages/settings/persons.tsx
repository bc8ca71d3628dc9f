import type { ShownProtection } from "@hufu/core/contract/protection"
import { ageBandWords, sayMinor, sayMinutes } from "@hufu/core/contract/say-figure"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Section } from "../../part/section.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { DescribePerson } from "./describe-person.tsx"
import { peopleWords } from "./people-words.ts"

/** The persons for whom agents act with more care, and a place to say who they are. */
export function Persons() {
  const words = useWords(peopleWords)
  const persons = useOperation("protection.list", {})
  const [isDescribing, setDescribing] = useState(false)
  return (
    <Section title={words.persons}>
      <p className="mb-2 text-soft">
        <Sentence text={words.personsWhat} />
      </p>
      <Loaded query={persons}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.noPersons}</p>
          ) : (
            <List label={words.persons}>
              {items.map((person) => (
                <Person key={person.id} person={person} />
              ))}
            </List>
          )
        }
      </Loaded>
      <details className="mt-2" onToggle={(event) => setDescribing(event.currentTarget.open)}>
        <summary className="min-h-6 cursor-pointer">{words.describe}</summary>
        {isDescribing ? <DescribePerson /> : null}
      </details>
    </Section>
  )
}

function Person({ person }: { readonly person: ShownProtection }) {
  const words = useWords(peopleWords)
  const [isChanging, setChanging] = useState(false)
  const remove = useWidening("protection.remove", ["protection.list"])
  return (
    <ListItem
      head={
        <>
          <bdi className="font-semibold break-words">{person.name}</bdi>
          <Age person={person} />
        </>
      }
      beside={<Id id={person.id} />}
    >
      <What person={person} />
      <details className="mt-2" onToggle={(event) => setChanging(event.currentTarget.open)}>
        <summary className="min-h-6 cursor-pointer">{words.change}</summary>
        {isChanging ? <DescribePerson key={person.changedAt} person={person} /> : null}
      </details>
      <Confirm
        label={words.remove}
        what={words.removeWhat}
        doing={{
          run: () => remove.mutate({ protection: person.id }),
          isPending: remove.isPending,
          error: remove.error,
        }}
      />
    </ListItem>
  )
}

function Age({ person: { born, band, age, group, basis } }: { readonly person: ShownProtection }) {
  const words = useWords(peopleWords)
  const lang = useLanguage()
  if (age === null) return <span className="text-soft">{words.unknown}</span>
  const said = born === null && band !== null ? ageBandWords[lang][band] : words.years(age)
  return (
    <span className="text-soft">
      {[said, ...(band === group ? [] : [words.groups[group]]), words.bases[basis]].join(" · ")}
    </span>
  )
}

function What({ person }: { readonly person: ShownProtection }) {
  const words = useWords(peopleWords)
  const lang = useLanguage()
  const { zone, guardian, consent, nights, agents, use, how, group } = person
  const isMinor = group === "minor"
  return (
    <Facts
      of={[
        [words.zone, zone],
        // UNTRUSTED: somebody wrote them.
        [words.guardian, guardian === "" ? words.noGuardian : visibleName(guardian)],
        [words.how, how === "" ? null : visibleName(how)],
        [words.consent, isMinor ? (consent ? words.yes : words.no) : null],
        [words.nights, isMinor ? (nights ? words.yes : words.no) : null],
        [
          words.agents,
          agents.length === 0
            ? words.everyAgent
            : agents.map((agent) => (
                <span key={agent} className="mr-2">
                  <AgentName id={agent} />
                </span>
              )),
        ],
        [words.today, sayMinutes(use.todaySeconds, lang)],
        [
          words.paid,
          Object.entries(use.spentMonth)
            .map(([currency, amount]) => sayMinor(amount, currency, lang))
            .join(", ") || null,
        ],
      ]}
    />
  )
}
