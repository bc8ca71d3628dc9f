import { CircleDashed } from "lucide-react"
import { bilingual } from "../words/bilingual.ts"
import { useWords } from "../words/use-words.ts"

const secondWords = bilingual(
  {
    unchecked:
      "Not checked here: the log's second signature, by ML-DSA-44, which browsers cannot check. The command at the end of this page checks it.",
  },
  { unchecked: "此处未校验：账本的第二签名（ML-DSA-44），浏览器无法校验。请用本页末尾的命令校验。" },
)

/** Says what a browser leaves unchecked, where the log signs a second time. */
export function SecondSignature({ mlDsaKey }: { readonly mlDsaKey: string | null }) {
  const words = useWords(secondWords)
  if (mlDsaKey === null) return null
  return (
    <p role="note" className="mt-3 flex items-start gap-2 text-soft">
      <CircleDashed size={18} aria-hidden className="mt-1 shrink-0" />
      {words.unchecked}
    </p>
  )
}
