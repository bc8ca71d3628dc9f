import { type Effect, effects } from "@hufu/core/words"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"

/** Chooses effects. */
export function EffectChoice({
  label,
  of = effects,
  chosen,
  choose,
}: {
  readonly label: string
  /** Those that there are to choose from. */
  readonly of?: readonly Effect[] | undefined
  readonly chosen: readonly Effect[]
  readonly choose: (effects: Effect[]) => void
}) {
  const words = useWords(shared).effects
  return (
    <div role="group" aria-label={label}>
      <p aria-hidden>{label}</p>
      <div className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
        {of.map((effect) => (
          <label key={effect} className="flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-seal"
              checked={chosen.includes(effect)}
              onChange={(event) =>
                choose(
                  event.target.checked
                    ? effects.filter((each) => each === effect || chosen.includes(each))
                    : chosen.filter((each) => each !== effect),
                )
              }
            />
            {words[effect]}
          </label>
        ))}
      </div>
    </div>
  )
}
