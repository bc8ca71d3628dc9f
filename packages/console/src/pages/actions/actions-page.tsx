import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual"
import { Pause, Play } from "lucide-react"
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react"
import { Command } from "../../part/command.tsx"
import { Empty } from "../../part/empty.tsx"
import { Failed } from "../../part/failed.tsx"
import { Skeleton } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { isFull } from "./action-feed.ts"
import { ActionRow } from "./action-row.tsx"
import { openRowElements } from "./row-elements.ts"
import { SearchBox } from "./search-box.tsx"
import { parseSearch, type Search } from "./search-grammar.ts"
import { type LiveFeed, useActionFeed } from "./use-action-feed.ts"
import { actionWords } from "./words.ts"

/** Every action, newest first and live. */
export function ActionsPage() {
  const words = useWords(actionWords)
  const [search, onSearch] = useAddressText("q")
  const [paused, setPaused] = useAddressText("paused")
  const parsed = useMemo(() => parseSearch(search), [search])
  const isPaused = paused === "yes"
  return (
    <Page
      title={words.title}
      under={words.under}
      beside={
        <button
          type="button"
          className="button"
          aria-pressed={isPaused}
          onClick={() => setPaused(isPaused ? "" : "yes")}
        >
          {isPaused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
          {isPaused ? words.resume : words.pause}
        </button>
      }
    >
      <SearchBox search={search} onSearch={onSearch} />
      {parsed.faults.length > 0 ? null : (
        <Followed key={search} search={parsed} isPaused={isPaused} clear={() => onSearch("")} />
      )}
    </Page>
  )
}

function Followed({
  search,
  isPaused,
  clear,
}: {
  readonly search: Search
  readonly isPaused: boolean
  readonly clear: () => void
}) {
  const words = useWords(actionWords)
  const list = useRef<HTMLDivElement>(null)
  const live = useActionFeed(search, () => !isPaused && isLeftAlone(list.current))
  const isFiltered = search.text !== "" || Object.keys(search.terms).length > 0
  if (!live.feed)
    return (
      <div className="mt-4">
        {live.error ? <Failed error={live.error} retry={live.retry} /> : <Skeleton rows={8} />}
      </div>
    )
  return (
    <div className="mt-4" ref={list}>
      {live.error ? <Failed error={live.error} retry={live.retry} /> : null}
      <NewPill live={live} />
      {live.feed.items.length === 0 && live.feed.next === null ? (
        isFiltered ? (
          <Empty title={words.filtered.title} what={words.filtered.what}>
            <button type="button" className="button" onClick={clear}>
              {words.clear}
            </button>
          </Empty>
        ) : (
          <Empty title={words.never.title} what={words.never.what}>
            <Command line="hufu connect" />
          </Empty>
        )
      ) : (
        <Rows live={live} />
      )}
    </div>
  )
}

/** A row on a wide screen, until the first one has been measured. */
const rowHeight = 42
/** How many rows before the end what is older is read, so that scrolling does not stop there. */
const readAhead = 60

/** Nobody points at the list, works in it or has scrolled down it, so that it may move. */
function isLeftAlone(list: HTMLElement | null): boolean {
  return window.scrollY < 8 && !list?.matches(":hover, :focus-within")
}

function NewPill({ live }: { readonly live: LiveFeed }) {
  const { newItems } = useWords(shared)
  return (
    <div role="status" className="pointer-events-none sticky top-14 z-10 flex h-0 justify-center">
      {live.fresh > 0 ? (
        <button
          type="button"
          className="button button-main pointer-events-auto rounded-full shadow-md"
          onClick={() => {
            live.merge()
            window.scrollTo({ top: 0 })
          }}
        >
          {newItems(live.fresh)}
        </button>
      ) : null}
    </div>
  )
}

function Rows({ live }: { readonly live: LiveFeed }) {
  const items = live.feed?.items ?? []
  const top = useRef<HTMLUListElement>(null)
  const [margin, setMargin] = useState(0)
  useEffect(() => setMargin(top.current?.offsetTop ?? 0), [])
  const [elements] = useState(openRowElements)
  // Rows are mostly as high as the first one: an estimate that is wrong moves every row below when one is measured.
  const typical = useRef<number>(undefined)
  const rows = useWindowVirtualizer<HTMLLIElement>({
    count: items.length,
    estimateSize: () => typical.current ?? rowHeight,
    overscan: 4,
    // New rows are made after the event that scrolled, so that neither keeps the other waiting.
    useFlushSync: false,
    scrollMargin: margin,
    // INVARIANT: rows are known by their place. Heights are remembered by key, and while thousands of actions pass by, those of
    // actions that are gone would be remembered for good.
    rangeExtractor: (range) => withFocused(defaultRangeExtractor(range), range.count, top.current),
  })
  const onHeight = useCallback(
    (at: number, height: number) => {
      typical.current ??= height
      rows.resizeItem(at, height)
    },
    [rows],
  )
  const inView = rows.getVirtualItems()
  const shown = elements.show(
    inView.map(({ index }) => index),
    focusedRow(top.current) !== undefined,
  )
  const { list } = useWords(actionWords)
  const seen = rows.range?.endIndex ?? 0
  const isNearEnd = (rows.scrollOffset ?? 0) > 0 && seen + readAhead >= items.length
  const older = useRef(live.older)
  useEffect(() => {
    older.current = live.older
  })
  useEffect(() => {
    if (isNearEnd) older.current()
  }, [isNearEnd, items.length])
  return (
    <>
      <div className="@container">
        <Head />
        <ul
          ref={top}
          aria-label={list}
          // Rows that show others move on purpose: the browser shall not scroll after them. The place of the first one is within the
          // list (flow-root), not before it.
          className="card flow-root [overflow-anchor:none] @3xl:rounded-t-none @3xl:border-t-0"
          style={{ height: rows.getTotalSize() }}
        >
          {shown.map(({ element, row }, place) => {
            const action = items[row]
            const above = inView[place - 1]?.end ?? margin
            return action ? (
              <Row key={element} onHeight={onHeight} at={row} gap={(inView[place]?.start ?? above) - above}>
                <ActionRow action={action} />
              </Row>
            ) : null
          })}
        </ul>
      </div>
      <End live={live} />
    </>
  )
}

function Row({
  onHeight,
  at,
  gap,
  children,
}: {
  readonly onHeight: (at: number, height: number) => void
  readonly at: number
  /** How high the rows are that are not in the page between this one and the one before it. */
  readonly gap: number
  readonly children: ReactNode
}) {
  const row = useRef<HTMLLIElement>(null)
  const height = useRef<number>(undefined)
  // The browser tells heights after it has laid out the page: to ask for one sooner has it do so at once, for every row that comes.
  useLayoutEffect(() => {
    const element = row.current
    if (element === null) return undefined
    // To the fraction of a pixel: a row that comes would else move those in view by what all before it were rounded.
    const observer = new ResizeObserver(([seen]) => {
      height.current = seen?.borderBoxSize[0]?.blockSize ?? 0
      if (height.current > 0) onHeight(Number(element.dataset["index"]), height.current)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [onHeight])
  // It shows another row than before, perhaps as high: nobody would tell.
  useLayoutEffect(() => {
    if (height.current !== undefined) onHeight(at, height.current)
  }, [onHeight, at])
  return (
    // Rows lie one below the other by themselves: a browser finds the style of each that has its own place anew, which takes longer
    // than all else in a list that is scrolled.
    <li
      ref={row}
      data-index={at}
      className="border-t border-line"
      style={gap > 0 ? { marginTop: gap } : undefined}
    >
      {children}
    </li>
  )
}

/** The row that is worked in. */
function focusedRow(list: HTMLElement | null): number | undefined {
  const row = list?.querySelector<HTMLElement>(":scope > :focus-within")?.dataset["index"]
  return row === undefined ? undefined : Number(row)
}

/** The row that is worked in stays with those beside it, however far one scrolls: the focus does too, and goes on from there. */
function withFocused(rows: number[], count: number, list: HTMLElement | null): number[] {
  const focused = focusedRow(list)
  if (focused === undefined) return rows
  const beside = [focused - 1, focused, focused + 1].filter((row) => row >= 0 && row < count)
  return [...new Set([...rows, ...beside])].toSorted((a, b) => a - b)
}

/** How much is shown, and what there is below it. */
function End({ live }: { readonly live: LiveFeed }) {
  const words = useWords(actionWords)
  const { items, next } = live.feed ?? { items: [], next: null }
  return (
    <div className="mt-3 flex flex-wrap items-center justify-center gap-3 text-soft">
      <span>{words.shown(items.length)}</span>
      {next === null ? (
        <span>{words.end}</span>
      ) : isFull({ items, next }) ? (
        <span>{words.full}</span>
      ) : (
        <button type="button" className="button" disabled={live.isReadingOlder} onClick={live.older}>
          {words.loadMore}
        </button>
      )}
    </div>
  )
}

function Head() {
  const { columns } = useWords(actionWords)
  return (
    <div
      aria-hidden
      className="card grid gap-x-3 rounded-b-none bg-sunk px-3 py-1.5 text-sm text-soft @max-3xl:hidden @3xl:grid-cols-[7rem_minmax(6rem,9rem)_minmax(0,1fr)_8rem_6rem_8rem]"
    >
      {Object.entries(columns).map(([name, word]) => (
        <span key={name}>{word}</span>
      ))}
    </div>
  )
}
