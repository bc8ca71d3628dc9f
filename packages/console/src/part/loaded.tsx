import { type ReactNode, useEffect, useState } from "react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"
import { Failed } from "./failed.tsx"

interface Asked<T> {
  readonly data: T | undefined
  readonly error: Error | null
  refetch(): unknown
}

/** What was asked for, or that it is on its way, or why it did not come. */
export function Loaded<T>({
  query,
  rows = 3,
  children,
}: {
  readonly query: Asked<T>
  /** How much room to keep while it loads. */
  readonly rows?: number
  readonly children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  return <Skeleton rows={rows} />
}

/** Grey bars, but only after 200 ms: what comes at once must not flicker. */
export function Skeleton({ rows }: { readonly rows: number }) {
  const { loading } = useWords(shared)
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="grid gap-2" aria-busy="true">
      {isLate ? <span className="sr-only">{loading}</span> : null}
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={isLate ? "skeleton h-10" : "h-10"} />
      ))}
    </div>
  )
}
