import { List, ListItem } from "../../part/list.tsx"
import { Section } from "../../part/section.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import type { Shown } from "./registered-page.tsx"
import { wordOf } from "./registry-page.tsx"
import { registryWords } from "./words.ts"

type Content = Shown["content"]

/** Where it runs and by whom, which data it handles, and what it was filed, tested and certified for. */
export function WhereAndWhat({ content }: { readonly content: Content }) {
  const words = useWords(registryWords)
  const { deployments, data, certifications } = content
  return (
    <>
      {deployments.length === 0 ? null : (
        <Section title={words.deployments}>
          <List label={words.deployments}>
            {deployments.map(({ how, country, region, operator }, at) => (
              <ListItem
                // Nothing names one; they stand in the order in which they were written.
                key={at}
                head={
                  <>
                    <span className="font-semibold">{words.deploymentHow[how]}</span>
                    {country === undefined ? null : <span>{country}</span>}
                    {region === undefined ? null : <Untrusted text={region} prose />}
                  </>
                }
                beside={
                  operator === undefined ? undefined : (
                    <span className="wrap-anywhere">{words.operator(operator)}</span>
                  )
                }
              />
            ))}
          </List>
        </Section>
      )}
      {data.length === 0 ? null : (
        <Section title={words.data}>
          <List label={words.data}>
            {data.map(({ kind, purpose, keptDays, abroad, sharedWith }, at) => (
              <ListItem
                key={at}
                head={<span className="font-semibold">{words.dataKinds[kind]}</span>}
                beside={
                  <>
                    {keptDays === undefined ? null : <span>{words.keptDays(keptDays)}</span>}
                    {abroad === undefined ? null : <span>{words.abroad[abroad ? "true" : "false"]}</span>}
                  </>
                }
              >
                <Untrusted text={purpose} prose />
                {sharedWith === undefined ? null : (
                  <p className="text-sm">
                    <span className="text-soft">{words.shared}</span> <Untrusted text={sharedWith} prose />
                  </p>
                )}
              </ListItem>
            ))}
          </List>
        </Section>
      )}
      {certifications.length === 0 ? null : (
        <Section title={words.certifications}>
          <List label={words.certifications}>
            {certifications.map(({ kind, scheme, number, issuer, expires }, at) => (
              <ListItem
                key={at}
                head={
                  <>
                    <span className="rounded bg-sunk px-1.5 font-semibold">{wordOf(words.values, kind)}</span>
                    <Untrusted text={scheme} prose />
                  </>
                }
                beside={
                  <>
                    {number === undefined ? null : <UntrustedName text={number} />}
                    {issuer === undefined ? null : <Untrusted text={issuer} prose />}
                    {expires === undefined ? null : `${words.expires} ${expires}`}
                  </>
                }
              />
            ))}
          </List>
          <p className="mt-1 text-sm text-soft">{words.certificationHelp}</p>
        </Section>
      )}
    </>
  )
}
