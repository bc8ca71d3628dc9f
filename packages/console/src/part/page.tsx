import { type ReactNode, useEffect } from "react"
import { shared } from "../words/shared.ts"
import { useWords } from "../words/use-words.ts"

/** A page: its one heading, what belongs beside it, and its content. */
export function Page({
  title,
  under,
  beside,
  children,
}: {
  readonly title: string
  /** A line under the heading. */
  readonly under?: ReactNode
  readonly beside?: ReactNode
  readonly children: ReactNode
}) {
  const { product } = useWords(shared)
  useEffect(() => {
    document.title = `${title} · ${product}`
  }, [title, product])
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-5 sm:px-6">
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 tabIndex={-1}>{title}</h1>
          {under === undefined ? null : <div className="mt-1 text-soft">{under}</div>}
        </div>
        {beside}
      </div>
      {children}
    </div>
  )
}
