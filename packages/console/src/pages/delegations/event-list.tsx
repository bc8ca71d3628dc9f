import type { DelegationEvent } from "@hufu/core/contract/delegation"
import { delegationWords } from "@hufu/core/delegation/delegation-words"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { Link } from "@tanstack/react-router"
import { FileCheck2 } from "lucide-react"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Moment } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { DelegationStateBadge } from "./delegation-state-badge.tsx"
import { ShownParts } from "./shown-parts.tsx"
import { delegationPageWords } from "./words.ts"

/** What happened to one delegation, in order, with the receipt of each verdict. */
export function EventList({
  events,
  earlier,
}: {
  readonly events: readonly DelegationEvent[]
  readonly earlier: number
}) {
  const words = useWords(delegationPageWords)
  return (
    <>
      {earlier === 0 ? null : <p className="mb-2 text-soft">{words.earlier(earlier)}</p>}
      <List label={words.events}>
        {events.map((event) => (
          <EventItem key={event.seq} event={event} />
        ))}
      </List>
    </>
  )
}

function EventItem({ event }: { readonly event: DelegationEvent }) {
  const words = useWords(delegationPageWords)
  const lang = useLanguage()
  const { at, action, hold, reasons, parts, product } = event
  return (
    <ListItem
      head={
        <>
          <What event={event} />
          {product === null ? null : <UntrustedName text={product} />}
        </>
      }
      beside={
        <>
          {action === null || hold !== null ? null : (
            <Link
              to="/actions/$action/receipt"
              params={{ action }}
              className="link inline-flex min-h-6 items-center gap-1"
            >
              <FileCheck2 size={14} aria-hidden />
              {words.receipt}
            </Link>
          )}
          <Moment at={at} />
        </>
      }
    >
      {reasons.map((reason) => (
        <p key={reason.rule} className="wrap-anywhere">
          <Sentence text={makeVisible(reason[lang])} />{" "}
          <code className="font-mono text-sm text-soft">{reason.rule}</code>
        </p>
      ))}
      {hold === null ? null : (
        <p className="flex items-center gap-1 text-soft">
          {words.approval} <Id id={hold} />
        </p>
      )}
      <ShownParts parts={parts} />
    </ListItem>
  )
}

function What({ event: { kind, order, state } }: { readonly event: DelegationEvent }) {
  const words = useWords(delegationPageWords)
  const lang = useLanguage()
  if (kind === "state" && state !== null) return <DelegationStateBadge state={state} />
  const word =
    kind === "order" && order !== null
      ? delegationWords[lang].order[order]
      : kind === "product"
        ? words.product
        : words.reply
  return <span className="font-semibold">{word}</span>
}
