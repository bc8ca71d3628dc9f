import type { Output } from "@hufu/core/contract/contract"
import { Link } from "@tanstack/react-router"
import { CircleHelp, OctagonX } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { EffectBadge } from "../../part/badge.tsx"
import { Empty } from "../../part/empty.tsx"
import { Failed } from "../../part/failed.tsx"
import { Id } from "../../part/id.tsx"
import { Left } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { FailedDelegations } from "./failed-delegations.tsx"
import { words as homeWords } from "./words.ts"

const shownAtMost = 5

/** What waits, soonest first; that everything is stopped; what may have half happened. */
export function NeedsYou({ node }: { readonly node: Output<"node.status"> }) {
  const words = useWords(homeWords)
  const { data: holds } = useOperation("hold.list", { state: "waiting", limit: 1000 })
  const { data: unknown } = useOperation("action.list", { outcome: "unknown", limit: shownAtMost })
  const waiting = holds?.items.toSorted((a, b) => a.expiresAt - b.expiresAt) ?? []
  const isQuiet = holds && unknown && waiting.length === 0 && unknown.items.length === 0 && !node.stopped
  return (
    <section className="grid gap-3" aria-labelledby="now">
      <h2 id="now">{words.now}</h2>
      {node.stopped ? <Stopped /> : null}
      {isQuiet && node.personEnrolled ? <Empty title={words.quiet.title} what={words.quiet.what} /> : null}
      {node.personEnrolled ? null : (
        <Empty title={words.nobody.title} what={words.nobody.what}>
          <Link to="/first-passkey" className="button button-main">
            {words.first.person.go}
          </Link>
        </Empty>
      )}
      {waiting.length === 0 ? null : (
        <div className="card">
          <p className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2 font-semibold">
            {words.waiting(waiting.length)}
            <Link to="/approvals" className="link font-normal">
              {words.all}
            </Link>
          </p>
          <ul className="divide-y divide-line">
            {waiting.slice(0, shownAtMost).map((hold) => (
              <li key={hold.id}>
                <Link
                  to="/approvals/$hold"
                  params={{ hold: hold.id }}
                  className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 hover:bg-sunk"
                >
                  <EffectBadge effect={hold.effect} />
                  <UntrustedName text={hold.tool} />
                  <span className="text-soft">{hold.agentName}</span>
                  <span className="ml-auto text-ask">
                    <span className="text-sm">{words.left}</span>{" "}
                    <strong>
                      <Left until={hold.expiresAt} />
                    </strong>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {unknown && unknown.items.length > 0 ? (
        <div className="card p-4">
          <p className="flex items-center gap-2 font-semibold text-ask">
            <CircleHelp size={18} aria-hidden />
            {words.unknown.title}
          </p>
          <p className="mt-1 text-soft">{words.unknown.what}</p>
          <ul className="mt-2 grid gap-1">
            {unknown.items.map((action) => (
              <li key={action.id} className="flex flex-wrap items-center gap-2">
                <UntrustedName text={`${action.server}/${action.tool}`} /> <Id id={action.id} />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <FailedDelegations />
    </section>
  )
}

function Stopped() {
  const words = useWords(homeWords)
  const { stop } = useWords(shared)
  const lift = useWidening("stop.lift", ["node.status"])
  return (
    <div role="alert" className="rounded-lg border border-deny bg-deny-wash p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="flex items-center gap-2 font-semibold text-deny">
          <OctagonX size={18} aria-hidden />
          {words.stopped}
        </p>
        <button type="button" className="button" disabled={lift.isPending} onClick={() => lift.mutate({})}>
          {stop.lift}
        </button>
      </div>
      {lift.error ? <Failed error={lift.error} /> : null}
    </div>
  )
}
