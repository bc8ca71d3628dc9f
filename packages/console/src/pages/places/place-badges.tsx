import type { ShownPlace } from "@hufu/core/contract/place"
import { CircleCheck, CircleX, Hand, KeyRound, type LucideIcon, TriangleAlert } from "lucide-react"
import { Badge } from "../../part/badge.tsx"
import { useWords } from "../../words/use-words.ts"
import { placeWords } from "./words.ts"

const looks: Readonly<Record<ShownPlace["restriction"], readonly ["allow" | "ask" | "deny", LucideIcon]>> = {
  none: ["allow", CircleCheck],
  conditional: ["ask", Hand],
  authorization: ["ask", KeyRound],
  prohibited: ["deny", CircleX],
}

/** What a place does to an action there. */
export function RestrictionBadge({ restriction }: Pick<ShownPlace, "restriction">) {
  const [tone, icon] = looks[restriction]
  return <Badge tone={tone} icon={icon} word={useWords(placeWords).restrictions[restriction]} />
}

/** Figures without a source are never shown as if they had one. */
export function UnverifiedBadge({ of }: { readonly of: ShownPlace }) {
  const words = useWords(placeWords)
  const unverified = of.feature.properties.extendedProperties?.hufu?.unverified ?? []
  return unverified.length > 0 ? <Badge tone="ask" icon={TriangleAlert} word={words.unverified} /> : null
}
