import type { Mandate } from "@hufu/core/mandate/mandate"
import { sayMandate } from "@hufu/core/mandate/say"
import { AgentName } from "../../part/agent-name.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Sentences } from "../../part/sentences.tsx"
import { sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { mandateWords } from "./words.ts"

/** Mandates, each with the sentences of what it allows. */
export function MandateList({
  label,
  mandates,
}: {
  readonly label: string
  readonly mandates: readonly Mandate[]
}) {
  const words = useWords(mandateWords)
  const lang = useLanguage()
  return (
    <List label={label}>
      {mandates.map((mandate) => (
        <ListItem
          key={mandate.id}
          head={
            <>
              <Id id={mandate.id} />
              <AgentName id={mandate.agent} />
              <span className="text-soft">{mandate.task === null ? words.allTasks : words.forTask}</span>
            </>
          }
          beside={
            <span>
              {words.until} {sayTime(mandate.until, lang)}
            </span>
          }
        >
          <Sentences of={sayMandate(mandate, lang)} isPlain />
        </ListItem>
      ))}
    </List>
  )
}
