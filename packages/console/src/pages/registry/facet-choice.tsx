import type { FoundRegistrations } from "@hufu/core/contract/discovery"
import { visibleName } from "../../part/untrusted-name.tsx"
import { sayNumber } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { type Asked, type FacetName, facetNames } from "./asked.ts"
import { wordOf } from "./registry-page.tsx"
import { registryWords } from "./words.ts"

type Facets = FoundRegistrations["facets"]
type Counted = Facets[number]["values"]

/** What the search is narrowed by, with how many there are of each; folded on a narrow screen. */
export function FacetChoice({
  facets,
  asked,
  knowsAlive,
  ask,
  clear,
}: {
  readonly facets: Facets
  readonly asked: Asked
  /** Whether anybody listens for signs of life. */
  readonly knowsAlive: boolean
  readonly ask: (name: FacetName, value: string) => void
  readonly clear: () => void
}) {
  const words = useWords(registryWords)
  const isNarrowed = facetNames.some((name) => asked[name] !== undefined)
  const countedOf = (name: FacetName) =>
    facets.find(({ facet }) => facet === name)?.values ?? (name === "alive" && knowsAlive ? anyAlive : [])
  const isEmpty = !isNarrowed && facetNames.every((name) => countedOf(name).length === 0)
  const all = (
    <div className="grid gap-3">
      {isEmpty ? <p className="text-sm text-soft">{words.nothingToNarrow}</p> : null}
      {facetNames.map((name) => (
        <Facet
          key={name}
          name={name}
          counted={countedOf(name)}
          chosen={asked[name] ?? ""}
          choose={(value) => ask(name, value)}
        />
      ))}
      {isNarrowed ? (
        <button type="button" className="button" onClick={clear}>
          {words.clear}
        </button>
      ) : null}
    </div>
  )
  return (
    <>
      <details className="card px-4 py-2 md:hidden" open={isNarrowed}>
        <summary className="min-h-6 cursor-pointer font-semibold">{words.narrow}</summary>
        <div className="mt-2">{all}</div>
      </details>
      <div className="card px-4 py-3 max-md:hidden">{all}</div>
    </>
  )
}

/** Who was heard of lately changes from moment to moment, and is not counted. */
const anyAlive: Counted = [{ value: "yes", count: -1 }]

function Facet({
  name,
  counted,
  chosen,
  choose,
}: {
  readonly name: FacetName
  readonly counted: Counted
  /** Values with commas between. */
  readonly chosen: string
  readonly choose: (values: string) => void
}) {
  const words = useWords(registryWords)
  const lang = useLanguage()
  const values = chosen === "" ? [] : chosen.split(",")
  // What was chosen stays there, also where nothing answers to it any more.
  const gone = values.filter((value) => !counted.some((each) => each.value === value))
  const offered = [...counted, ...gone.map((value) => ({ value, count: 0 }))]
  if (offered.length === 0) return null
  const say = (value: string) => {
    const yes: Readonly<Record<string, string>> = words.yes
    return value === "yes" ? (yes[name] ?? value) : visibleName(wordOf(words.values, value))
  }
  return (
    <fieldset>
      <legend className="text-sm font-semibold text-soft">{words.facets[name]}</legend>
      {offered.map(({ value, count }) => (
        <label key={value} className="flex min-h-7 items-center gap-2">
          <input
            type="checkbox"
            checked={values.includes(value)}
            onChange={(event) =>
              choose(
                (event.target.checked ? [...values, value] : values.filter((each) => each !== value)).join(
                  ",",
                ),
              )
            }
          />
          <span className="min-w-0 flex-1 wrap-anywhere">{say(value)}</span>
          {count < 0 ? null : (
            <span className="text-sm text-soft tabular-nums">{sayNumber(count, lang)}</span>
          )}
        </label>
      ))}
    </fieldset>
  )
}
