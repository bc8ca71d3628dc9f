import { useId } from "react"

/** How often at most; nothing for no bound. */
export function CountField({
  label,
  count,
  change,
}: {
  readonly label: string
  readonly count: number | undefined
  readonly change: (count: number | undefined) => void
}) {
  const field = useId()
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label htmlFor={field}>{label}</label>
      <input
        id={field}
        type="number"
        min={0}
        max={999_999_999}
        step={1}
        className="field w-32"
        value={count ?? ""}
        onChange={({ target }) => {
          const value = target.valueAsNumber
          change(Number.isInteger(value) && value >= 0 && value < 1e9 ? value : undefined)
        }}
      />
    </div>
  )
}
