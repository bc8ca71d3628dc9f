import { CopyButton } from "../../part/copy-button.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Section } from "../../part/section.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import type { Shown } from "./registered-page.tsx"
import { wordOf } from "./registry-page.tsx"
import { registryWords } from "./words.ts"

type Content = Shown["content"]

/** Where it is spoken to, in which protocols, and how callers prove themselves; and where a copy can be had. */
export function Interfaces({ content }: { readonly content: Content }) {
  const words = useWords(registryWords)
  const { interfaces, packages, securitySchemes } = content
  return (
    <>
      <Section title={words.interfaces}>
        {interfaces.length === 0 ? (
          <p className="card px-4 py-3 text-soft">{words.noInterfaces}</p>
        ) : (
          <List label={words.interfaces}>
            {interfaces.map((each) => (
              <ListItem
                key={`${each.protocol} ${each.binding} ${each.url} ${each.tenant ?? ""}`}
                head={
                  <>
                    <span className="rounded bg-sunk px-1.5 font-semibold">
                      {wordOf(words.values, each.protocol)}
                    </span>
                    <span className="inline-flex min-w-0 items-center gap-1">
                      <code className="font-mono text-sm break-all">{visibleName(each.url)}</code>
                      <CopyButton text={visibleName(each.url)} />
                    </span>
                  </>
                }
                beside={
                  <>
                    {each.binding}
                    {each.version === undefined ? null : <UntrustedName text={each.version} />}
                  </>
                }
              >
                <span className="text-sm text-soft">
                  {each.security.length === 0
                    ? words.open
                    : `${words.callers} ${sayNeeded(each.security, securitySchemes)}`}
                </span>
              </ListItem>
            ))}
          </List>
        )}
      </Section>
      {packages.length === 0 ? null : (
        <Section title={words.packages}>
          <List label={words.packages}>
            {packages.map(({ registry, identifier, version, runtime }) => (
              <ListItem
                key={`${registry} ${identifier}`}
                head={
                  <>
                    <span className="rounded bg-sunk px-1.5 font-semibold">{registry}</span>
                    <UntrustedName text={identifier} />
                  </>
                }
                beside={
                  <>
                    {version === undefined ? null : <UntrustedName text={version} />}
                    {runtime === undefined ? null : <Untrusted text={runtime} />}
                  </>
                }
              />
            ))}
          </List>
        </Section>
      )}
    </>
  )
}

/** One of these suffices; within one, all are needed. */
function sayNeeded(
  security: Content["interfaces"][number]["security"],
  schemes: Content["securitySchemes"],
): string {
  return security
    .map((needed) =>
      Object.keys(needed)
        .map((name) => schemes[name]?.type ?? visibleName(name))
        .join(" + "),
    )
    .join(" / ")
}
