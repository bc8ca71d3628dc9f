import type { BrowserRecord } from "@hufu/core/contract/passkey"
import { useChange, useOperation } from "../../data/use-operation.ts"
import { Confirm } from "../../part/confirm.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { sayTime } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { settingsWords } from "./words.ts"

/** The browsers that may look, each of which can be shut out. */
export function Browsers() {
  const words = useWords(settingsWords)
  const browsers = useOperation("browser.list", {})
  return (
    <Section title={words.browsers}>
      <p className="mb-2 text-soft">{words.browsersWhat}</p>
      <Loaded query={browsers}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.noBrowsers}</p>
          ) : (
            <List label={words.browsers}>
              {items.map((browser) => (
                <Browser key={browser.id} browser={browser} />
              ))}
            </List>
          )
        }
      </Loaded>
    </Section>
  )
}

function Browser({ browser }: { readonly browser: BrowserRecord }) {
  const words = useWords(settingsWords)
  const lang = useLanguage()
  const revoke = useChange("browser.revoke", ["browser.list"])
  return (
    <ListItem
      head={
        <>
          <Id id={browser.id} />
          <code className="font-mono text-sm">{browser.origin}</code>
        </>
      }
      beside={
        <>
          <span>
            {words.used} <Ago at={browser.usedAt} />
          </span>
          <span>
            {words.ends} {sayTime(browser.expiresAt, lang)}
          </span>
        </>
      }
    >
      <Confirm
        label={words.revoke}
        what={words.revokeWhat}
        doing={{
          run: () => revoke.mutate({ browser: browser.id }),
          isPending: revoke.isPending,
          error: revoke.error,
        }}
      />
    </ListItem>
  )
}
