import type { PassingRecord } from "@hufu/core/contract/passing-asked"
import type { HoldRecord } from "@hufu/core/contract/records"
import { Link } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { HoldBadge, OutcomeBadge } from "../../part/badge.tsx"
import { Command } from "../../part/command.tsx"
import { Id } from "../../part/id.tsx"
import { Ago } from "../../part/time.tsx"
import { placeOf } from "../../shell/places.ts"
import { useWords } from "../../words/use-words.ts"
import { words as approvalWords } from "./words.ts"

/** What was decided and what became of it, with the receipt, and the way to what waits next. */
export function Decided({ hold }: { readonly hold: HoldRecord }) {
  const words = useWords(approvalWords).result
  const { data: why } = useOperation("action.why", { action: hold.action })
  const { data: waiting } = useOperation("hold.list", { state: "waiting", limit: 1000 })
  const next = waiting?.items.toSorted((a, b) => a.expiresAt - b.expiresAt).find(({ id }) => id !== hold.id)
  if (hold.state === "waiting") return null
  return (
    <div className="grid content-start gap-4">
      <div role="status" className="grid gap-2">
        <p className="flex flex-wrap items-center gap-2">
          <HoldBadge state={hold.state} />
          {hold.decidedAt === null ? null : <Ago at={hold.decidedAt} />}
        </p>
        <p>{saidOf(hold, words)}</p>
        {why?.action.outcome === undefined || hold.state !== "used" ? null : (
          <p>
            {words.outcome} <OutcomeBadge outcome={why.action.outcome} />
          </p>
        )}
      </div>
      {hold.passing === null ? <Receipt action={hold.action} /> : <Made passing={hold.passing} />}
      <div className="flex flex-wrap gap-2 border-t border-line pt-4">
        {next && waiting ? (
          <Link to="/approvals/$hold" params={{ hold: next.id }} className="button button-main">
            {words.next(waiting.items.length)}
          </Link>
        ) : null}
        <Link to="/approvals" className="button">
          {words.back}
        </Link>
      </div>
    </div>
  )
}

type Words = (typeof approvalWords)["en"]["result"]

function saidOf({ state, passing }: HoldRecord, words: Words): string {
  if (state === "waiting") return ""
  if (passing !== null && state === "approved") return words.passApproved
  return passing !== null && state === "used" ? words.passUsed : words[state]
}

function Receipt({ action }: { readonly action: string }) {
  const words = useWords(approvalWords).result
  const place = placeOf(action)
  const receipt: string | undefined = place && `${place}/receipt`
  return (
    <>
      {receipt === undefined ? null : (
        <Link to={receipt} className="link justify-self-start">
          {words.receipt}
        </Link>
      )}
      <div>
        <p className="mb-1 text-sm text-soft">{words.receiptCommand}</p>
        <Command line={`hufu receipt ${action}`} />
      </div>
    </>
  )
}

/** What was passed on, where it was. */
function Made({ passing: { made } }: { readonly passing: PassingRecord }) {
  const words = useWords(approvalWords).result
  return made === null ? null : (
    <p>
      {words.passMade} <Id id={made} />
    </p>
  )
}
