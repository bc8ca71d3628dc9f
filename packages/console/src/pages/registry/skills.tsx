import { useState } from "react"
import { List, ListItem } from "../../part/list.tsx"
import { Section } from "../../part/section.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import type { Shown } from "./registered-page.tsx"
import { registryWords } from "./words.ts"

type Content = Shown["content"]

const atFirst = 12

/** What it can do, and what it takes and gives. */
export function Skills({ content: { skills, inputModes, outputModes } }: { readonly content: Content }) {
  const words = useWords(registryWords)
  const { showMore } = useWords(shared).untrusted
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? skills : skills.slice(0, atFirst)
  return (
    <Section title={words.skills} beside={<Modes takes={inputModes} gives={outputModes} />}>
      <List label={words.skills}>
        {shown.map((skill) => (
          <Skill key={skill.id} skill={skill} />
        ))}
      </List>
      {shown.length < skills.length ? (
        <button type="button" className="link mt-1 min-h-6" onClick={() => setWhole(true)}>
          {showMore} ({skills.length - shown.length})
        </button>
      ) : null}
    </Section>
  )
}

function Skill({ skill }: { readonly skill: Content["skills"][number] }) {
  const words = useWords(registryWords)
  const { id, name, description, version, tags, examples, inputModes, outputModes } = skill
  return (
    <ListItem
      head={
        <>
          <span className="font-semibold">
            <Untrusted text={name} prose />
          </span>
          <UntrustedName text={id} />
        </>
      }
      beside={
        <>
          <Modes takes={inputModes ?? []} gives={outputModes ?? []} />
          {version === undefined ? null : <UntrustedName text={version} />}
        </>
      }
    >
      <Untrusted text={description} prose />
      {tags.length === 0 ? null : (
        <p className="mt-1 flex flex-wrap gap-1 text-sm">
          {tags.map((tag) => (
            <span key={tag} className="max-w-full rounded border border-line px-1.5">
              <Untrusted text={tag} prose />
            </span>
          ))}
        </p>
      )}
      {examples.length === 0 ? null : (
        <div className="mt-1 text-sm">
          <span className="text-soft">{words.examples}</span>
          <ul className="list-disc ps-5">
            {examples.map((example) => (
              <li key={example}>
                <Untrusted text={example} prose />
              </li>
            ))}
          </ul>
        </div>
      )}
    </ListItem>
  )
}

function Modes({ takes, gives }: { readonly takes: readonly string[]; readonly gives: readonly string[] }) {
  const words = useWords(registryWords)
  if (takes.length === 0 && gives.length === 0) return null
  return (
    <span className="flex min-w-0 flex-wrap gap-x-3 text-sm text-soft">
      {takes.length === 0 ? null : (
        <span>
          {words.takes} <UntrustedName text={takes.join(", ")} />
        </span>
      )}
      {gives.length === 0 ? null : (
        <span>
          {words.gives} <UntrustedName text={gives.join(", ")} />
        </span>
      )}
    </span>
  )
}
