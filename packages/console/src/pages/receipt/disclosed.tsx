import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { Opened } from "@hufu/core/evidence/verify-receipt"
import { Section } from "../../part/section.tsx"
import { UntrustedArguments } from "../../part/untrusted.tsx"
import { useWords } from "../../words/use-words.ts"
import { receiptWords } from "./words.ts"

/** The values that a verified receipt shows, and how many arguments beside them stay closed. */
export function Disclosed({ openings }: { readonly openings: readonly Opened[] }) {
  const words = useWords(receiptWords)
  const withheld = openings.reduce((sum, opening) => sum + opening.withheld, 0)
  return (
    <Section title={words.disclosed}>
      <p className="mb-2 text-soft">{words.disclosedWhat}</p>
      <UntrustedArguments value={Object.fromEntries(openings.flatMap(membersOf))} />
      {withheld > 0 ? <p className="mt-2">{words.withheld(withheld)}</p> : null}
    </Section>
  )
}

/** Some of the arguments are shown each under its name, all of them as they were. */
function membersOf({ field, value, withheld }: Opened): [string, JsonValue][] {
  if (withheld === 0 || !isJsonObject(value)) return [[field, value]]
  return Object.entries(value).map(([name, each]) => [`${field}.${name}`, each])
}
