import type { RegistrationState } from "@hufu/core/registration/registration"
import { ChevronRight } from "lucide-react"
import { useWords } from "../../words/use-words.ts"
import { StateBadge } from "./state-badge.tsx"
import { registrationWords } from "./words.ts"

/** The way that each state lies on: the usual one, or the one that leads off it. */
const ways: Readonly<Record<RegistrationState, readonly RegistrationState[]>> = {
  draft: ["draft", "pending", "approved"],
  pending: ["draft", "pending", "approved"],
  approved: ["draft", "pending", "approved"],
  rejected: ["draft", "pending", "rejected"],
  disabled: ["draft", "pending", "approved", "disabled"],
  retired: ["draft", "pending", "approved", "retired"],
}

/** Where a registration stands on its way, as a picture. */
export function StatePath({ state }: { readonly state: RegistrationState }) {
  const words = useWords(registrationWords)
  const way = ways[state]
  const at = way.indexOf(state)
  return (
    <ol aria-label={words.path} className="card flex flex-wrap items-center gap-x-1 gap-y-2 px-4 py-3">
      {way.map((step, index) => (
        <li
          key={step}
          aria-current={index === at ? "step" : undefined}
          className="flex items-center gap-1 text-soft"
        >
          {index > 0 ? <ChevronRight size={18} aria-hidden /> : null}
          {index === at ? (
            <span className="rounded-md ring-2 ring-seal">
              <StateBadge state={step} />
            </span>
          ) : (
            <span className="px-1.5 text-sm">{words.states[step]}</span>
          )}
        </li>
      ))}
    </ol>
  )
}
