import { useSyncExternalStore } from "react"

/** What lies over the page: one at a time. */
export type Overlay = "palette" | "shortcuts" | "stop" | null

const listeners = new Set<() => void>()
let current: Overlay = null

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

export function showOverlay(overlay: Overlay): void {
  current = overlay
  for (const listener of listeners) listener()
}
