import type { RegistrationState } from "@hufu/core/registration/registration"
import { CircleCheck, CircleOff, CircleX, Clock, Undo2, PencilLine } from "lucide-react"
import { Badge } from "../../part/badge.tsx"
import { useWords } from "../../words/use-words.ts"
import { registrationWords } from "./words.ts"

const looks = {
  draft: ["plain", PencilLine],
  pending: ["ask", Clock],
  approved: ["allow", CircleCheck],
  rejected: ["deny", Undo2],
  disabled: ["deny", CircleX],
  retired: ["plain", CircleOff],
} as const satisfies Record<RegistrationState, readonly unknown[]>

export function StateBadge({ state }: { readonly state: RegistrationState }) {
  const [tone, icon] = looks[state]
  return <Badge tone={tone} icon={icon} word={useWords(registrationWords).states[state]} />
}
