import type { Standing } from "@hufu/core/contract/public-registration"
import { CircleCheck, CircleOff, CirclePause, CircleX, Gauge } from "lucide-react"
import { Badge } from "../../part/badge.tsx"
import { useWords } from "../../words/use-words.ts"
import { registryWords } from "./words.ts"

const looks = {
  usable: ["allow", CircleCheck],
  suspended: ["deny", CirclePause],
  disabled: ["deny", CircleX],
  retired: ["deny", CircleOff],
} as const satisfies Record<Standing, readonly unknown[]>

/** Whether others may use an agent. */
export function StandingBadge({ standing }: { readonly standing: Standing }) {
  const [tone, icon] = looks[standing]
  return <Badge tone={tone} icon={icon} word={useWords(registryWords).standing[standing]} />
}

/** How strictly it is governed; nothing where nobody graded it. */
export function GradeBadge({ grade }: { readonly grade: string | null }) {
  return grade === null ? null : <Badge tone="plain" icon={Gauge} word={grade} />
}
