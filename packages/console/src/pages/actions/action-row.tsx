import type { ActionRecord } from "@hufu/core/contract/records"
import { Link } from "@tanstack/react-router"
import { CircleDashed } from "lucide-react"
import { memo } from "react"
import { Badge, EffectBadge, HoldBadge, OutcomeBadge, VerdictBadge } from "../../part/badge.tsx"
import { Ago } from "../../part/time.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { holdStateOf } from "./hold-state-of.ts"
import { actionWords } from "./words.ts"

/** Long names end in an ellipsis. Unlike `truncate`, nothing here could be scrolled, which makes a row cheaper to paint. */
const cut = "min-w-0 overflow-clip text-ellipsis whitespace-nowrap"

/**
 * One action as a line of a list, which leads to its page; rows that stay in view are not made again while one scrolls.
 *
 * Its form follows the room that the list has (a `@container`), not the window: the text may be twice as large. One container for
 * the list, as one for each row makes a browser lay out every row by itself.
 */
export const ActionRow = memo(function ActionRow({ action }: { readonly action: ActionRecord }) {
  return (
    <Link
      to="/actions/$action"
      params={{ action: action.id }}
      className="grid min-h-11 items-center gap-x-3 gap-y-1 px-3 py-1.5 hover:bg-sunk @max-3xl:grid-cols-[1fr_auto] @3xl:grid-cols-[7rem_minmax(6rem,9rem)_minmax(0,1fr)_8rem_6rem_8rem]"
    >
      <span className="text-sm text-soft @max-3xl:order-2 @max-3xl:text-right">
        <Ago at={action.at} />
      </span>
      <span className={`${cut} @max-3xl:order-1`}>{action.agentName}</span>
      {/* UNTRUSTED: a server chooses the names of its tools. */}
      <bdi dir="ltr" className={`${cut} font-mono text-sm @max-3xl:order-3 @max-3xl:col-span-2`}>
        {visibleName(`${action.server}/${action.tool}`)}
      </bdi>
      <span className="contents @max-3xl:order-4 @max-3xl:col-span-2 @max-3xl:flex @max-3xl:flex-wrap @max-3xl:gap-1">
        <span className="flex">
          <EffectBadge effect={action.effect} />
        </span>
        <span className="flex">
          <VerdictBadge verdict={action.verdict} />
        </span>
        <span className="flex">
          <Ending action={action} />
        </span>
      </span>
    </Link>
  )
})

/** How it ended, or what it waits for. */
export function Ending({ action }: { readonly action: ActionRecord }) {
  const words = useWords(actionWords)
  const held = holdStateOf(action)
  if (held) return <HoldBadge state={held} />
  if (action.verdict === "allow" && action.outcome === null)
    return <Badge tone="plain" icon={CircleDashed} word={words.open} />
  return <OutcomeBadge outcome={action.outcome} />
}
