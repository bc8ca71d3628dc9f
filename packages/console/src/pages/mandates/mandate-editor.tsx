import type { Grant, MandateDraft } from "@hufu/core/mandate/mandate"
import type { Effect } from "@hufu/core/words"
import { Plus } from "lucide-react"
import { useId, useState } from "react"
import { useWords } from "../../words/use-words.ts"
import { CountField } from "./count-field.tsx"
import { dayMs, emptyGrant, withCount } from "./draft.ts"
import { EffectChoice } from "./effect-choice.tsx"
import { GrantEditor } from "./grant-editor.tsx"
import { UntilField } from "./until-field.tsx"
import { mandateWords } from "./words.ts"

/** A mandate in a form. */
export function MandateEditor({
  draft,
  outer,
  change,
}: {
  readonly draft: MandateDraft
  /** The mandate that is narrowed. */
  readonly outer?: MandateDraft | undefined
  readonly change: (draft: MandateDraft) => void
}) {
  const words = useWords(mandateWords)
  const field = useId()
  // A grant keeps its form when another is removed.
  const [keys, setKeys] = useState(() => draft.grants.map((_, at) => at))
  const put = (at: number, grant: Grant) => change({ ...draft, grants: draft.grants.with(at, grant) })
  return (
    <div className="grid gap-4">
      {draft.grants.map((grant, at) => (
        <GrantEditor
          key={keys[at]}
          grant={grant}
          place={at + 1}
          outer={outer?.grants[keys[at] ?? at]}
          change={(next) => put(at, next)}
          remove={
            draft.grants.length === 1 && !outer
              ? undefined
              : () => {
                  setKeys(keys.filter((_, other) => other !== at))
                  change({ ...draft, grants: draft.grants.filter((_, other) => other !== at) })
                }
          }
        />
      ))}
      {outer ? null : (
        <div>
          <button
            type="button"
            className="button"
            onClick={() => {
              setKeys([...keys, Math.max(-1, ...keys) + 1])
              change({ ...draft, grants: [...draft.grants, emptyGrant] })
            }}
          >
            <Plus size={16} aria-hidden />
            {words.addGrant}
          </button>
        </div>
      )}
      <fieldset className="card grid gap-3 px-4 py-3">
        <legend className="sr-only">{words.otherwise}</legend>
        <EffectChoice
          label={words.nevers}
          chosen={effectsOf(draft.never)}
          choose={(effects) => change({ ...draft, never: withEffects(draft.never, effects) })}
        />
        <EffectChoice
          label={words.userOnlys}
          chosen={effectsOf(draft.userOnly)}
          choose={(effects) => change({ ...draft, userOnly: withEffects(draft.userOnly, effects) })}
        />
        <div role="radiogroup" aria-label={words.otherwise} className="flex flex-wrap gap-x-4 gap-y-1">
          <span aria-hidden>{words.otherwise}</span>
          {(["ask", "deny"] as const).map((otherwise) => (
            <label key={otherwise} className="flex min-h-6 items-center gap-2">
              <input
                type="radio"
                className="size-4 accent-seal"
                name={`${field}-otherwise`}
                disabled={outer?.otherwise === "deny" && otherwise === "ask"}
                checked={draft.otherwise === otherwise}
                onChange={() => change({ ...draft, otherwise })}
              />
              {words.otherwises[otherwise]}
            </label>
          ))}
        </div>
        <CountField
          label={words.budget}
          count={draft.budget?.count}
          change={(count) => {
            const { budget, ...rest } = draft
            const next = withCount(budget, count)
            change({ ...rest, ...(next ? { budget: next } : {}) })
          }}
        />
        <UntilField
          until={draft.until}
          latest={outer?.until ?? Date.now() + 3650 * dayMs}
          change={(until) => change({ ...draft, until })}
        />
        {outer ? null : (
          <div>
            <label htmlFor={field}>{words.wordsLabel}</label>
            <textarea
              id={field}
              className="field mt-1 min-h-20"
              maxLength={4000}
              aria-describedby={`${field}-help`}
              value={draft.words}
              onChange={(event) => change({ ...draft, words: event.target.value })}
            />
            <p id={`${field}-help`} className="text-sm text-soft">
              {words.wordsHelp}
            </p>
          </div>
        )}
      </fieldset>
    </div>
  )
}

type Part = MandateDraft["never"][number] | MandateDraft["userOnly"][number]

/** The effects that a part of their own names, whatever the tool. */
function effectsOf(parts: readonly Part[]): readonly Effect[] {
  return parts.find(isEffectsAlone)?.effects ?? []
}

/** The same parts, but for the one that names effects alone. */
function withEffects<T extends Part>(parts: readonly T[], effects: Effect[]): (T | { effects: Effect[] })[] {
  const others = parts.filter((part) => !isEffectsAlone(part))
  return effects.length === 0 ? others : [...others, { effects }]
}

function isEffectsAlone(part: Part): boolean {
  return (
    part.effects !== undefined && Object.values(part).filter((member) => member !== undefined).length === 1
  )
}
