import { useRouter } from "@tanstack/react-router"
import { useEffect, useSyncExternalStore } from "react"
import { recall, remember } from "../part/remember.ts"
import { navigation } from "./navigation.ts"
import { showOverlay } from "./overlay.ts"

const remembered = "hufu.single-keys"
const goWithinMs = 1500
const listeners = new Set<() => void>()
let isOn = recall(remembered) !== "off"

/** Whether single letters do something; they can be switched off (WCAG 2.1.4). */
export function useSingleKeys(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isOn,
  )
}

/** The same, for what is no component. */
export function singleKeysOn(): boolean {
  return isOn
}

export function chooseSingleKeys(on: boolean): void {
  isOn = on
  remember(remembered, on ? "on" : "off")
  for (const listener of listeners) listener()
}

/** Whether a key is meant for a field, or for the browser, rather than for the page. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return false
  const target = event.target
  return !(
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable], [role=dialog]")
  )
}

/** The keys that work on every page. */
export function useKeys(): void {
  const router = useRouter()
  useEffect(() => {
    let goUntil = 0
    function press(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey) {
        event.preventDefault()
        showOverlay("palette")
        return
      }
      if (!isOn || !isForPage(event)) return
      const destination = event.timeStamp < goUntil && navigation.find(({ letter }) => letter === event.key)
      goUntil = event.key === "g" ? event.timeStamp + goWithinMs : 0
      if (destination) {
        event.preventDefault()
        void router.navigate({ to: destination.to })
      } else if (event.key === "?") showOverlay("shortcuts")
      else if (event.key === "/") {
        event.preventDefault()
        focusSearch()
      }
    }
    // Before the card's own keys: after `g`, `a` goes to a page and decides nothing.
    window.addEventListener("keydown", press, { capture: true })
    return () => window.removeEventListener("keydown", press, { capture: true })
  }, [router])
}

function focusSearch(): void {
  const search = document.querySelector<HTMLInputElement>("main [type=search]")
  if (search) search.focus()
  else showOverlay("palette")
}
