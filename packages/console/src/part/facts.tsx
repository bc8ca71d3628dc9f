import type { ReactNode } from "react"

/** Names and what they are, as a list: `[name, value]`, without those whose value is null. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="card grid gap-x-6 gap-y-0 sm:gap-y-2 px-4 py-3 sm:grid-cols-[max-content_minmax(0,1fr)]">
      {of
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="min-w-0 max-sm:mb-2">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
