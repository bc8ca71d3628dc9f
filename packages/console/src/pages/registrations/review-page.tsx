import type { ListedRegistration, ShownRegistration } from "@hufu/core/contract/registration"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { Empty } from "../../part/empty.tsx"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { Differences } from "./differences.tsx"
import { LookAlikes } from "./look-alikes.tsx"
import { registrationReads, TextField } from "./registration-controls.tsx"
import { SaidContent } from "./said-content.tsx"
import { registrationWords } from "./words.ts"

/** All of each stands there to be looked at. */
const pageLength = 20

/** What waits for a review, each with what a reviewer should look at. */
export function ReviewPage() {
  const words = useWords(registrationWords).review
  return (
    <Page title={words.title} under={words.under}>
      <RegistryTabs />
      <Desk after="" isFirst />
    </Page>
  )
}

/** A page of it, and the pages after it once they are asked for. */
function Desk({ after, isFirst = false }: { readonly after: string; readonly isFirst?: boolean }) {
  const words = useWords(registrationWords)
  const query = useOperation("registration.list", {
    of: "waiting",
    limit: pageLength,
    ...(after === "" ? {} : { after }),
  })
  // Where the next page begins, also when what was last here has been decided meanwhile.
  const [next, setNext] = useState<string>()
  return (
    <Loaded query={query} rows={isFirst ? 4 : 1}>
      {(read) => {
        // What has moved up from the next page stands there already.
        const items = read.items.filter(({ id }) => next === undefined || id <= next)
        if (items.length === 0 && next === undefined)
          return isFirst ? <Empty what={words.review.empty} /> : null
        const last = items.at(-1)?.id
        return (
          <div className="grid gap-4">
            <ul aria-label={words.review.title} className="grid gap-4">
              {items.map((item) => (
                <Waiting key={item.id} item={item} />
              ))}
            </ul>
            {next === undefined ? null : <Desk after={next} />}
            {items.length === pageLength && next === undefined ? (
              <button type="button" className="button justify-self-start" onClick={() => setNext(last)}>
                {words.more}
              </button>
            ) : null}
          </div>
        )
      }}
    </Loaded>
  )
}

function Waiting({ item }: { readonly item: ListedRegistration }) {
  const words = useWords(registrationWords).review
  // Of what is new all of it has to be looked at; of a change, what changes.
  const [isOpen, setOpen] = useState(item.state === "pending")
  const query = useOperation("registration.show", { registration: item.id })
  return (
    <li className="card px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="flex min-w-0 flex-wrap items-center gap-x-3">
          <Untrusted text={item.title} prose />
          <UntrustedName text={item.name} />
        </h2>
        <span className="flex items-center gap-2 text-sm text-soft">
          {item.state === "pending" ? words.isNew : words.isChange}
          <Ago at={item.changedAt} />
        </span>
      </div>
      <Loaded query={query}>
        {(shown) => (
          <div className="mt-2 grid gap-3">
            <LookAlikes of={shown} />
            {shown.proposal === null ? null : (
              <Differences before={shown.registration.content} after={shown.proposal.content} />
            )}
            <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
              <summary className="min-h-6 cursor-pointer">{words.open}</summary>
              {isOpen ? (
                <SaidContent
                  content={shown.proposal?.content ?? shown.registration.content}
                  registration={shown.registration}
                />
              ) : null}
            </details>
            <Choice of={shown} />
          </div>
        )}
      </Loaded>
    </li>
  )
}

/** Approved is what is shown and nothing else: its digest goes with the approval. */
function Choice({ of: { registration, digest } }: { readonly of: ShownRegistration }) {
  const words = useWords(registrationWords)
  const approve = useWidening("registration.approve", registrationReads)
  const reject = useWidening("registration.reject", registrationReads)
  const [reason, setReason] = useState("")
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-start gap-2">
        <button
          type="button"
          className="button button-main"
          disabled={approve.isPending}
          onClick={() => approve.mutate({ registration: registration.id, digest })}
        >
          {words.review.approve}
        </button>
        <Confirm
          label={words.review.reject}
          what={
            <>
              <p>{words.review.rejectWhat}</p>
              <TextField label={words.why} value={reason} change={setReason} />
            </>
          }
          doing={{
            run: () => reject.mutate({ registration: registration.id, reason }),
            isPending: reject.isPending || reason.trim() === "",
            error: reject.error,
          }}
        />
      </div>
      {approve.error ? <Failed error={approve.error} /> : null}
    </div>
  )
}
