import { useSyncExternalStore } from "react"

/**
 * What this page may do. A browser token may look and narrow; a person's session may widen, and is kept in memory
 * alone, so that closing the page ends it.
 */
export interface Session {
  readonly browser: string | null
  readonly person: {
    readonly token: string
    readonly until: number
    /** When the person last proved who they are, by this page's clock. */
    readonly provenAt: number
  } | null
}

const kept = "hufu.browser"
const listeners = new Set<() => void>()
let current: Session = { browser: recallToken(), person: null }
let ending: ReturnType<typeof setTimeout> | undefined
const otherTabs = shareWithOtherTabs()

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

/**
 * A link that an agent's client opens comes up in a new tab, which has no token of its own: a tab of this same origin
 * that is open already hands it the right to look. A person's session is never handed on.
 */
function shareWithOtherTabs(): { want(): void } {
  const channel = new BroadcastChannel("hufu.browser")
  // A broadcast reaches this origin alone; it takes no other target.
  const tell: (message: unknown) => void = channel.postMessage.bind(channel)
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data === "wanted" && current.browser !== null) tell({ token: current.browser })
    else if (current.browser === null && typeof data === "object" && data !== null && "token" in data)
      if (typeof data.token === "string") keepBrowserToken(data.token)
  })
  return { want: () => tell("wanted") }
}

/** Asks the other tabs of this origin for the right to look, if this one has none. */
export function askOtherTabs(): void {
  if (current.browser === null) otherTabs.want()
}

function recallToken(): string | null {
  try {
    return sessionStorage.getItem(kept)
  } catch {
    return null
  }
}
