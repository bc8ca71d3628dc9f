import type { DelegationRecord } from "@hufu/core/contract/delegation"
import type { DelegationState } from "@hufu/core/delegation/delegation-state"
import { delegationWords } from "@hufu/core/delegation/delegation-words"
import { Link } from "@tanstack/react-router"
import { Search, Waypoints } from "lucide-react"
import { type FormEvent, useId, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { AgentChoice } from "../../part/agent-choice.tsx"
import { Command } from "../../part/command.tsx"
import { Empty } from "../../part/empty.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { NewItems } from "../../part/new-items.tsx"
import { Page } from "../../part/page.tsx"
import { Ago } from "../../part/time.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useHeldBack } from "../../part/use-held-back.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { DelegationStateBadge } from "./delegation-state-badge.tsx"
import { delegationPageWords } from "./words.ts"

const atFirst = 50
const most = 1000

/** What agents ask of each other, newest first and live. */
export function DelegationsPage() {
  const words = useWords(delegationPageWords)
  const [agent, setAgent] = useAddressText("agent")
  const [partner, setPartner] = useAddressText("partner")
  const [state, setState] = useAddressText("state")
  const [text, setText] = useAddressText("q")
  const [limit, setLimit] = useState(atFirst)
  const isFiltered = [agent, partner, state, text].some((each) => each !== "")
  const delegations = useOperation(
    "delegation.list",
    {
      limit,
      ...(agent === "" ? {} : { agent }),
      ...(partner === "" ? {} : { partner }),
      ...(isState(state) ? { state } : {}),
      ...(text === "" ? {} : { text: text.slice(0, 200) }),
    },
    { isPassing: true },
  )
  const clear = () => {
    for (const set of [setAgent, setPartner, setState, setText]) set("")
  }
  return (
    <Page
      title={words.title}
      under={words.under}
      beside={
        <Link to="/delegations/new" search={agent === "" ? {} : { agent }} className="button">
          <Waypoints size={16} aria-hidden />
          {words.start}
        </Link>
      }
    >
      <div className="flex flex-wrap gap-x-4">
        <AgentChoice label={words.agent} every={words.everyAgent} agent={agent} choose={setAgent} />
        <PartnerChoice partner={partner} choose={setPartner} />
        <StateChoice state={state} choose={setState} />
        <TextSearch key={text} text={text} search={setText} />
      </div>
      <Loaded query={delegations} rows={5}>
        {({ items, next }) =>
          items.length > 0 ? (
            <>
              <Rows items={items} of={`${agent} ${partner} ${state} ${text} ${limit}`} />
              {next === null || limit >= most ? null : (
                <div className="mt-3 flex justify-center">
                  <button
                    type="button"
                    className="button"
                    onClick={() => setLimit(Math.min(most, limit + 200))}
                  >
                    {words.more}
                  </button>
                </div>
              )}
            </>
          ) : isFiltered ? (
            <Empty title={words.filtered.title} what={words.filtered.what}>
              <button type="button" className="button" onClick={clear}>
                {words.filtered.clear}
              </button>
            </Empty>
          ) : (
            <Empty title={words.empty.title} what={words.empty.what}>
              <Command line="hufu server add planner --url https://agents.example/planner --protocol a2a" />
            </Empty>
          )
        }
      </Loaded>
    </Page>
  )
}

function isState(text: string): text is DelegationState | "open" | "ended" {
  return text === "open" || text === "ended" || Object.hasOwn(delegationWords.en.state, text)
}

/** What is new waits until it is let in. */
function Rows({ items, of }: { readonly items: readonly DelegationRecord[]; readonly of: string }) {
  const words = useWords(delegationPageWords)
  const held = useHeldBack(items, ({ id }) => id, of)
  return (
    <>
      <NewItems count={held.fresh} take={held.take} />
      <List label={words.title}>
        {held.rows.map(({ item }) => (
          <Row key={item.id} of={item} />
        ))}
      </List>
    </>
  )
}

function Row({ of }: { readonly of: DelegationRecord }) {
  const words = useWords(delegationPageWords)
  return (
    <ListItem
      head={
        <>
          <Link
            to="/delegations/$delegation"
            params={{ delegation: of.id }}
            className="link min-h-6 font-semibold"
          >
            {words.asks(visibleName(of.agentName), visibleName(of.server))}
          </Link>
          <DelegationStateBadge state={of.state} />
        </>
      }
      beside={
        <>
          <Id id={of.id} />
          <Ago at={of.changedAt} />
        </>
      }
    >
      <p className="text-sm text-soft">
        {of.protocol === null ? words.gone : words.protocols[of.protocol]} · {words.called}{" "}
        <UntrustedName text={of.name} />
      </p>
    </ListItem>
  )
}

function PartnerChoice({
  partner,
  choose,
}: {
  readonly partner: string
  readonly choose: (partner: string) => void
}) {
  const words = useWords(delegationPageWords)
  const servers = useOperation("server.list", {}).data?.items ?? []
  const isKnown = servers.some(({ name }) => name === partner)
  return (
    <label className="mb-3 flex max-w-80 items-center gap-2">
      <span className="shrink-0 text-soft">{words.partner}</span>
      <select className="field" value={partner} onChange={(event) => choose(event.target.value)}>
        <option value="">{words.everyPartner}</option>
        {isKnown || partner === "" ? null : <option>{partner}</option>}
        {servers.map(({ id, name }) => (
          <option key={id}>{name}</option>
        ))}
      </select>
    </label>
  )
}

function StateChoice({
  state,
  choose,
}: {
  readonly state: string
  readonly choose: (state: string) => void
}) {
  const words = useWords(delegationPageWords)
  const lang = useLanguage()
  return (
    <label className="mb-3 flex max-w-80 items-center gap-2">
      <span className="shrink-0 text-soft">{words.state}</span>
      <select
        className="field"
        value={isState(state) ? state : ""}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{words.everyState}</option>
        <option value="open">{words.states.open}</option>
        <option value="ended">{words.states.ended}</option>
        {Object.entries(delegationWords[lang].state).map(([each, word]) => (
          <option key={each} value={each}>
            {word}
          </option>
        ))}
      </select>
    </label>
  )
}

function TextSearch({ text, search }: { readonly text: string; readonly search: (text: string) => void }) {
  const words = useWords(delegationPageWords)
  const [typed, setTyped] = useState(text)
  const field = useId()
  function submit(event: FormEvent): void {
    event.preventDefault()
    search(typed.trim())
  }
  return (
    <form role="search" onSubmit={submit} className="mb-3 flex max-w-80 flex-1 items-center gap-2">
      <label htmlFor={field} className="sr-only">
        {words.text}
      </label>
      <input
        id={field}
        type="search"
        className="field min-w-44"
        placeholder={words.text}
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="submit" className="button shrink-0" aria-label={words.search}>
        <Search size={16} aria-hidden />
      </button>
    </form>
  )
}
