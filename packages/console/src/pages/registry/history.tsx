import type { RegistrationStatement } from "@hufu/core/contract/public-registration"
import { Link } from "@tanstack/react-router"
import { Section } from "../../part/section.tsx"
import { Moment } from "../../part/time.tsx"
import { useSession } from "../../session/session.ts"
import { useWords } from "../../words/use-words.ts"
import { entryWords } from "../ledger/entry-words.ts"
import { wordOf } from "./registry-page.tsx"
import { registryWords } from "./words.ts"

/** Its statements, the latest first, each with its place in the ledger; whoever was let in goes there. */
export function History({ of }: { readonly of: readonly RegistrationStatement[] }) {
  const words = useWords(registryWords)
  const { facts } = useWords(entryWords)
  const { browser, person } = useSession()
  const isIn = browser !== null || person !== null
  return (
    <Section title={words.history}>
      {of.length === 0 ? (
        <p className="card px-4 py-3 text-soft">{words.noHistory}</p>
      ) : (
        <ol aria-label={words.history} className="card divide-y divide-line">
          {of.map(({ index, fact, at }) => (
            <li key={index} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2">
              <span>{wordOf(facts, fact)}</span>
              <span className="flex flex-wrap items-center gap-x-3 text-sm text-soft">
                <Moment at={at} />
                {isIn ? (
                  <Link to="/entries/$entry" params={{ entry: String(index) }} className="link min-h-6">
                    {words.entry(index)}
                  </Link>
                ) : (
                  words.entry(index)
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      <p className="mt-1 text-sm text-soft">{words.historyHelp}</p>
    </Section>
  )
}
