import { ageBands, type AgeBand, type AgeBasis, type ShownProtection } from "@hufu/core/contract/protection"
import { ageBandWords } from "@hufu/core/contract/say-figure"
import { type ReactNode, useId, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Failed } from "../../part/failed.tsx"
import { useWidening } from "../../session/prove.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { peopleWords } from "./people-words.ts"

type Draft = Pick<ShownProtection, "name" | "basis" | "how" | "zone" | "guardian" | "consent" | "nights"> & {
  readonly born: string
  readonly band: AgeBand | ""
  readonly agents: string
}

/** Says who a person is, or changes it; that takes a proof of the person at the console. */
export function DescribePerson({ person }: { readonly person?: ShownProtection }) {
  const words = useWords(peopleWords)
  const known = useOperation("agent.list", {}).data?.items ?? []
  const [draft, setDraft] = useState<Draft>(() => draftOf(person))
  const save = useWidening("protection.set", ["protection.list"])
  const change = (more: Partial<Draft>) => setDraft((now) => ({ ...now, ...more }))
  // An agent's id is shown by its name.
  const agents = draft.agents
    .split(",")
    .map((each) => known.find(({ id }) => id === each.trim())?.name ?? each)
    .join(",")
  return (
    <form
      className="card mt-2 grid gap-3 px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        const { consent, nights, ...said } = draft
        save.mutate(
          { ...said, agents, consent: consent ? "yes" : "no", nights: nights ? "yes" : "no" },
          {
            // The next person is another one.
            onSuccess: (saved) => {
              if (saved && person === undefined) setDraft(draftOf(undefined))
            },
          },
        )
      }}
    >
      {person === undefined ? (
        <Text label={words.name} help={words.nameHelp} value={draft.name} give={(name) => change({ name })} />
      ) : null}
      <AgeFields draft={draft} change={change} />
      <Text
        label={words.zone}
        value={draft.zone}
        give={(zone) => change({ zone })}
        placeholder="Asia/Shanghai"
      />
      <Text label={words.guardian} value={draft.guardian} give={(guardian) => change({ guardian })} />
      <Tick label={words.consent} value={draft.consent} give={(consent) => change({ consent })} />
      <Tick label={words.nights} value={draft.nights} give={(nights) => change({ nights })} />
      <Text
        label={words.agents}
        help={words.agentsHelp}
        value={agents}
        give={(given) => change({ agents: given })}
      />
      <div>
        <button type="submit" className="button button-main" disabled={save.isPending || draft.name === ""}>
          {words.save}
        </button>
      </div>
      <div role="status">{save.error ? <Failed error={save.error} /> : null}</div>
    </form>
  )
}

function AgeFields({
  draft,
  change,
}: {
  readonly draft: Draft
  readonly change: (more: Partial<Draft>) => void
}) {
  const words = useWords(peopleWords)
  const lang = useLanguage()
  return (
    <>
      <Field label={words.born}>
        {(id) => (
          <input
            id={id}
            type="date"
            className="field sm:max-w-80"
            value={draft.born}
            onChange={(event) => change({ born: event.target.value, band: "" })}
          />
        )}
      </Field>
      <Field label={words.band}>
        {(id) => (
          <select
            id={id}
            className="field sm:max-w-80"
            value={draft.band}
            // The options are these.
            onChange={(event) => change({ band: event.target.value as AgeBand | "", born: "" })}
          >
            <option value="">{words.noBand}</option>
            {ageBands.map((band) => (
              <option key={band} value={band}>
                {ageBandWords[lang][band]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={words.basis}>
        {(id) => (
          <select
            id={id}
            className="field sm:max-w-80"
            value={draft.basis}
            // The options are these.
            onChange={(event) => change({ basis: event.target.value as AgeBasis })}
          >
            <option value="declared">{words.bases.declared}</option>
            <option value="verified">{words.bases.verified}</option>
          </select>
        )}
      </Field>
      {draft.basis === "verified" ? (
        <Text label={words.how} value={draft.how} give={(how) => change({ how })} />
      ) : null}
    </>
  )
}

function Text({
  label,
  help,
  value,
  give,
  placeholder,
}: {
  readonly label: string
  readonly help?: string
  readonly value: string
  readonly give: (value: string) => void
  readonly placeholder?: string
}) {
  return (
    <Field label={label}>
      {(id) => (
        <>
          <input
            id={id}
            className="field sm:max-w-80"
            maxLength={200}
            value={value}
            placeholder={placeholder}
            onChange={(event) => give(event.target.value)}
          />
          {help === undefined ? null : <span className="text-sm text-soft">{help}</span>}
        </>
      )}
    </Field>
  )
}

function Tick({
  label,
  value,
  give,
}: {
  readonly label: string
  readonly value: boolean
  readonly give: (value: boolean) => void
}) {
  return (
    <label className="inline-flex min-h-6 items-center gap-2">
      <input type="checkbox" checked={value} onChange={(event) => give(event.target.checked)} />
      {label}
    </label>
  )
}

function Field({
  label,
  children,
}: {
  readonly label: string
  readonly children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="grid gap-1">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

function draftOf(person: ShownProtection | undefined): Draft {
  return {
    name: person?.name ?? "",
    born: person?.born ?? "",
    band: person?.band ?? "",
    basis: person?.basis ?? "declared",
    how: person?.how ?? "",
    zone: person?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    guardian: person?.guardian ?? "",
    consent: person?.consent ?? false,
    nights: person?.nights ?? false,
    agents: person?.agents.join(", ") ?? "",
  }
}
