import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import { client } from "../../data/client.ts"
import { onNodeEvent } from "../../data/live.ts"
import { isAbsent } from "../../data/use-operation.ts"
import { type ActionFeed, appendOlder, countNew, isFull, mergeNewest, refresh } from "./action-feed.ts"
import { filtersOf, type Search } from "./search-grammar.ts"

const pageSize = 100
/** However much happens, it is looked at once in this time. */
const lookEveryMs = 1000

export interface LiveFeed {
  readonly feed: ActionFeed | undefined
  readonly error: Error | null
  /** How many are not shown yet; at most a page. */
  readonly fresh: number
  /** Shows what is new. */
  readonly merge: () => void
  readonly older: () => void
  readonly isReadingOlder: boolean
  readonly retry: () => void
}

/**
 * The actions that fit a search, followed live. What is new is counted, and shown by itself only while `mayMove` says that nobody
 * would lose their place.
 */
export function useActionFeed(search: Search, mayMove: () => boolean): LiveFeed {
  const [feed, setFeed] = useState<ActionFeed>()
  const [newest, setNewest] = useState<ActionFeed>()
  const [error, setError] = useState<Error | null>(null)
  const [isReadingOlder, setReadingOlder] = useState(false)
  const moving = useRef(mayMove)
  useEffect(() => {
    moving.current = mayMove
  })
  const read = useCallback(
    async (before?: number): Promise<ActionFeed> => {
      const asked = { ...filtersOf(search, Date.now()), limit: pageSize }
      try {
        return await client.action.list({ ...asked, ...(before === undefined ? {} : { before }) })
      } catch (failure) {
        // An agent that there is not has done nothing.
        if (isAbsent(failure)) return { items: [], next: null }
        throw failure
      }
    },
    [search],
  )

  const look = useCallback(async () => {
    try {
      const page = await read()
      setError(null)
      setFeed((shown) => {
        if (!shown) return page
        return moving.current() ? mergeNewest(shown, page) : refresh(shown, page)
      })
      setNewest(page)
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)))
    }
  }, [read])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const soon = () => {
      timer ??= setTimeout(async () => {
        await look()
        timer = undefined
        if (isAgain && !isOver) soon()
        isAgain = false
      }, lookEveryMs)
    }
    let isAgain = false
    void look()
    const stop = onNodeEvent((event) => {
      if (event.type !== "entry" && event.type !== "hold" && event.type !== "reset") return
      isAgain = timer !== undefined
      soon()
    })
    return () => {
      isOver = true
      clearTimeout(timer)
      stop()
    }
  }, [look])

  async function older(): Promise<void> {
    if (isReadingOlder || feed?.next == null || isFull(feed)) return
    setReadingOlder(true)
    try {
      const page = await read(feed.next)
      setFeed((shown) => shown && appendOlder(shown, page))
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)))
    } finally {
      setReadingOlder(false)
    }
  }

  const fresh = useMemo(() => (feed && newest ? countNew(feed, newest) : 0), [feed, newest])
  return {
    feed,
    error,
    fresh,
    merge: () => setFeed((shown) => (shown && newest ? mergeNewest(shown, newest) : shown)),
    older: () => void older(),
    isReadingOlder,
    retry: () => void look(),
  }
}
