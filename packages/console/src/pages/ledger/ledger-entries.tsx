import type { Output } from "@hufu/core/contract/contract"
import { Entry } from "@hufu/core/evidence/entry"
import { type FormEvent, memo, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { CopyButton } from "../../part/copy-button.tsx"
import { Empty } from "../../part/empty.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { ledgerWords } from "./words.ts"

const pageSize = 50

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
    { enabled: from !== undefined },
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
  return (
    <li className="px-4 py-2">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex min-h-8 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1">
          <span className="w-14 text-soft tabular-nums">{item.index}</span>
          {entry ? (
            <>
              <span>{words.kinds[entry.kind]}</span>
              <code className="font-mono text-sm">{wordOf(entry)}</code>
              <span className="ml-auto text-sm text-soft">
                <Ago at={entry.at} />
              </span>
            </>
          ) : null}
        </summary>
        {isOpen ? <Opened item={item} entry={entry} /> : null}
      </details>
    </li>
  )
})

/** All of an entry; most entries are never opened. */
function Opened({ item, entry }: { readonly item: Item; readonly entry: Entry | undefined }) {
  const words = useWords(ledgerWords)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2 pt-1 pb-2">
      {entry ? (
        <p className="flex flex-wrap gap-3">
          {idsOf(entry).map((id) => (
            <Id key={id} id={id} />
          ))}
        </p>
      ) : null}
      <p className="flex min-w-0 items-center gap-1">
        <span className="text-soft">{words.hash}</span>
        <code className="truncate font-mono text-sm">{item.hash}</code>
        <CopyButton text={item.hash} />
      </p>
      <pre
        // A region that scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label={words.raw}
        className="overflow-x-auto rounded bg-sunk p-3 font-mono text-sm"
      >
        {JSON.stringify(item.entry, null, 2)}
      </pre>
    </div>
  )
}

/** The fixed word that says most of an entry. */
function wordOf(entry: Entry): string {
  switch (entry.kind) {
    case "statement":
      return entry.fact
    case "intent":
      return `${entry.effect} ${entry.verdict}`
    case "hold":
      return entry.effect
    case "approval":
      return entry.decision
    case "outcome":
      return entry.outcome
    default:
      return entry satisfies never
  }
}

/** Whom and what an entry names. */
function idsOf(entry: Entry): string[] {
  const values = Object.values(entry).filter((value) => typeof value === "string")
  return [...new Set(values)].filter((value) => /^[a-z]{3}_[0-9A-Za-z]+$/.test(value))
}
