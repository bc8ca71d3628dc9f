import { KeyRound } from "lucide-react"
import type { ReactNode } from "react"
import { CopyButton } from "../../part/copy-button.tsx"
import { useWords } from "../../words/use-words.ts"
import { agentWords } from "./words.ts"

/** A secret that the node shows once and then no more. */
export function ShownOnce({
  title,
  secret,
  children,
}: {
  readonly title: string
  readonly secret: string
  readonly children?: ReactNode
}) {
  const words = useWords(agentWords)
  return (
    <div role="status" className="rounded-lg border border-ask bg-ask-wash p-4">
      <p className="flex items-center gap-2 font-semibold">
        <KeyRound size={18} aria-hidden />
        {title}
      </p>
      <p className="mt-1">{words.once}</p>
      <p className="my-2 flex items-center gap-2 rounded bg-paper px-3 py-2">
        <code className="font-mono text-sm break-all">{secret}</code>
        <CopyButton text={secret} />
      </p>
      {children}
    </div>
  )
}
