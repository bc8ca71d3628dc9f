import { useOperation } from "../../data/use-operation.ts"
import { CopyButton } from "../../part/copy-button.tsx"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { DraftRules } from "./draft-rules.tsx"
import { DraftedRules } from "./drafted-rules.tsx"
import { Packs } from "./packs.tsx"
import { RulesCoverage } from "./rules-coverage.tsx"
import { settingsWords } from "./words.ts"

/** The rules in force, and a draft to be checked and tried. */
export function RulesPage() {
  const words = useWords(settingsWords)
  const rules = useOperation("rules.list", {})
  const [find, setFind] = useAddressText("q")
  const wanted = find.trim().toLowerCase()
  return (
    <Page title={words.rulesTitle} under={words.rulesUnder}>
      <Section title={words.rulesInForce}>
        <Loaded query={rules} rows={8}>
          {({ digest, items }) => {
            const found = items.filter(({ id, text }) => `${id}\n${text}`.toLowerCase().includes(wanted))
            return (
              <>
                <p className="mb-2 flex min-w-0 items-center gap-2">
                  <span className="shrink-0 text-soft">{words.rulesDigest}</span>
                  <code className="font-mono text-sm break-all">{digest}</code>
                  <CopyButton text={digest} />
                </p>
                <input
                  type="search"
                  className="field mb-3 sm:max-w-80"
                  aria-label={words.find}
                  placeholder={words.find}
                  value={find}
                  onChange={(event) => setFind(event.target.value)}
                />
                {found.length === 0 ? (
                  <Empty title={words.filtered.title} what={words.filtered.what}>
                    <button type="button" className="button" onClick={() => setFind("")}>
                      {words.filtered.clear}
                    </button>
                  </Empty>
                ) : (
                  <ul aria-label={words.rulesInForce} className="card divide-y divide-line">
                    {found.map(({ id, layer, text }) => (
                      <li key={id} className="px-4 py-2">
                        <details>
                          <summary className="min-h-6 cursor-pointer">
                            <code className="font-mono text-sm break-all">{id}</code>{" "}
                            <span className="text-sm text-soft">{words.layerNames[layer] ?? layer}</span>
                          </summary>
                          <pre
                            // A region that scrolls must be reachable by keyboard.
                            tabIndex={0}
                            aria-label={id}
                            className="mt-2 overflow-x-auto rounded bg-sunk p-3 font-mono text-sm"
                          >
                            {text}
                          </pre>
                        </details>
                      </li>
                    ))}
                  </ul>
                )}
              </>
            )
          }}
        </Loaded>
      </Section>
      <Packs />
      <DraftedRules />
      <RulesCoverage />
      <DraftRules />
    </Page>
  )
}
