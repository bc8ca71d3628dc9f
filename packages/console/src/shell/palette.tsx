import { languages } from "@hufu/core/languages"
import { useRouter } from "@tanstack/react-router"
import { type KeyboardEvent, useId, useState } from "react"
import { Modal } from "../part/modal.tsx"
import { chooseLanguage } from "../words/language.ts"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { navigation } from "./navigation.ts"
import { placeOf } from "./places.ts"
import { chooseTheme, themes } from "./theme.ts"

interface Choice {
  readonly key: string
  readonly text: string
  run(): void
}

/** Goes to a page or to the thing that an id names, and changes theme and language. */
export function Palette({ close }: { readonly close: () => void }) {
  const words = useWords(shared).palette
  const [typed, setTyped] = useState("")
  const [at, setAt] = useState(0)
  const list = useId()
  const choices = useChoices(typed.trim())
  const chosen = Math.min(at, choices.length - 1)
  function run(choice: Choice | undefined): void {
    if (!choice) return
    close()
    choice.run()
  }
  function press(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") setAt((chosen + 1) % Math.max(1, choices.length))
    else if (event.key === "ArrowUp") setAt((chosen + choices.length - 1) % Math.max(1, choices.length))
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(choices[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Modal title={words.title} close={close}>
      <input
        type="search"
        role="combobox"
        className="field"
        placeholder={words.hint}
        aria-label={words.hint}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={choices.length > 0 ? `${list}-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div id={list} role="listbox" aria-label={words.title} className="mt-2 grid gap-0.5">
        {choices.map((choice, index) => (
          <div
            key={choice.key}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className="flex min-h-9 cursor-pointer items-center rounded-md px-3 break-all aria-selected:bg-seal-wash"
            onPointerMove={() => setAt(index)}
            onClick={() => run(choice)}
          >
            {choice.text}
          </div>
        ))}
      </div>
      <p role="status" className={choices.length === 0 ? "px-3 py-2 text-soft" : "sr-only"}>
        {choices.length === 0 ? words.none : words.results(choices.length)}
      </p>
    </Modal>
  )
}

const languageNames = { en: "English", zh: "中文" }

function useChoices(typed: string): Choice[] {
  const { palette, nav, theme } = useWords(shared)
  const router = useRouter()
  const place = placeOf(typed)
  if (place !== undefined)
    return [{ key: typed, text: palette.openId(typed), run: () => void router.navigate({ to: place }) }]
  const all: Choice[] = [
    ...navigation.map(({ to, name }) => ({
      key: to,
      text: palette.goTo(nav[name]),
      run: () => void router.navigate({ to }),
    })),
    ...themes.map((each) => ({
      key: each,
      text: palette.theme(theme[each]),
      run: () => chooseTheme(each),
    })),
    ...languages.map((each) => ({
      key: each,
      text: palette.language(languageNames[each]),
      run: () => chooseLanguage(each),
    })),
  ]
  const wanted = typed.toLowerCase()
  return all.filter(({ text }) => text.toLowerCase().includes(wanted))
}
