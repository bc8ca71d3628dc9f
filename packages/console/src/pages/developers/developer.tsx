import type { CallId } from "@hufu/core/contract/contract"
import type { DeveloperDocument, ShownDeveloper } from "@hufu/core/contract/developer"
import { fromBase64 } from "@hufu/core/evidence/base64"
import { CircleCheck, CircleX, Clock } from "lucide-react"
import { useState } from "react"
import { useChange } from "../../data/use-operation.ts"
import { Badge } from "../../part/badge.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { Id } from "../../part/id.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { TextField } from "../registrations/registration-controls.tsx"
import { ProofList } from "../registry/proof-list.tsx"
import { developerWords } from "./words.ts"

/** What is read again after a developer changed: their registrations say what was verified of them. */
export const developerReads = [
  "developer.list",
  "developer.me",
  "developer.registration",
  "registration.show",
  "registry.show",
  "registry.search",
] as const satisfies readonly CallId[]

/** A developer, and what staff may do; an organisation that looks at itself reads what stands there. */
export function Developer({ of, isOwn = false }: { readonly of: ShownDeveloper; readonly isOwn?: boolean }) {
  const words = useWords(developerWords)
  const { id, owner, state, kind, name, country, creditCode, key, account, proofs, due, documents } = of
  const remove = useChange("developer.remove", developerReads)
  return (
    <div className="card px-4 py-3">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="min-w-0">
          <Untrusted text={name} prose />{" "}
          <span className="text-sm font-normal text-soft">{words.kinds[kind]}</span>
        </h2>
        <span className="flex items-center gap-2 text-sm text-soft">
          {state === "removed" ? <Badge tone="deny" icon={CircleX} word={words.removed} /> : null}
          <Id id={id} />
        </span>
      </div>
      <Facts
        of={[
          [words.owner, <Id key="owner" id={owner} />],
          [words.country, country],
          [words.creditCode, creditCode === null ? null : <UntrustedName key="code" text={creditCode} />],
          [words.key, key === null ? null : <UntrustedName key="key" text={key} />],
          [
            words.account,
            account === null ? null : (
              <span key="account">
                <UntrustedName text={account.issuer} /> <UntrustedName text={account.subject} />
              </span>
            ),
          ],
          [words.verified, proofs.length === 0 ? words.nothing : <ProofList key="proofs" of={proofs} />],
          [words.due, due.length === 0 ? null : <ProofList key="due" of={due} isDue />],
        ]}
      />
      {documents.length === 0 ? null : (
        <ul aria-label={words.documents} className="mt-3 divide-y divide-line rounded-lg border border-line">
          {documents.map((document) => (
            <Sent key={document.id} developer={id} document={document} isOwn={isOwn} />
          ))}
        </ul>
      )}
      {state === "removed" || isOwn ? null : (
        <div className="mt-3">
          <Confirm
            label={words.remove}
            what={words.removeWhat}
            doing={{
              run: () => remove.mutate({ developer: id }),
              isPending: remove.isPending,
              error: remove.error,
            }}
          />
        </div>
      )}
    </div>
  )
}

const looks = {
  pending: ["ask", Clock],
  accepted: ["allow", CircleCheck],
  rejected: ["deny", CircleX],
} as const

/** A document that they sent: staff read it, and say whether it shows who they are. */
function Sent({
  developer,
  document: { id, name, mediaType, bytes, state, reason },
  isOwn,
}: {
  readonly developer: string
  readonly document: DeveloperDocument
  readonly isOwn: boolean
}) {
  const words = useWords(developerWords)
  const [tone, icon] = looks[state]
  const read = useWidening("developer.file", [])
  const accept = useWidening("developer.review", developerReads)
  const reject = useWidening("developer.review", developerReads)
  const [why, setWhy] = useState("")
  return (
    <li className="grid gap-2 px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tone} icon={icon} word={words.states[state]} />
        <Untrusted text={name} prose />
        <span className="text-sm text-soft">
          {mediaType} · {words.size(bytes)}
        </span>
        {isOwn ? null : (
          <button
            type="button"
            className="button"
            disabled={read.isPending}
            onClick={() =>
              read.mutate(
                { developer, document: id },
                { onSuccess: (file) => (file === null ? undefined : saveBytes(file.content, mediaType)) },
              )
            }
          >
            {words.read}
          </button>
        )}
      </div>
      {reason === "" ? null : <Untrusted text={reason} prose />}
      {read.error ? <Failed error={read.error} /> : null}
      {state === "pending" && !isOwn ? (
        <div className="flex flex-wrap items-start gap-2">
          <Confirm
            label={words.accept}
            what={words.acceptWhat}
            isDangerous={false}
            doing={{
              run: () => accept.mutate({ developer, document: id, accept: true }),
              isPending: accept.isPending,
              error: accept.error,
            }}
          />
          <Confirm
            label={words.reject}
            what={
              <>
                <p>{words.rejectWhat}</p>
                <TextField label={words.why} value={why} change={setWhy} />
              </>
            }
            doing={{
              run: () => reject.mutate({ developer, document: id, accept: false, reason: why }),
              isPending: reject.isPending || why.trim() === "",
              error: reject.error,
            }}
          />
        </div>
      ) : null}
    </li>
  )
}

/** UNTRUSTED: somebody's file. It is saved and never opened within the page. */
function saveBytes(base64: string, mediaType: DeveloperDocument["mediaType"]): void {
  const url = URL.createObjectURL(new Blob([fromBase64(base64)], { type: mediaType }))
  const link = window.document.createElement("a")
  link.href = url
  link.download = `document.${mediaType.slice(mediaType.indexOf("/") + 1)}`
  link.click()
  // The browser has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
