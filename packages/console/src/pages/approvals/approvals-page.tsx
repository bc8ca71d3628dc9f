import type { HoldRecord } from "@hufu/core/contract/records"
import { Link, useSearch } from "@tanstack/react-router"
import type { KeyboardEvent, ReactNode } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { EffectBadge, HoldBadge } from "../../part/badge.tsx"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { NewItems } from "../../part/new-items.tsx"
import { Page } from "../../part/page.tsx"
import { Ago, Left } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useHeldBack } from "../../part/use-held-back.ts"
import { singleKeysOn } from "../../shell/keys.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { NotifyChoice } from "./notify-choice.tsx"
import { words as approvalWords } from "./words.ts"

/** What waits for the person, soonest first, and what was decided. */
export function ApprovalsPage() {
  const { nav } = useWords(shared)
  const words = useWords(approvalWords)
  const { tab } = useSearch({ from: "/approvals" })
  const isHistory = tab === "history"
  return (
    <Page title={nav.approvals} beside={<NotifyChoice />}>
      <nav aria-label={words.tabs.label} className="mb-3 flex gap-1 border-b border-line">
        <Tab isOn={!isHistory} text={words.tabs.waiting} search={{}} />
        <Tab isOn={isHistory} text={words.tabs.history} search={{ tab: "history" }} />
      </nav>
      {isHistory ? <History /> : <Waiting />}
    </Page>
  )
}

function Tab({
  isOn,
  text,
  search,
}: {
  readonly isOn: boolean
  readonly text: string
  readonly search: { tab?: "history" }
}) {
  return (
    <Link
      to="/approvals"
      search={search}
      activeOptions={{ exact: true, includeSearch: true }}
      aria-current={isOn ? "page" : undefined}
      className="-mb-px flex min-h-9 items-center border-b-2 border-transparent px-3 text-soft hover:text-ink aria-[current=page]:border-seal aria-[current=page]:font-semibold aria-[current=page]:text-ink"
    >
      {text}
    </Link>
  )
}

function Waiting() {
  const words = useWords(approvalWords)
  const query = useOperation("hold.list", { state: "waiting", limit: 1000 })
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Rows
          of="waiting"
          holds={items.toSorted((a, b) => a.expiresAt - b.expiresAt)}
          empty={<Empty title={words.none.title} what={words.none.what} />}
        />
      )}
    </Loaded>
  )
}

function History() {
  const words = useWords(approvalWords)
  const query = useOperation("hold.list", { state: "all", limit: 300 })
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Rows
          of="history"
          holds={items
            .filter(({ state }) => state !== "waiting")
            .toSorted((a, b) => (b.decidedAt ?? b.createdAt) - (a.decidedAt ?? a.createdAt))}
          empty={<Empty title={words.noHistory.title} what={words.noHistory.what} />}
        />
      )}
    </Loaded>
  )
}

function Rows({
  of,
  holds,
  empty,
}: {
  readonly of: string
  readonly holds: readonly HoldRecord[]
  readonly empty: ReactNode
}) {
  const { rows, fresh, take } = useHeldBack(holds, ({ id }) => id, of)
  if (rows.length === 0) return empty
  return (
    <>
      <NewItems count={fresh} take={take} />
      <ul className="card divide-y divide-line" onKeyDown={moveByKey}>
        {rows.map(({ item, isGone }) => (
          <Row key={item.id} hold={item} isGone={isGone} />
        ))}
      </ul>
    </>
  )
}

function Row({ hold, isGone }: { readonly hold: HoldRecord; readonly isGone: boolean }) {
  const words = useWords(approvalWords)
  return (
    <li className={isGone ? "opacity-60" : undefined}>
      <Link
        to="/approvals/$hold"
        params={{ hold: hold.id }}
        className="grid items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-sunk sm:grid-cols-[1fr_auto]"
      >
        <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <EffectBadge effect={hold.effect} />
          <span className="min-w-0 font-semibold">
            <UntrustedName text={hold.tool} />
          </span>
          <span className="text-soft">
            {hold.server} · {hold.agentName}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-3 text-sm text-soft">
          <Ago at={hold.decidedAt ?? hold.createdAt} />
          {isGone ? (
            words.gone
          ) : hold.state === "waiting" ? (
            <span className="text-ask">
              {words.columns.left}{" "}
              <strong>
                <Left until={hold.expiresAt} />
              </strong>
            </span>
          ) : (
            <HoldBadge state={hold.state} />
          )}
        </span>
      </Link>
    </li>
  )
}

/** `j` and `k` move between the rows; Enter opens the one that has the focus. */
function moveByKey(event: KeyboardEvent<HTMLUListElement>): void {
  const isLetter = event.key === "j" || event.key === "k"
  const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || (isLetter && !singleKeysOn()) || event.ctrlKey || event.metaKey || event.altKey)
    return
  const links = [...event.currentTarget.querySelectorAll("a")]
  const at = links.findIndex((link) => link === document.activeElement)
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus()
  event.preventDefault()
}
