import type { Grant } from "@hufu/core/mandate/mandate"
import { sayLimit } from "@hufu/core/mandate/say"
import { X } from "lucide-react"
import { useId, useState } from "react"
import { Sentence, Sentences } from "../../part/sentences.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { CountField } from "./count-field.tsx"
import { readTools, withCount } from "./draft.ts"
import { EffectChoice } from "./effect-choice.tsx"
import { LimitEditor } from "./limit-editor.tsx"
import { mandateWords } from "./words.ts"

/** One grant of a mandate, in a form; what it was before only ever becomes less where it is narrowed. */
export function GrantEditor({
  grant,
  place,
  outer,
  change,
  remove,
}: {
  readonly grant: Grant
  readonly place: number
  /** The grant that this one is narrowed from: nothing that it holds back is offered. */
  readonly outer?: Grant | undefined
  readonly change: (grant: Grant) => void
  readonly remove: (() => void) | undefined
}) {
  const words = useWords(mandateWords)
  const name = useId()
  return (
    <fieldset className="card grid gap-3 px-4 pt-1 pb-4">
      <legend className="px-1 font-semibold">{words.grantOf(place)}</legend>
      <EffectChoice
        label={words.effects}
        of={outer?.effects}
        chosen={grant.effects}
        choose={(effects) => change({ ...grant, effects })}
      />
      <ToolsField tools={grant.tools} change={(tools) => change({ ...grant, tools })} />
      <div role="radiogroup" aria-label={words.mode} className="flex flex-wrap gap-x-4 gap-y-1">
        {(["auto", "ask"] as const).map((mode) => (
          <label key={mode} className="flex min-h-6 items-center gap-2">
            <input
              type="radio"
              className="size-4 accent-seal"
              name={name}
              disabled={outer?.mode === "ask" && mode === "auto"}
              checked={grant.mode === mode}
              onChange={() => change({ ...grant, mode })}
            />
            {words.modes[mode]}
          </label>
        ))}
      </div>
      <Tick
        label={words.reviewed}
        isOn={grant.needs === "reviewed"}
        isFixed={outer?.needs === "reviewed"}
        turn={(isOn) => change(without(grant, "needs", isOn ? { needs: "reviewed" } : {}))}
      />
      <Limits grant={grant} fixed={outer?.limits.length ?? 0} change={change} />
      {grant.limits.length > 0 ? (
        <Tick
          label={words.closed}
          isOn={grant.closed === true}
          isFixed={outer?.closed === true}
          turn={(isOn) => change(without(grant, "closed", isOn ? { closed: true } : {}))}
        />
      ) : null}
      <CountField
        label={words.count}
        count={grant.budget?.count}
        change={(count) => {
          const budget = withCount(grant.budget, count)
          change(without(grant, "budget", budget ? { budget } : {}))
        }}
      />
      {remove ? (
        <div>
          <button type="button" className="button" onClick={remove}>
            {words.removeGrant}
          </button>
        </div>
      ) : null}
    </fieldset>
  )
}

/** A grant whose member is given anew, or left out. */
function without(grant: Grant, name: "needs" | "closed" | "budget", next: Partial<Grant>): Grant {
  const { [name]: _gone, ...rest } = grant
  // Without an optional member a grant is still a grant.
  return { ...(rest as Grant), ...next }
}

function Tick({
  label,
  isOn,
  isFixed,
  turn,
}: {
  readonly label: string
  readonly isOn: boolean
  readonly isFixed: boolean
  readonly turn: (isOn: boolean) => void
}) {
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input
        type="checkbox"
        className="size-4 accent-seal"
        checked={isOn}
        disabled={isFixed}
        onChange={(event) => turn(event.target.checked)}
      />
      {label}
    </label>
  )
}

function ToolsField({
  tools,
  change,
}: {
  readonly tools: readonly string[]
  readonly change: (tools: string[]) => void
}) {
  const words = useWords(mandateWords)
  const field = useId()
  const [typed, setTyped] = useState(tools.join(", "))
  const { isGood } = readTools(typed)
  return (
    <div>
      <label htmlFor={field}>{words.tools}</label>
      <input
        id={field}
        className="field mt-1 font-mono text-sm"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={4000}
        value={typed}
        aria-invalid={!isGood}
        aria-describedby={`${field}-help`}
        onChange={(event) => {
          setTyped(event.target.value)
          change(readTools(event.target.value).tools)
        }}
      />
      <p id={`${field}-help`} className={`mt-1 text-sm ${isGood ? "text-soft" : "text-deny"}`}>
        <Sentence text={isGood ? words.toolsHelp : words.toolsBad} />
      </p>
    </div>
  )
}

function Limits({
  grant,
  fixed,
  change,
}: {
  readonly grant: Grant
  /** How many of them, from the first, cannot be taken away. */
  readonly fixed: number
  readonly change: (grant: Grant) => void
}) {
  const words = useWords(mandateWords)
  const lang = useLanguage()
  return (
    <div>
      <p>{words.limits}</p>
      {grant.limits.map((limit, at) => (
        <div key={JSON.stringify(limit)} className="flex items-center gap-2">
          <Sentences of={[sayLimit(limit, lang)]} isPlain />
          {at < fixed ? null : (
            <button
              type="button"
              className="button button-quiet px-2"
              aria-label={`${words.removeLimit} ${sayLimit(limit, lang)}`}
              onClick={() => change({ ...grant, limits: grant.limits.filter((_, other) => other !== at) })}
            >
              <X size={16} aria-hidden />
            </button>
          )}
        </div>
      ))}
      <LimitEditor add={(limit) => change({ ...grant, limits: [...grant.limits, limit] })} />
    </div>
  )
}
