import { useSyncExternalStore } from "react"
import { sayAgo, sayLeft, sayTime } from "../words/format.ts"
import { useLanguage } from "../words/language.ts"

/** How long ago, with the exact time and zone on hover. */
export function Ago({ at }: { readonly at: number }) {
  const lang = useLanguage()
  const now = useNow()
  return (
    <time dateTime={new Date(at).toISOString()} title={sayTime(at, lang)} className="whitespace-nowrap">
      {sayAgo(at, Math.max(now, at), lang)}
    </time>
  )
}

/** The exact time, with its zone. */
export function Moment({ at }: { readonly at: number }) {
  const lang = useLanguage()
  return <time dateTime={new Date(at).toISOString()}>{sayTime(at, lang)}</time>
}

/** What is left until a time, counting down. */
export function Left({ until }: { readonly until: number }) {
  const lang = useLanguage()
  const now = useNow()
  return (
    <time
      dateTime={new Date(until).toISOString()}
      title={sayTime(until, lang)}
      className="whitespace-nowrap tabular-nums"
    >
      {sayLeft(until - now)}
    </time>
  )
}

/** This second; one clock for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => second)
}

const listeners = new Set<() => void>()
let second = Date.now()
let ticking: ReturnType<typeof setInterval> | undefined

function listen(listener: () => void): () => void {
  listeners.add(listener)
  ticking ??= setInterval(tick, 1000)
  tickSoon()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

function tick(): void {
  second = Date.now()
  for (const listener of listeners) listener()
}

/** A clock that had stopped shows the present as soon as somebody looks. */
function tickSoon(): void {
  if (Date.now() - second > 1000) queueMicrotask(tick)
}
