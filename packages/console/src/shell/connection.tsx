import { Radio, RefreshCw } from "lucide-react"
import { useLive } from "../data/live.ts"
import { sayClock } from "../words/format.ts"
import { useLanguage } from "../words/language.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

/** Whether what is shown is of this moment, and if not, since when. */
export function Connection() {
  const words = useWords(shared).live
  const lang = useLanguage()
  const { state, since } = useLive()
  const isLive = state === "live"
  const Icon = isLive ? Radio : RefreshCw
  const text = state === "reconnecting" ? words.reconnecting(sayClock(since, lang)) : words[state]
  return (
    <span
      role="status"
      title={text}
      className={`flex items-center gap-1.5 px-1 text-sm ${isLive ? "text-allow" : "rounded bg-ask-wash text-ask"}`}
    >
      <Icon size={18} aria-hidden />
      <span className={isLive ? "max-lg:sr-only" : "max-md:sr-only"}>{text}</span>
      {isLive ? null : (
        // A phone has no room for it beside the rest, and nobody hovers over an icon there.
        <span
          aria-hidden
          className="fixed inset-x-0 top-12 border-b border-line bg-ask-wash px-4 py-1 md:hidden"
        >
          {text}
        </span>
      )}
    </span>
  )
}
