import { CircleDashed, Eye, MessageSquareQuote, ShieldCheck } from "lucide-react"
import { CopyButton } from "../../part/copy-button.tsx"
import { Badge } from "../../part/badge.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import type { Shown } from "./registered-page.tsx"
import { registryWords } from "./words.ts"

const names = ["model", "prompt", "tools", "code"] as const
const looks = {
  attested: ["allow", ShieldCheck],
  observed: ["plain", Eye],
  declared: ["plain", MessageSquareQuote],
} as const

/** Of what this version is made, and how each part of that is known. */
export function VersionParts({ parts }: { readonly parts: Shown["content"]["parts"] }) {
  const words = useWords(registryWords)
  return (
    <Section title={words.parts}>
      <dl className="card grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[max-content_max-content_minmax(0,1fr)]">
        {names.map((name) => {
          const part = parts[name]
          const [tone, icon] = part === undefined ? (["plain", CircleDashed] as const) : looks[part.known]
          return (
            <div key={name} className="contents">
              <dt className="text-soft">{words.partNames[name]}</dt>
              <dd>
                <Badge tone={tone} icon={icon} word={part === undefined ? "—" : words.known[part.known]} />
              </dd>
              <dd className="flex min-w-0 items-center gap-1">
                {part === undefined ? null : (
                  <>
                    <code className="truncate font-mono text-sm">{part.digest}</code>
                    <CopyButton text={part.digest} />
                  </>
                )}
              </dd>
            </div>
          )
        })}
      </dl>
      <p className="mt-1 text-sm text-soft">{words.knownHelp}</p>
    </Section>
  )
}
