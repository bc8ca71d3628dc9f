import type { ReactNode } from "react"

/** An empty list: what it would hold, why it is empty, and the one thing to do about it. */
export function Empty({
  title,
  what,
  children,
}: {
  /** Left out where the page's heading says it already. */
  readonly title?: string
  readonly what: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <div className="card grid justify-items-center gap-2 px-4 py-10 text-center">
      {title === undefined ? null : <p className="font-semibold">{title}</p>}
      <div className="max-w-prose text-balance text-soft">{what}</div>
      {children === undefined ? null : <div className="mt-2">{children}</div>}
    </div>
  )
}
