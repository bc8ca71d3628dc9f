import type { Link } from "./link.ts"

/** By the promise, not the link: every session that speaks another era than its server has a wrapper of its own around the one link. */
const listenersOf = new WeakMap<Promise<void>, Set<() => void>>()

/**
 * Calls back once when a link closes; the returned function takes the callback back. A promise cannot be unsubscribed from, so a
 * link that outlives many sessions would keep every one of them reachable.
 */
export function onLinkClosed({ closed }: Pick<Link, "closed">, listener: () => void): () => void {
  const known = listenersOf.get(closed) ?? watch(closed)
  known.add(listener)
  return () => void known.delete(listener)
}

function watch(closed: Promise<void>): Set<() => void> {
  const listeners = new Set<() => void>()
  listenersOf.set(closed, listeners)
  void tell(closed, listeners)
  return listeners
}

async function tell(closed: Promise<void>, listeners: Set<() => void>): Promise<void> {
  await closed
  // Whoever asks from now on is told anew.
  listenersOf.delete(closed)
  for (const listener of listeners) listener()
  listeners.clear()
}
