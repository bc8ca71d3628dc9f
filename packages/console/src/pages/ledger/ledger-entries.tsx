import type { Output } from "@hufu/core/contract/contract"
import { Entry } from "@hufu/core/evidence/entry"
import { Link } from "@tanstack/react-router"
import { type FormEvent, memo, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { EntryContent } from "./entry-content.tsx"
import { entryWords } from "./entry-words.ts"
import { ledgerWords } from "./words.ts"

/** More than a screen holds. */
const pageSize = 25

type Item = Output<"log.entries">["items"][number]

/** A page of entries; without a place in the address it is the newest. */
export function LedgerEntries() {
  const words = useWords(ledgerWords)
  const [place, setPlace] = useAddressText("from")
  const asked = /^\d{1,12}$/.test(place) ? Number(place) : undefined
  // The size tells where the newest page begins.
  const newest = useOperation("node.status", {}).data?.entries
  const from = asked ?? (newest === undefined ? undefined : Math.max(0, newest - pageSize))
  const page = useOperation(
    "log.entries",
    { from: from ?? 0, limit: pageSize },
    { enabled: from !== undefined, isPassing: true },
  )
  const size = page.data?.size ?? newest ?? 0
  return (
    <Section
      title={words.entries}
      beside={<Turn key={place} from={from ?? 0} size={size} isNewest={asked === undefined} go={setPlace} />}
    >
      <Loaded query={page} rows={8}>
        {({ items }) =>
          items.length === 0 ? (
            size === 0 ? (
              <Empty title={words.empty.title} what={words.empty.what} />
            ) : (
              <Empty title={words.beyond.title} what={words.beyond.what}>
                <button type="button" className="button" onClick={() => setPlace("")}>
                  {words.beyond.clear}
                </button>
              </Empty>
            )
          ) : (
            <ol aria-label={words.entries} className="card divide-y divide-line">
              {(asked === undefined ? items.toReversed() : items).map((item) => (
                <EntryItem key={item.index} item={item} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  )
}

function Turn({
  from,
  size,
  isNewest,
  go,
}: {
  readonly from: number
  readonly size: number
  readonly isNewest: boolean
  readonly go: (place: string) => void
}) {
  const words = useWords(ledgerWords)
  const [typed, setTyped] = useState(String(from))
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (/^\d{1,12}$/.test(typed)) go(typed)
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <span className="text-soft">{words.size(size)}</span>
      <button
        type="button"
        className="button"
        disabled={from === 0}
        onClick={() => go(String(Math.max(0, from - pageSize)))}
      >
        {words.older}
      </button>
      <button
        type="button"
        className="button"
        disabled={from + pageSize >= size}
        onClick={() => go(String(from + pageSize))}
      >
        {words.newer}
      </button>
      <button type="button" className="button" disabled={isNewest} onClick={() => go("")}>
        {words.newest}
      </button>
      <label className="flex items-center gap-2">
        <span className="text-soft">{words.from}</span>
        <input
          className="field w-24 tabular-nums"
          inputMode="numeric"
          value={isNewest && typed === "0" ? String(from) : typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="button">
        {words.go}
      </button>
    </form>
  )
}

const EntryItem = memo(function EntryItem({ item }: { readonly item: Item }) {
  const words = useWords(ledgerWords)
  const [isOpen, setOpen] = useState(false)
  const entry = Entry.safeParse(item.entry).data
  const said = useSaid(entry)
  return (
    <li className="row-later px-4 py-2">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="grid min-h-8 cursor-pointer grid-cols-[2.5rem_minmax(0,1fr)_auto] items-center gap-x-3">
          <span className="text-soft tabular-nums">{item.index}</span>
          {entry ? (
            <>
              <span className="break-words">
                {words.kinds[entry.kind]} <span className="text-soft">{said}</span>
              </span>
              <span className="text-sm text-soft">
                <Ago at={entry.at} />
              </span>
            </>
          ) : null}
        </summary>
        {isOpen ? (
          <>
            <EntryContent item={item} entry={entry} />
            <p className="pb-2">
              <Link to="/entries/$entry" params={{ entry: String(item.index) }} className="link">
                {words.entryPage.link}
              </Link>
            </p>
          </>
        ) : null}
      </details>
    </li>
  )
})

/** What an entry says, in a few words. */
function useSaid(entry: Entry | undefined): string {
  const { facts, decisions } = useWords(entryWords)
  const { effects, verdicts, outcomes } = useWords(shared)
  switch (entry?.kind) {
    case "statement":
      return facts[entry.fact]
    case "intent":
      return `${effects[entry.effect]} · ${verdicts[entry.verdict]}`
    case "hold":
      return effects[entry.effect]
    case "approval":
      return decisions[entry.decision]
    case "outcome":
      return outcomes[entry.outcome]
    case undefined:
      return ""
    default:
      return entry satisfies never
  }
}
