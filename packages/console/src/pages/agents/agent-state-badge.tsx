import type { AgentRecord } from "@hufu/core/contract/records"
import { CircleCheck, CircleOff, CirclePause } from "lucide-react"
import { Badge } from "../../part/badge.tsx"
import { useWords } from "../../words/use-words.ts"
import { agentWords } from "./words.ts"

const looks = {
  live: ["allow", CircleCheck],
  suspended: ["ask", CirclePause],
  revoked: ["deny", CircleOff],
} as const

export function AgentStateBadge({ state }: { readonly state: AgentRecord["state"] }) {
  const [tone, icon] = looks[state]
  return <Badge tone={tone} icon={icon} word={useWords(agentWords).states[state]} />
}
