import type { Link } from "./link.ts"

const listenersOf = new WeakMap<Link, Set<() => void>>()

/**
 * Calls back once when a link closes; the returned function takes the callback back. A promise cannot be unsubscribed from, so a
 * link that outlives many sessions would keep every one of them reachable.
 */
export function onLinkClosed(link: Link, listener: () => void): () => void {
  const known = listenersOf.get(link) ?? watch(link)
  known.add(listener)
  return () => void known.delete(listener)
}

function watch(link: Link): Set<() => void> {
  const listeners = new Set<() => void>()
  listenersOf.set(link, listeners)
  void tell(link, listeners)
  return listeners
}

async function tell(link: Link, listeners: Set<() => void>): Promise<void> {
  await link.closed
  for (const listener of listeners) listener()
  listeners.clear()
}
