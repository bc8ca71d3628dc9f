import type { ToolRecord } from "@hufu/core/contract/records"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { useWords } from "../../words/use-words.ts"
import { toolWords } from "./words.ts"

type Difference = NonNullable<ToolRecord["difference"]>

const mostPieces = 2000
const longestPiece = 4000

/** UNTRUSTED: how a tool's definition changed, word by word; what was added and removed is marked by more than colour. */
export function ToolDifference({ difference }: { readonly difference: Difference }) {
  const words = useWords(toolWords)
  return (
    <div className="mt-2">
      <p className="text-sm text-soft">{words.difference}</p>
      <p
        // A region that scrolls must be reachable by keyboard.
        tabIndex={0}
        role="region"
        aria-label={words.difference}
        dir="ltr"
        className="max-h-96 overflow-y-auto rounded bg-sunk p-3 font-mono text-sm wrap-anywhere whitespace-break-spaces"
      >
        {difference.slice(0, mostPieces).map(({ kind, text }, index) => {
          const shown = makeVisible(text.slice(0, longestPiece))
          // The pieces of a difference have no other name than their place.
          if (kind === "same") return <span key={index}>{shown}</span>
          if (kind === "added")
            return (
              <ins key={index} className="rounded-sm bg-allow-wash text-allow">
                <span className="sr-only">{words.added} </span>
                {shown}
              </ins>
            )
          return (
            <del key={index} className="rounded-sm bg-deny-wash text-deny">
              <span className="sr-only">{words.removed} </span>
              {shown}
            </del>
          )
        })}
      </p>
    </div>
  )
}
