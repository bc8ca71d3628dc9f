import { type ReactNode, useId, useState } from "react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { Failed } from "./failed.tsx"

/** A button for what cannot be taken back by another click: it says first what it will do. */
export function Confirm({
  label,
  what,
  doing,
  isDangerous = true,
}: {
  readonly label: string
  /** What will happen, and to what. */
  readonly what: ReactNode
  readonly doing: { readonly run: () => void; readonly isPending: boolean; readonly error: Error | null }
  readonly isDangerous?: boolean
}) {
  const words = useWords(shared)
  const [isOpen, setOpen] = useState(false)
  const panel = useId()
  const look = `button ${isDangerous ? "button-deny" : ""}`
  if (!isOpen)
    return (
      <button type="button" className={look} aria-expanded={false} onClick={() => setOpen(true)}>
        {label}
      </button>
    )
  return (
    <div
      id={panel}
      role="group"
      aria-label={label}
      className={`w-full rounded-lg border p-3 ${isDangerous ? "border-deny" : "border-edge"}`}
    >
      <div className="mb-3 max-w-prose">{what}</div>
      {doing.error ? <Failed error={doing.error} /> : null}
      <div className="mt-2 flex flex-wrap gap-2">
        <button
          type="button"
          className="button"
          // The question takes the place of the button that asked it.
          ref={(button) => button?.focus()}
          onClick={() => setOpen(false)}
        >
          {words.cancel}
        </button>
        <button type="button" className={look} disabled={doing.isPending} onClick={() => doing.run()}>
          {label}
        </button>
      </div>
    </div>
  )
}
