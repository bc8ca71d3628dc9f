import { useSyncExternalStore } from "react"

/**
 * What this page may do. A browser token may look and narrow; a person's session may widen, and is kept in memory
 * alone, so that closing the page ends it.
 */
export interface Session {
  readonly browser: string | null
  readonly person: { readonly token: string; readonly until: number } | null
}

const kept = "hufu.browser"
const listeners = new Set<() => void>()
let current: Session = { browser: recallToken(), person: null }
let ending: ReturnType<typeof setTimeout> | undefined

export function useSession(): Session {
  return useSyncExternalStore(listen, session)
}

/** The session of this moment, for what is no component. */
export function session(): Session {
  return current
}

/** The token to send: the strongest there is. */
export function bearer(): string | null {
  return current.person?.token ?? current.browser
}

/** Keeps the right to look, for this tab. */
export function keepBrowserToken(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(kept)
    else sessionStorage.setItem(kept, token)
  } catch {
    // Kept in memory then, for as long as the page is open.
  }
  change({ ...current, browser: token })
}

/** Keeps a person's session until it ends, in memory. */
export function keepPerson(person: Session["person"]): void {
  clearTimeout(ending)
  if (person) ending = setTimeout(() => keepPerson(null), Math.max(0, person.until - Date.now()))
  change({ ...current, person })
}

/** Drops a token that the node does not take any more; answers whether a weaker one is left. */
export function dropToken(token: string): boolean {
  if (current.person?.token === token) keepPerson(null)
  else if (current.browser === token) keepBrowserToken(null)
  return bearer() !== null
}

function change(next: Session): void {
  current = next
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function recallToken(): string | null {
  try {
    return sessionStorage.getItem(kept)
  } catch {
    return null
  }
}
