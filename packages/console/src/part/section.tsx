import { type ReactNode, useId } from "react"

/** A part of a page under its own heading. */
export function Section({
  title,
  beside,
  children,
}: {
  readonly title: string
  readonly beside?: ReactNode
  readonly children: ReactNode
}) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} className="mt-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 id={heading}>{title}</h2>
        {beside}
      </div>
      {children}
    </section>
  )
}
