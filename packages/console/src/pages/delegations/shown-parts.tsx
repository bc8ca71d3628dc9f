import type { ShownPart } from "@hufu/core/contract/delegation"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { delegationPageWords } from "./words.ts"

/** UNTRUSTED: what an agent or a partner said, as text; of what was said in several languages, the one of the page. */
export function ShownParts({ parts }: { readonly parts: readonly ShownPart[] }) {
  const lang = useLanguage()
  const isInLanguage = parts.some(({ language }) => language === lang)
  const shown = parts.filter(({ language }) => !isInLanguage || language === null || language === lang)
  if (shown.length === 0) return null
  return (
    <ul className="mt-1 grid gap-1 border-l-2 border-dashed border-edge pl-3">
      {shown.map((part, at) => (
        // Nothing else tells them apart, and their order is what was said.
        <li key={`${at} ${part.kind}`} className="min-w-0">
          <Part part={part} />
        </li>
      ))}
    </ul>
  )
}

function Part({ part: { kind, text, name, mediaType, isCut } }: { readonly part: ShownPart }) {
  const words = useWords(delegationPageWords)
  return (
    <>
      {kind === "file" ? (
        <span className="text-soft">
          {words.file} {name === null ? null : <UntrustedName text={name} />}{" "}
          {mediaType === null ? null : <UntrustedName text={mediaType} />}
        </span>
      ) : null}
      {text === "" ? null : <Untrusted text={text} prose={kind === "text"} />}
      {isCut ? <span className="block text-sm text-soft">{words.cutText}</span> : null}
    </>
  )
}
