import { languages } from "@hufu/core/languages"
import type { Language } from "@hufu/core/words"
import { useSyncExternalStore } from "react"
import { recall, remember } from "../part/remember.ts"

const remembered = "hufu.language"
const listeners = new Set<() => void>()
let current: Language = startingLanguage()
show(current)

/** The language of the page: what the address asks for, else what was chosen before, else what the browser prefers. */
export function useLanguage(): Language {
  return useSyncExternalStore(listen, language)
}

/** The language of this moment, for what is no component. */
export function language(): Language {
  return current
}

/** Changes the language where one is: nothing is loaded again, so that nothing typed is lost. */
export function chooseLanguage(chosen: Language): void {
  current = chosen
  remember(remembered, chosen)
  const address = new URL(location.href)
  if (address.searchParams.has("lang")) {
    address.searchParams.set("lang", chosen)
    history.replaceState(history.state, "", address)
  }
  show(chosen)
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function startingLanguage(): Language {
  const wishes = [
    new URLSearchParams(location.search).get("lang"),
    recall(remembered),
    ...navigator.languages,
  ]
  const known = wishes.map((wish) => languages.find((each) => wish?.toLowerCase().startsWith(each)))
  return known.find((each) => each !== undefined) ?? "en"
}

function show(chosen: Language): void {
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en"
}
