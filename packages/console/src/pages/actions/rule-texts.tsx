import { useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { useWords } from "../../words/use-words.ts"
import { actionWords } from "./words.ts"

/** The rules that decided, as they read now. */
export function RuleTexts({
  ids,
  policy,
}: {
  readonly ids: readonly string[]
  /** The digest of the rules that decided. */
  readonly policy: string | undefined
}) {
  const words = useWords(actionWords)
  const rules = useOperation("rules.list", {})
  if (ids.length === 0) return <p className="card px-4 py-3 text-soft">{words.noRules}</p>
  return (
    <Loaded query={rules}>
      {({ digest, items }) => (
        <>
          {policy !== undefined && policy !== digest ? (
            <p className="mb-2 text-soft">{words.rulesChanged}</p>
          ) : null}
          <ul className="card divide-y divide-line">
            {ids.map((id) => {
              const rule = items.find((item) => item.id === id)
              return (
                <li key={id} className="px-4 py-2">
                  {rule ? (
                    <details>
                      <summary className="min-h-6 cursor-pointer font-mono text-sm break-all">{id}</summary>
                      <pre
                        // A region that scrolls must be reachable by keyboard.
                        tabIndex={0}
                        aria-label={id}
                        className="mt-2 overflow-x-auto rounded bg-sunk p-3 font-mono text-sm"
                      >
                        {rule.text}
                      </pre>
                    </details>
                  ) : (
                    <>
                      <code className="font-mono text-sm break-all">{id}</code>
                      {id.startsWith("standing/") ? null : (
                        <span className="block text-sm text-soft">{words.ruleGone}</span>
                      )}
                    </>
                  )}
                </li>
              )
            })}
          </ul>
        </>
      )}
    </Loaded>
  )
}
