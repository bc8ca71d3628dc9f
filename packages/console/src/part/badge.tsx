import type { HoldState } from "@hufu/core/contract/records"
import type { Effect, OutcomeKind, VerdictKind } from "@hufu/core/words"
import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleX,
  Clock,
  Hand,
  type LucideIcon,
  ShieldAlert,
  TimerOff,
} from "lucide-react"
import type { z } from "zod"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

type Tone = "allow" | "ask" | "deny" | "plain"

const tones: Readonly<Record<Tone, string>> = {
  allow: "bg-allow-wash text-allow",
  ask: "bg-ask-wash text-ask",
  deny: "bg-deny-wash text-deny",
  plain: "bg-sunk text-ink",
}

/** A state: always an icon and a word, never colour alone. */
export function Badge({
  tone,
  icon: Icon,
  word,
}: {
  readonly tone: Tone
  readonly icon: LucideIcon
  readonly word: string
}) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-sm whitespace-nowrap ${tones[tone]}`}
    >
      <Icon size={14} aria-hidden />
      {word}
    </span>
  )
}

const verdicts = {
  allow: ["allow", CircleCheck],
  ask: ["ask", Hand],
  deny: ["deny", CircleX],
} as const satisfies Record<VerdictKind, readonly [Tone, LucideIcon]>

export function VerdictBadge({ verdict }: { readonly verdict: VerdictKind }) {
  const [tone, icon] = verdicts[verdict]
  return <Badge tone={tone} icon={icon} word={useWords(shared).verdicts[verdict]} />
}

const outcomes = {
  done: ["allow", CircleCheck],
  failed: ["deny", CircleX],
  unknown: ["ask", CircleHelp],
} as const satisfies Record<OutcomeKind, readonly [Tone, LucideIcon]>

export function OutcomeBadge({ outcome }: { readonly outcome: OutcomeKind | null }) {
  const words = useWords(shared).outcomes
  if (outcome === null) return <Badge tone="plain" icon={CircleDashed} word={words.none} />
  const [tone, icon] = outcomes[outcome]
  return <Badge tone={tone} icon={icon} word={words[outcome]} />
}

const holds = {
  waiting: ["ask", Clock],
  approved: ["allow", CircleCheck],
  used: ["allow", CircleCheck],
  refused: ["deny", CircleX],
  expired: ["plain", TimerOff],
  cancelled: ["plain", CircleDashed],
} as const satisfies Record<z.infer<typeof HoldState>, readonly [Tone, LucideIcon]>

export function HoldBadge({ state }: { readonly state: z.infer<typeof HoldState> }) {
  const [tone, icon] = holds[state]
  return <Badge tone={tone} icon={icon} word={useWords(shared).holds[state]} />
}

const outward: ReadonlySet<Effect> = new Set([
  "delete",
  "send",
  "publish",
  "pay",
  "execute",
  "control",
  "decide",
])

/** An effect; those that reach outside or cannot be taken back are marked. */
export function EffectBadge({ effect }: { readonly effect: Effect }) {
  const word = useWords(shared).effects[effect]
  if (outward.has(effect)) return <Badge tone="ask" icon={ShieldAlert} word={word} />
  return <span className="rounded bg-sunk px-1.5 py-0.5 text-sm whitespace-nowrap">{word}</span>
}
