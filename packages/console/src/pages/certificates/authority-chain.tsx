import type { CaReport, ShownAuthority } from "@hufu/core/contract/ca"
import { ChevronRight, KeyRound, ScrollText } from "lucide-react"
import { Section } from "../../part/section.tsx"
import { Moment } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { certificateWords } from "./words.ts"

/** What signs what: from the root that others trust to what agents hold. */
export function AuthorityChain({
  of: { authorities },
  issued,
}: {
  readonly of: CaReport
  readonly issued: number
}) {
  const words = useWords(certificateWords)
  const roots = authorities.filter(({ role }) => role === "root")
  const inOrder = (all: readonly ShownAuthority[]) =>
    all.toSorted((one, other) => rank(one) - rank(other) || other.createdAt - one.createdAt)
  return (
    <Section title={words.chain}>
      <ul className="grid gap-3">
        {inOrder(roots).map((root) => (
          <li key={root.id} className="flex flex-wrap items-stretch gap-2">
            <Box of={root} />
            <Arrow />
            <ul className="grid gap-2">
              {inOrder(
                authorities.filter(({ role, parent }) => role === "intermediate" && parent === root.id),
              ).map((intermediate) => (
                <li key={intermediate.id} className="flex flex-wrap items-stretch gap-2">
                  <Box of={intermediate} />
                  {intermediate.state === "active" ? (
                    <>
                      <Arrow />
                      <span className="flex items-center gap-2 rounded-lg border border-line bg-paper px-4 py-3">
                        <ScrollText size={20} aria-hidden className="text-soft" />
                        {words.issued(issued)}
                      </span>
                    </>
                  ) : null}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  )
}

const rank = ({ state }: ShownAuthority) => (state === "active" ? 0 : 1)

function Arrow() {
  const { signs } = useWords(certificateWords)
  return (
    <span className="flex items-center text-soft">
      <span className="sr-only">{signs}</span>
      <ChevronRight size={22} aria-hidden className="max-sm:rotate-90" />
    </span>
  )
}

function Box({ of: { role, name, suite, state, until, hasKey } }: { readonly of: ShownAuthority }) {
  const words = useWords(certificateWords)
  return (
    <div
      className={`rounded-lg border px-4 py-3 ${state === "active" ? "border-allow bg-paper" : "border-line bg-sunk"}`}
    >
      <p className="flex items-center gap-2 font-semibold">
        <KeyRound size={18} aria-hidden className={state === "active" ? "text-allow" : "text-soft"} />
        {words.roles[role]}
        <span className="text-sm font-normal text-soft">{words.states[state]}</span>
      </p>
      <p>
        <UntrustedName text={name} /> <span className="font-mono text-sm text-soft">{suite}</span>
      </p>
      <p className="text-sm text-soft">
        {words.until} <Moment at={until} />
      </p>
      {hasKey ? null : <p className="text-sm text-deny">{words.noKey}</p>}
    </div>
  )
}
