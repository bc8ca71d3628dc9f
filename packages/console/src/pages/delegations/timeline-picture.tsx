import type { TracedDelegation } from "@hufu/core/contract/delegation"
import { Link } from "@tanstack/react-router"
import { useNow } from "../../part/time.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { sayClock } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { lines } from "./graph-picture.tsx"
import { type Lane, placeOf, type Timeline, timelineOf } from "./timeline.ts"
import { isOpen } from "./trace-graph.ts"
import { delegationPageWords } from "./words.ts"

/** When what was asked, waited and ended: one lane for each delegation. The list below says the same. */
export function TimelinePicture({
  items,
  shown,
}: {
  readonly items: readonly TracedDelegation[]
  readonly shown: string
}) {
  return items.some(({ delegation }) => isOpen(delegation.state)) ? (
    <Running items={items} shown={shown} />
  ) : (
    <Drawn timeline={timelineOf(items, 0)} shown={shown} />
  )
}

/** Only what is open needs the clock. */
function Running({ items, shown }: { readonly items: readonly TracedDelegation[]; readonly shown: string }) {
  return <Drawn timeline={timelineOf(items, useNow())} shown={shown} />
}

function Drawn({ timeline, shown }: { readonly timeline: Timeline; readonly shown: string }) {
  const words = useWords(delegationPageWords)
  const lang = useLanguage()
  const { from, to, lanes } = timeline
  const kinds = new Set(lanes.flatMap(({ points }) => points.map(({ kind }) => kind)))
  return (
    <figure className="card px-4 py-3">
      <ul
        aria-label={words.timelineLabel(lanes.length)}
        className="grid gap-x-3 gap-y-1 sm:grid-cols-[minmax(8rem,14rem)_1fr]"
      >
        {lanes.map((lane) => (
          <LaneRow
            key={lane.item.delegation.id}
            lane={lane}
            timeline={timeline}
            isShown={lane.item.delegation.id === shown}
          />
        ))}
        <li aria-hidden className="contents">
          <span className="max-sm:hidden" />
          <span className="flex justify-between border-t border-line pt-1 text-sm text-soft tabular-nums">
            <span>{sayClock(from, lang)}</span>
            <span className="max-sm:hidden">{sayClock((from + to) / 2, lang)}</span>
            <span>{timeline.isOpen ? words.now : sayClock(to, lang)}</span>
          </span>
        </li>
      </ul>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">
        {(["order", "product", "reply", "held", "refused"] as const)
          .filter((kind) => kinds.has(kind))
          .map((kind) => (
            <span key={kind} className="inline-flex items-center gap-1.5">
              <svg aria-hidden viewBox="-8 4 16 16" className="size-4">
                <Point kind={kind} x="0" />
              </svg>
              {words.points[kind]}
            </span>
          ))}
      </figcaption>
    </figure>
  )
}

function LaneRow({
  lane,
  timeline,
  isShown,
}: {
  readonly lane: Lane
  readonly timeline: Timeline
  readonly isShown: boolean
}) {
  const words = useWords(delegationPageWords)
  const { delegation } = lane.item
  const at = (time: number) => `${placeOf(time, timeline).toFixed(2)}%`
  return (
    <li className="contents">
      <Link
        to="/delegations/$delegation"
        params={{ delegation: delegation.id }}
        aria-current={isShown ? "true" : undefined}
        className="link min-h-6 truncate text-sm aria-[current=true]:font-semibold"
      >
        {words.asks(visibleName(delegation.agentName), visibleName(delegation.server))}
      </Link>
      <svg aria-hidden className="block h-6 w-full overflow-visible">
        <line x1="0" x2="100%" y1="12" y2="12" className="stroke-line stroke-1" />
        {lane.stretches.map(({ from, to, look }) => (
          <line
            key={`${from} ${look}`}
            x1={at(from)}
            x2={at(to)}
            y1="12"
            y2="12"
            className={lines[look].line}
            style={{ strokeWidth: 8 }}
            strokeDasharray={lines[look].dash}
          />
        ))}
        {lane.points.map(({ at: time, kind }, i) => (
          // Several may happen in one moment.
          <Point key={`${i} ${time}`} kind={kind} x={at(time)} />
        ))}
      </svg>
    </li>
  )
}

/** Each kind has a shape of its own. */
function Point({ kind, x }: { readonly kind: Lane["points"][number]["kind"]; readonly x: string }) {
  return (
    <svg x={x} y="0" width="1" height="1" overflow="visible">
      {kind === "order" ? <circle cx="0" cy="12" r="5" className="fill-raised stroke-ink stroke-2" /> : null}
      {kind === "product" ? (
        <rect x="-5" y="7" width="10" height="10" className="fill-allow stroke-raised stroke-1" />
      ) : null}
      {kind === "reply" ? (
        <path d="M0 5l7 7l-7 7l-7 -7Z" className="fill-allow stroke-raised stroke-1" />
      ) : null}
      {kind === "held" ? <path d="M0 5l7 13h-14Z" className="fill-ask-wash stroke-ask stroke-2" /> : null}
      {kind === "refused" ? (
        <path d="M-5 7l10 10m0 -10l-10 10" className="fill-transparent stroke-deny stroke-3" />
      ) : null}
    </svg>
  )
}
