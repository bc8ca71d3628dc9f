import type { ReactNode } from "react"
import { Facts } from "../../part/facts.tsx"
import { Section } from "../../part/section.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { ProofList } from "./proof-list.tsx"
import type { Shown } from "./registered-page.tsx"
import { wordOf } from "./registry-page.tsx"
import { registryWords } from "./words.ts"

/** Who made the agent and answers for it, what of that was verified, and how they are reached. */
export function DeveloperFacts({
  shown: { content, proofs },
}: {
  readonly shown: Pick<Shown, "content" | "proofs">
}) {
  const words = useWords(registryWords)
  const { developer, contact, documentation, website, repository } = content
  const text = (value: string | undefined) => (value === undefined ? null : <Untrusted text={value} prose />)
  // An address that others wrote is text to be copied, and no link.
  const address = (value: string | undefined) => (value === undefined ? null : <UntrustedName text={value} />)
  const links = [
    ["documentation", documentation],
    ["website", website],
    ["repository", repository?.url],
  ] as const
  const facts: (readonly [string, ReactNode])[] = [
    [
      words.developer,
      <span key="name">
        <Untrusted text={developer.name} prose />{" "}
        <span className="text-soft">{wordOf(words.values, developer.kind)}</span>
      </span>,
    ],
    [words.department, text(developer.department)],
    [words.country, developer.country ?? null],
    [words.linkNames.website, address(developer.url)],
    [words.creditCode, address(developer.creditCode)],
    [words.filing, text(developer.filing)],
    [
      words.domains,
      developer.domains.length === 0 ? null : (
        <span key="domains" className="grid gap-1">
          {developer.domains.map(({ domain, number }) => (
            <span key={domain}>
              <UntrustedName text={domain} />{" "}
              {number === undefined ? null : <Untrusted text={number} prose />}
            </span>
          ))}
        </span>
      ),
    ],
    [words.verifiedAs, <Proofs key="proofs" of={proofs} />],
    [
      words.contact,
      contact.name === undefined && contact.email === undefined && contact.url === undefined ? null : (
        <span key="contact" className="flex flex-wrap gap-x-3">
          {text(contact.name)}
          {address(contact.email)}
          {address(contact.url)}
        </span>
      ),
    ],
    [words.security, address(contact.security)],
    ...links.map(([name, url]) => [`${words.links}: ${words.linkNames[name]}`, address(url)] as const),
  ]
  return (
    <Section title={words.developer}>
      <Facts of={facts} />
    </Section>
  )
}

function Proofs({ of }: { readonly of: Shown["proofs"] }) {
  const words = useWords(registryWords)
  if (of.length === 0) return <span className="text-soft">{words.notVerified}</span>
  return <ProofList of={of} />
}
