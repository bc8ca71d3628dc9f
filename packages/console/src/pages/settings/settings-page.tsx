import { languages } from "@hufu/core/languages"
import { Link } from "@tanstack/react-router"
import { ScrollText } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Facts } from "../../part/facts.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { chooseTheme, themes, useTheme } from "../../shell/theme.ts"
import { sayNumber } from "../../words/format.ts"
import { chooseLanguage, useLanguage } from "../../words/language.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { Browsers } from "./browsers.tsx"
import { Credentials } from "./credentials.tsx"
import { Passkeys } from "./passkeys.tsx"
import { Persons } from "./persons.tsx"
import { Retention } from "./retention.tsx"
import { RoomSaid } from "./room-said.tsx"
import { Servers } from "./servers.tsx"
import { settingsWords } from "./words.ts"

/** Language and theme, who is let in, what is behind the node, how long it keeps what is private, and the node itself. */
export function SettingsPage() {
  const words = useWords(settingsWords)
  return (
    <Page
      title={words.title}
      beside={
        <Link to="/settings/rules" className="button">
          <ScrollText size={16} aria-hidden />
          {words.rules}
        </Link>
      }
    >
      <Look />
      <Passkeys />
      <Browsers />
      <Credentials />
      <Servers />
      <Persons />
      <Retention />
      <Node />
    </Page>
  )
}

function Look() {
  const words = useWords(settingsWords)
  const common = useWords(shared)
  const lang = useLanguage()
  const theme = useTheme()
  return (
    <Section title={words.look}>
      <div className="card flex flex-wrap gap-x-8 gap-y-3 px-4 py-3">
        <label className="flex items-center gap-2">
          <span className="shrink-0 text-soft">{common.language.label}</span>
          <select
            className="field"
            value={lang}
            onChange={(event) => {
              const chosen = languages.find((each) => each === event.target.value)
              if (chosen) chooseLanguage(chosen)
            }}
          >
            {languages.map((each) => (
              <option key={each} value={each}>
                {words.languageNames[each]}
              </option>
            ))}
          </select>
        </label>
        <label className="flex items-center gap-2">
          <span className="shrink-0 text-soft">{common.theme.label}</span>
          <select
            className="field"
            value={theme}
            onChange={(event) => {
              const chosen = themes.find((each) => each === event.target.value)
              if (chosen) chooseTheme(chosen)
            }}
          >
            {themes.map((each) => (
              <option key={each} value={each}>
                {common.theme[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </Section>
  )
}

function Node() {
  const words = useWords(settingsWords)
  const lang = useLanguage()
  const status = useOperation("node.status", {})
  return (
    <Section title={words.node}>
      <Loaded query={status}>
        {(node) => (
          <Facts
            of={[
              [words.version, <code key="version">{node.version}</code>],
              [
                words.address,
                <code key="address" className="font-mono text-sm">
                  {node.url}
                </code>,
              ],
              [
                words.dataFolder,
                <code key="folder" className="font-mono text-sm break-all">
                  {node.dataFolder}
                </code>,
              ],
              [
                words.started,
                <span key="started">
                  <Ago at={node.startedAt} />
                  {words.startedBy[node.startedBy]}
                  {node.idleExit === null ? null : words.endsBy(node.idleExit.afterSeconds)}
                </span>,
              ],
              [words.room, <RoomSaid key="room" room={node.room} />],
              [words.connections, sayNumber(node.connections, lang)],
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
