import type { ReactNode } from "react"

/** A list of things, each with a name, what is to be known of it, and perhaps where it leads. */
export function List({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul aria-label={label} className="card divide-y divide-line">
      {children}
    </ul>
  )
}

export function ListItem({
  head,
  beside,
  children,
}: {
  readonly head: ReactNode
  readonly beside?: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <li className="row-later px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">{head}</div>
        {beside === undefined ? null : (
          <div className="flex flex-wrap items-center gap-2 text-sm text-soft">{beside}</div>
        )}
      </div>
      {children === undefined ? null : <div className="mt-1.5">{children}</div>}
    </li>
  )
}
