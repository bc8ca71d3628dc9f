import type { DelegationState } from "@hufu/core/delegation/delegation-state"
import { delegationWords } from "@hufu/core/delegation/delegation-words"
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleX,
  Hand,
  MessageCircleQuestion,
  PackageCheck,
  Send,
} from "lucide-react"
import { Badge } from "../../part/badge.tsx"
import { useLanguage } from "../../words/language.ts"

const looks = {
  submitted: { tone: "plain", icon: Send },
  working: { tone: "plain", icon: CircleDot },
  "input-required": { tone: "ask", icon: MessageCircleQuestion },
  "auth-required": { tone: "ask", icon: Hand },
  delivered: { tone: "allow", icon: PackageCheck },
  completed: { tone: "allow", icon: CircleCheck },
  failed: { tone: "deny", icon: CircleX },
  canceled: { tone: "plain", icon: CircleDashed },
  rejected: { tone: "deny", icon: Ban },
} as const

export function DelegationStateBadge({ state }: { readonly state: DelegationState }) {
  return <Badge {...looks[state]} word={delegationWords[useLanguage()].state[state]} />
}
