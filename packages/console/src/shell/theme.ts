import { useSyncExternalStore } from "react"
import { recall, remember } from "../part/remember.ts"

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

// The snippet in index.html reads the same key before the first paint.
const remembered = "hufu.theme"
const listeners = new Set<() => void>()
const prefersDark = matchMedia("(prefers-color-scheme: dark)")
let current: Theme = themes.find((theme) => theme === recall(remembered)) ?? "system"
prefersDark.addEventListener("change", show)

/** What was chosen: light, dark, or whatever the system has. */
export function useTheme(): Theme {
  return useSyncExternalStore(listen, () => current)
}

export function chooseTheme(theme: Theme): void {
  current = theme
  remember(remembered, theme)
  show()
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function show(): void {
  const isDark = current === "dark" || (current === "system" && prefersDark.matches)
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light"
}
