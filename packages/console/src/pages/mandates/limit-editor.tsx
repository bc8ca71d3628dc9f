import type { Limit } from "@hufu/core/mandate/limit"
import { type KeyboardEvent, useState } from "react"
import { useWords } from "../../words/use-words.ts"
import { limitKinds, type LimitText, readLimit } from "./limit-text.ts"
import { mandateWords } from "./words.ts"

const nothing: LimitText = { argument: "", kind: "path", value: "" }

/** A line in which one limit is typed. */
export function LimitEditor({ add }: { readonly add: (limit: Limit) => void }) {
  const words = useWords(mandateWords)
  const [typed, setTyped] = useState(nothing)
  const limit = readLimit(typed)
  function take(): void {
    if (!limit) return
    add(limit)
    setTyped({ ...nothing, kind: typed.kind })
  }
  function press(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return
    // Not the whole form: only this line is done.
    event.preventDefault()
    take()
  }
  return (
    <div>
      <div className="mt-1 grid gap-2 sm:grid-cols-2">
        <input
          className="field font-mono text-sm"
          aria-label={words.argument}
          placeholder={words.argument}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={256}
          value={typed.argument}
          onChange={(event) => setTyped({ ...typed, argument: event.target.value })}
          onKeyDown={press}
        />
        <select
          className="field"
          aria-label={words.limit}
          value={typed.kind}
          onChange={(event) => {
            const kind = limitKinds.find((each) => each === event.target.value)
            if (kind) setTyped({ ...typed, kind })
          }}
        >
          {limitKinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.limitKinds[kind]}
            </option>
          ))}
        </select>
        <input
          className="field font-mono text-sm"
          aria-label={words.value}
          placeholder={words.limitHints[typed.kind]}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={4000}
          value={typed.value}
          onChange={(event) => setTyped({ ...typed, value: event.target.value })}
          onKeyDown={press}
        />
        <button type="button" className="button" disabled={!limit} onClick={take}>
          {words.addLimit}
        </button>
      </div>
      <p role="status" className="text-sm text-deny">
        {typed.value !== "" && typed.argument !== "" && !limit ? words.limitBad : ""}
      </p>
    </div>
  )
}
