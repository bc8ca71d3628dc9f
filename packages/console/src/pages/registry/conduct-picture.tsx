import { Ban, Hand, type LucideIcon, ShieldCheck, UserRound, Zap } from "lucide-react"
import { EffectBadge } from "../../part/badge.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import type { Shown } from "./registered-page.tsx"
import { registryWords } from "./words.ts"

type Conduct = Shown["content"]["conduct"]

const ways = [
  ["auto", Zap],
  ["ask", Hand],
  ["user-only", UserRound],
  ["never", Ban],
] as const satisfies readonly (readonly [keyof Conduct, LucideIcon])[]

/** What an agent does alone, asks for, leaves to its user and never does, side by side. */
export function ConductPicture({
  conduct,
  isHeldTo,
}: {
  readonly conduct: Conduct
  readonly isHeldTo: boolean | null
}) {
  const words = useWords(registryWords)
  const saysNothing = ways.every(([way]) => conduct[way].length === 0)
  return (
    <Section title={words.conduct}>
      {saysNothing ? (
        <p className="card px-4 py-3 text-soft">{words.conductNone}</p>
      ) : (
        <>
          <dl className="card grid divide-line max-sm:divide-y sm:grid-cols-4 sm:divide-x">
            {ways.map(([way, Icon]) => (
              <div key={way} className="px-4 py-3">
                <dt className="flex items-center gap-2 font-semibold">
                  <Icon size={18} aria-hidden className={way === "never" ? "text-deny" : "text-soft"} />
                  {words.conductModes[way]}
                </dt>
                <dd className="mt-2 flex flex-wrap gap-1.5">
                  {conduct[way].length === 0 ? <span className="text-soft">—</span> : null}
                  {conduct[way].map((effect) => (
                    <EffectBadge key={effect} effect={effect} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <p className="mt-1 flex items-start gap-1.5 text-sm text-soft">
            {isHeldTo === true ? (
              <>
                <ShieldCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-allow" />
                {words.conductHeld}
              </>
            ) : (
              words.conductSaid
            )}
          </p>
        </>
      )}
    </Section>
  )
}
