import { asFailure, failureCodes } from "@hufu/core/failure"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { CircleAlert } from "lucide-react"
import { useLanguage } from "../words/language.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { CopyButton } from "./copy-button.tsx"
import { Sentence } from "./sentences.tsx"

/** Why something did not work: a plain sentence, its code, the request to name in a report, and trying again. */
export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const words = useWords(shared)
  const lang = useLanguage()
  const failure = asFailure(error)
  const requestId = failure.extra["requestId"]
  return (
    <div role="alert" className="rounded-lg border border-deny bg-deny-wash p-4">
      <p className="flex items-start gap-2 font-semibold text-deny">
        <CircleAlert size={18} aria-hidden className="mt-0.5 shrink-0" />
        {failureCodes[failure.code][lang]}
      </p>
      <p className="mt-1 wrap-anywhere" lang="en">
        <Sentence text={makeVisible(failure.message)} />
      </p>
      <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
        <code className="font-mono">{failure.code}</code>
        {typeof requestId === "string" ? (
          <span className="inline-flex items-center gap-1">
            <span className="shrink-0">{words.requestId}</span>{" "}
            <code className="font-mono break-all">{requestId}</code>
            <CopyButton text={requestId} />
          </span>
        ) : null}
      </p>
      {retry ? (
        <button type="button" className="button mt-3" onClick={retry}>
          {words.retry}
        </button>
      ) : null}
    </div>
  )
}
