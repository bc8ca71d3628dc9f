import type { ReactNode } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Untrusted } from "../../part/untrusted.tsx"
import { useWords } from "../../words/use-words.ts"
import { receiptWords } from "./words.ts"

const fields = ["tool", "facts", "arguments"] as const
const prefix = "arguments."
/** How many arguments are offered one by one. */
const maxOffered = 40

/** What the receipt discloses: nothing, whole fields, or arguments one by one. `open` is as the address and the command have it. */
export function Choice({
  action,
  open,
  setOpen,
}: {
  readonly action: string
  readonly open: string
  readonly setOpen: (open: string) => void
}) {
  const words = useWords(receiptWords)
  const told = useOperation("action.why", { action }).data?.arguments
  const names = typeof told === "object" && told !== null ? Object.keys(told).slice(0, maxOffered) : []
  const chosen = new Set(open.split(",").filter((each) => each !== ""))
  const all = chosen.has("arguments")
  function toggle(name: string): void {
    const others = [...chosen].filter(
      // All of them, or those that are named.
      (each) => each !== name && !(name === "arguments" && each.startsWith(prefix)),
    )
    setOpen((chosen.has(name) ? others : [...others, name]).join(","))
  }
  return (
    <fieldset className="mb-3 grid gap-1">
      <legend className="sr-only">{words.discloses}</legend>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span aria-hidden className="text-soft">
          {words.discloses}
        </span>
        {fields.map((field) => (
          <Box key={field} checked={chosen.has(field)} onChange={() => toggle(field)}>
            {words.disclose[field]}
          </Box>
        ))}
        {open === "" ? <span className="text-soft">{words.disclose.nothing}</span> : null}
      </div>
      {names.length > 1 ? (
        <div role="group" aria-label={words.oneByOne} className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <span aria-hidden className="text-soft">
            {words.oneByOne}
          </span>
          {names.map((name) => {
            const choice = prefix + encodeURIComponent(name)
            return (
              <Box
                key={name}
                checked={all || chosen.has(choice)}
                disabled={all}
                onChange={() => toggle(choice)}
              >
                <Untrusted text={name.slice(0, 60)} />
              </Box>
            )
          })}
        </div>
      ) : null}
    </fieldset>
  )
}

function Box({
  checked,
  disabled = false,
  onChange,
  children,
}: {
  readonly checked: boolean
  readonly disabled?: boolean
  readonly onChange: () => void
  readonly children: ReactNode
}) {
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input
        type="checkbox"
        className="size-4 accent-seal"
        checked={checked}
        disabled={disabled}
        onChange={onChange}
      />
      {children}
    </label>
  )
}
