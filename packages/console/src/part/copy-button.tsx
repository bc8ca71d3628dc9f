import { Check, Copy } from "lucide-react"
import { useEffect, useState } from "react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

/** Copies a text, and says that it did. */
export function CopyButton({ text }: { readonly text: string }) {
  const words = useWords(shared)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), ignore)
  return (
    <button
      type="button"
      className="inline-grid size-6 place-items-center rounded text-soft hover:bg-sunk hover:text-ink"
      aria-label={text.length > 80 ? words.copy : words.copyOf(text)}
      onClick={() => void copy()}
    >
      {isCopied ? <Check size={14} aria-hidden className="text-allow" /> : <Copy size={14} aria-hidden />}
      <span role="status" className="sr-only">
        {isCopied ? words.copied : ""}
      </span>
    </button>
  )
}

/** A browser may refuse the clipboard; the text can still be selected. */
const ignore = () => {}
