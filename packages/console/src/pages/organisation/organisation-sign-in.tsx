import { asFailure } from "@hufu/core/failure"
import { CircleAlert, LogIn } from "lucide-react"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { beginAt, type OrganisationState } from "../../session/organisation.ts"
import { useWords } from "../../words/use-words.ts"
import { wordOf } from "../registry/registry-page.tsx"
import { organisationWords } from "./words.ts"

/** Where an organisation begins: a choice of issuers, and why it was not let in just now. */
export function OrganisationSignIn({ of }: { readonly of: OrganisationState & { readonly state: "out" } }) {
  const words = useWords(organisationWords)
  const query = useOperation("organisation.issuers", {})
  const [isLeaving, setLeaving] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const error = failed ?? of.error
  function begin(issuer: string): void {
    setLeaving(true)
    setFailed(undefined)
    beginAt(issuer).catch((problem: unknown) => {
      setLeaving(false)
      setFailed(problem)
    })
  }
  return (
    <Page title={words.title} under={words.under}>
      <div className="grid max-w-2xl gap-4">
        {of.hasEnded === true ? (
          <p role="status" className="rounded-lg border border-ask bg-ask-wash p-3">
            {words.ended}
          </p>
        ) : null}
        {error === undefined ? null : <NotLetIn error={error} />}
        <Loaded query={query} rows={2}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.nowhere.title} what={<Sentence text={words.nowhere.what} />} />
            ) : (
              <div className="card p-5">
                <p>{words.where}</p>
                <ul aria-label={words.signIn} className="mt-4 grid gap-2">
                  {items.map(({ issuer, name }) => (
                    <li key={issuer} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                      <button
                        type="button"
                        className="button button-main"
                        disabled={isLeaving}
                        onClick={() => begin(issuer)}
                      >
                        <LogIn size={16} aria-hidden />
                        {name}
                      </button>
                      <UntrustedName text={issuer} />
                    </li>
                  ))}
                </ul>
              </div>
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

/** Why it came to nothing, in plain words; what is no answer of an issuer is told as every failure is. */
function NotLetIn({ error }: { readonly error: unknown }) {
  const words = useWords(organisationWords).refused
  const { code, extra } = asFailure(error)
  const { reason, issuerError, issuerSays } = extra
  if (code !== "sign_in_refused" && code !== "upstream_unavailable") return <Failed error={error} />
  const said = typeof issuerError === "string" ? issuerError : ""
  const why =
    code === "upstream_unavailable"
      ? words.unreachable
      : wordOf(words.issuerErrors, said) === said
        ? wordOf(words.reasons, typeof reason === "string" ? reason : "answer")
        : wordOf(words.issuerErrors, said)
  return (
    <div role="alert" className="rounded-lg border border-deny bg-deny-wash p-4">
      <p className="flex items-start gap-2 font-semibold text-deny">
        <CircleAlert size={18} aria-hidden className="mt-0.5 shrink-0" />
        {words.title}
      </p>
      <p className="mt-1">{why}</p>
      {said === "" ? null : (
        <p className="mt-2 flex flex-wrap items-baseline gap-x-2 text-sm text-soft">
          {words.says} <UntrustedName text={said} />
          {typeof issuerSays === "string" && issuerSays !== "" ? <Untrusted text={issuerSays} prose /> : null}
        </p>
      )}
    </div>
  )
}
