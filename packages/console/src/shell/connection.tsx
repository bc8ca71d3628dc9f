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
    </span>
  )
}
