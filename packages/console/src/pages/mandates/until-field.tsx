import { useId } from "react"
import { useWords } from "../../words/use-words.ts"
import { dayMs } from "./draft.ts"
import { mandateWords } from "./words.ts"

const presets = [1, 7, 30]

/** When it ends: a number of days from now, or a day and time of this browser's zone. */
export function UntilField({
  until,
  latest,
  change,
}: {
  readonly until: number
  readonly latest: number
  readonly change: (until: number) => void
}) {
  const words = useWords(mandateWords)
  const field = useId()
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label htmlFor={field}>{words.ends}</label>
      <input
        id={field}
        type="datetime-local"
        className="field w-64"
        value={local(until)}
        max={local(latest)}
        onChange={(event) => {
          const at = new Date(event.target.value).getTime()
          if (!Number.isNaN(at) && at > 0) change(Math.min(at, latest))
        }}
      />
      {presets
        .filter((days) => Date.now() + days * dayMs <= latest)
        .map((days) => (
          <button
            key={days}
            type="button"
            className="button"
            onClick={() => change(Date.now() + days * dayMs)}
          >
            {words.days(days)}
          </button>
        ))}
    </div>
  )
}

/** A time as such a field writes it, in the browser's zone. */
function local(ms: number): string {
  const at = new Date(ms)
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
