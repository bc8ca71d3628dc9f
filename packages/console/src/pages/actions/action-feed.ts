import type { Output } from "@hufu/core/contract/contract"
import { replaceEqualDeep } from "@tanstack/react-query"

/** Actions as they are shown: newest first, and from where to read on. */
export type ActionFeed = Output<"action.list">

/** Nobody reads further down than this; a search finds what is older. */
export const maxShown = 10_000
/** What comes on top is merged while nobody has scrolled down, so that what is below can be read again when somebody does. */
const keptBelowNew = 500

/** How many actions of the newest page are not shown yet. */
export function countNew(feed: ActionFeed, newest: ActionFeed): number {
  const keyOf = ({ id, index }: ActionFeed["items"][number]) => `${id} ${index}`
  const known = new Set(feed.items.slice(0, reachOf(feed, newest)).map(keyOf))
  return newest.items.filter((action) => !known.has(keyOf(action))).length
}

/** What is shown, with what became of it meanwhile: no row comes, goes or moves, and those of which nothing is new stay the same. */
export function refresh(feed: ActionFeed, newest: ActionFeed): ActionFeed {
  const now = new Map(newest.items.map((action) => [action.id, action]))
  const reach = reachOf(feed, newest)
  const items = feed.items.slice(0, reach).map((action) => {
    const later = now.get(action.id)
    return later?.index === action.index ? replaceEqualDeep(action, later) : action
  })
  return { ...feed, items: [...items, ...feed.items.slice(reach)] }
}

/** How many of the shown can be on the newest page; of ten thousand that are shown it is not looked at all. */
function reachOf(feed: ActionFeed, newest: ActionFeed): number {
  const oldest = newest.items.at(-1)?.index ?? Infinity
  const below = feed.items.findIndex(({ index }) => index < oldest)
  return below === -1 ? feed.items.length : below
}

/** The newest page on top of what is shown; where there is a gap between them, the newest page alone. */
export function mergeNewest(feed: ActionFeed, newest: ActionFeed): ActionFeed {
  const oldest = newest.items.at(-1)
  if (!oldest || newest.next === null) return newest
  const touches = feed.items.some(({ index }) => index >= oldest.index)
  if (!touches) return newest
  const taken = new Set(newest.items.map(({ id }) => id))
  // What is not on the newest page but younger than its end has moved, or fits no more.
  const older = feed.items.filter(({ id, index }) => index < oldest.index && !taken.has(id))
  const items = [...newest.items, ...older]
  return bounded(
    { items, next: older.length > 0 ? feed.next : newest.next },
    newest.items.length + keptBelowNew,
  )
}

/** The next older page below what is shown. */
export function appendOlder(feed: ActionFeed, older: ActionFeed): ActionFeed {
  const unknown = new Set(older.items.map(({ id }) => id))
  for (const { id } of feed.items) unknown.delete(id)
  const items = [...feed.items, ...older.items.filter(({ id }) => unknown.has(id))]
  return bounded({ items, next: older.next }, maxShown)
}

/** Whether what is older has to be searched for. */
export function isFull({ items, next }: ActionFeed): boolean {
  return next !== null && items.length >= maxShown
}

/** INVARIANT: a page that is left open for days does not grow for days. */
function bounded({ items, next }: ActionFeed, most: number): ActionFeed {
  const last = items[most - 1]
  return items.length > most && last ? { items: items.slice(0, most), next: last.index } : { items, next }
}
