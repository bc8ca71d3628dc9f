import { type ToolSignal, toolSignals } from "@hufu/core/profile/tool-signal"
import { CircleAlert } from "lucide-react"
import { useLanguage } from "../../words/language.ts"

/** What was noticed about a tool's definition; nothing if nothing was. */
export function ToolSignals({ signals }: { readonly signals: readonly ToolSignal[] }) {
  const lang = useLanguage()
  if (signals.length === 0) return null
  return (
    <ul className="mt-2 grid gap-0.5 text-ask">
      {signals.map((signal) => (
        <li key={signal} className="flex items-start gap-1.5">
          <CircleAlert aria-hidden className="mt-1 size-4 shrink-0" />
          <span>{toolSignals[signal][lang]}</span>
        </li>
      ))}
    </ul>
  )
}
