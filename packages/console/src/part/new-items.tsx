import { ArrowUp } from "lucide-react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

/** `3 new`: says that something came, and lets it in when it is asked to. */
export function NewItems({ count, take }: { readonly count: number; readonly take: () => void }) {
  const words = useWords(shared)
  return (
    <div role="status" className="sticky top-14 z-10 mb-2 flex min-h-0 justify-center">
      {count > 0 ? (
        <button type="button" className="button rounded-full border-seal text-seal shadow" onClick={take}>
          <ArrowUp size={16} aria-hidden />
          {words.newItems(count)}
        </button>
      ) : null}
    </div>
  )
}
