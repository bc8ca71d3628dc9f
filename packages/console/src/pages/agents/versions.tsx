import { makeVisible } from "@hufu/core/profile/visible-text"
import { CopyButton } from "../../part/copy-button.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { useWords } from "../../words/use-words.ts"
import type { ShownAgent } from "./agent-page.tsx"
import { agentWords } from "./words.ts"

const parts = ["model", "prompt", "tools", "code"] as const

/** The versions of an agent, newest first, each with what is known of its parts and how. */
export function Versions({ of: { agent, versions } }: { readonly of: ShownAgent }) {
  const words = useWords(agentWords)
  return (
    <Section title={words.versions}>
      <List label={words.versions}>
        {versions
          .toSorted((a, b) => b.createdAt - a.createdAt)
          .map((version) => (
            <ListItem
              key={version.id}
              head={
                <>
                  <Id id={version.id} />
                  {version.label === "" ? null : <bdi>{makeVisible(version.label)}</bdi>}
                  {version.id === agent.version ? (
                    <span className="rounded bg-allow-wash px-1.5 text-sm text-allow">
                      {words.liveVersion}
                    </span>
                  ) : null}
                </>
              }
              beside={<Ago at={version.createdAt} />}
            >
              {parts.some((part) => version.parts[part]) ? (
                <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[max-content_max-content_minmax(0,1fr)]">
                  {parts.map((part) => {
                    const found = version.parts[part]
                    return found ? (
                      <div key={part} className="contents">
                        <dt className="text-soft">{words.parts[part]}</dt>
                        <dd>{words.known[found.known]}</dd>
                        <dd className="flex min-w-0 items-center gap-1">
                          <code className="truncate font-mono text-sm">{found.digest}</code>
                          <CopyButton text={found.digest} />
                        </dd>
                      </div>
                    ) : null
                  })}
                </dl>
              ) : (
                <p className="text-sm text-soft">{words.noParts}</p>
              )}
            </ListItem>
          ))}
      </List>
      <p className="mt-1 text-sm text-soft">{words.knownHelp}</p>
    </Section>
  )
}
