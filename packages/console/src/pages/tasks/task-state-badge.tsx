import type { TaskRecord } from "@hufu/core/contract/records"
import { CircleDot, CircleStop } from "lucide-react"
import { Badge } from "../../part/badge.tsx"
import { useWords } from "../../words/use-words.ts"
import { taskWords } from "./words.ts"

export function TaskStateBadge({ state }: { readonly state: TaskRecord["state"] }) {
  const word = useWords(taskWords).states[state]
  return state === "live" ? (
    <Badge tone="allow" icon={CircleDot} word={word} />
  ) : (
    <Badge tone="plain" icon={CircleStop} word={word} />
  )
}
