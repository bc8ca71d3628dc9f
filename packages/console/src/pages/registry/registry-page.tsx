import type { FoundRegistration, FoundRegistrations } from "@hufu/core/contract/discovery"
import { Link, useSearch } from "@tanstack/react-router"
import { Radio } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Badge } from "../../part/badge.tsx"
import { Empty } from "../../part/empty.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useSession } from "../../session/session.ts"
import { OrganisationLink } from "../../session/organisation-link.tsx"
import { useWords } from "../../words/use-words.ts"
import { type Asked, pageLength, useAsked } from "./asked.ts"
import { FacetChoice } from "./facet-choice.tsx"
import { GradeBadge } from "./standing-badge.tsx"
import { RegistryTabs } from "./registry-tabs.tsx"
import { registryWords } from "./words.ts"

/** Finding an agent: for everybody, without sign-in. */
export function RegistryPage() {
  const words = useWords(registryWords)
  const { asked, narrowed, ask, clear } = useAsked()
  const found = useOperation("registry.search", asked, { isPassing: true })
  return (
    <Page title={words.title} under={words.under} beside={<ForOrganisations />}>
      <RegistryTabs />
      <search>
        <input
          type="search"
          className="field min-h-11 text-base"
          aria-label={words.search}
          placeholder={`${words.search} ${words.searchHelp}`}
          maxLength={1000}
          value={asked.text}
          onChange={(event) => ask("q", event.target.value)}
        />
      </search>
      <div className="mt-4 grid items-start gap-x-6 gap-y-4 md:grid-cols-[13rem_minmax(0,1fr)]">
        <FacetChoice
          facets={found.data?.facets ?? []}
          asked={asked}
          knowsAlive={found.data?.items.some(({ alive }) => alive !== null) ?? false}
          ask={ask}
          clear={clear}
        />
        <Loaded query={found} rows={6}>
          {(data) => (
            <Found of={data} asked={asked} isNarrowed={narrowed > 0 || asked.text !== ""} clear={clear} />
          )}
        </Loaded>
      </div>
    </Page>
  )
}

/** What to do where nobody is registered, for whoever may. */
function Register() {
  const words = useWords(registryWords)
  const { browser, person } = useSession()
  if (browser === null && person === null) return null
  return (
    <Link to="/registrations/new" className="button button-main">
      {words.register}
    </Link>
  )
}

/** A stranger may answer for agents that are registered here. */
function ForOrganisations() {
  const { browser, person } = useSession()
  return browser === null && person === null ? <OrganisationLink /> : null
}

function Found({
  of: { items, total, complete, indexed },
  asked,
  isNarrowed,
  clear,
}: {
  readonly of: FoundRegistrations
  readonly asked: Asked
  readonly isNarrowed: boolean
  readonly clear: () => void
}) {
  const words = useWords(registryWords)
  if (items.length === 0)
    return indexed === 0 && !isNarrowed ? (
      <Empty title={words.empty.title} what={words.empty.what}>
        <Register />
      </Empty>
    ) : (
      <Empty title={words.none.title} what={words.none.what}>
        <button type="button" className="button" onClick={clear}>
          {words.clear}
        </button>
      </Empty>
    )
  return (
    <div className="min-w-0">
      <p role="status" className="mb-2 text-soft">
        {complete ? words.found(total) : words.foundSome(total)}
      </p>
      <List label={words.title}>
        {items.map((found) => (
          <Hit key={found.id} found={found} isAsked={asked.text !== ""} />
        ))}
      </List>
      <Pages offset={asked.offset} total={total} complete={complete} />
    </div>
  )
}

function Hit({ found, isAsked }: { readonly found: FoundRegistration; readonly isAsked: boolean }) {
  const words = useWords(registryWords)
  const { id, name, title, description, version, developer, protocols, skills, grade, price, alive } = found
  return (
    <ListItem
      head={
        <>
          <Link
            to="/registry/$registration"
            params={{ registration: id }}
            className="link min-h-6 font-semibold"
          >
            <Untrusted text={title} prose />
          </Link>
          <UntrustedName text={name} />
        </>
      }
      beside={
        <>
          {alive === null ? null : (
            <Badge
              tone={alive ? "allow" : "plain"}
              icon={Radio}
              word={alive ? words.aliveBadge : words.silentBadge}
            />
          )}
          <GradeBadge grade={grade} />
          {price === null ? null : <span>{wordOf(words.values, price)}</span>}
          <UntrustedName text={version} />
        </>
      }
    >
      <p className="line-clamp-3">
        <Untrusted text={description} prose />
      </p>
      <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-soft">
        <Untrusted text={developer} prose />
        {protocols.map((protocol) => (
          <span key={protocol} className="rounded bg-sunk px-1.5 text-ink">
            {wordOf(words.values, protocol)}
          </span>
        ))}
        {skills.map((skill) => (
          <span key={skill.id} className="max-w-full truncate rounded border border-line px-1.5">
            <Untrusted text={skill.name} prose />
          </span>
        ))}
      </p>
      {isAsked && found.reasons.length > 0 ? <Reasons of={found} /> : null}
    </ListItem>
  )
}

/** Why it is here: which words stand where. */
function Reasons({ of: { reasons, score } }: { readonly of: FoundRegistration }) {
  const words = useWords(registryWords)
  return (
    <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-sm text-soft">
      <span title={words.scoreHelp}>{words.score(Math.round(score))}</span>
      {reasons.map(({ field, words: matched }) => (
        <span key={field}>
          {words.foundIn(wordOf(words.fields, field))}{" "}
          {matched.map((word) => (
            <bdi key={word} className="mr-1 rounded bg-ask-wash px-1 text-ask wrap-anywhere">
              {word}
            </bdi>
          ))}
        </span>
      ))}
    </p>
  )
}

function Pages({
  offset,
  total,
  complete,
}: {
  readonly offset: number
  readonly total: number
  readonly complete: boolean
}) {
  const words = useWords(registryWords)
  const hasMore = offset + pageLength < total || !complete
  if (offset === 0 && !hasMore) return null
  const deepest = 200 - pageLength
  const { from: _, ...search }: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const at = (next: number) => (next === 0 ? search : { ...search, from: String(next) })
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      {offset > 0 ? (
        <Link to="/registry" search={at(Math.max(0, offset - pageLength))} className="button">
          {words.previous}
        </Link>
      ) : null}
      {hasMore && offset < deepest ? (
        <Link to="/registry" search={at(offset + pageLength)} className="button">
          {words.next}
        </Link>
      ) : null}
      {hasMore && offset >= deepest ? <span className="text-soft">{words.deepest}</span> : null}
    </div>
  )
}

/** Its word, or itself where there is none: a grade and a country are their own words. */
export function wordOf(words: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(words, value) ? (words[value] ?? value) : value
}
