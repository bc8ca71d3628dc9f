import { useId } from "react"

/** Where a person types the name of a new agent, with what a name is made of. */
export function AgentNameField({
  name,
  rename,
  isBad,
  words,
  isFirst = false,
}: {
  readonly name: string
  readonly rename: (name: string) => void
  readonly isBad: boolean
  readonly words: { readonly label: string; readonly bad: string; readonly help: string }
  /** Has the keyboard when it appears. */
  readonly isFirst?: boolean
}) {
  const field = useId()
  return (
    <>
      <label htmlFor={field}>{words.label}</label>
      <input
        id={field}
        className="field sm:max-w-80"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={63}
        value={name}
        aria-invalid={isBad}
        aria-describedby={`${field}-help`}
        ref={isFirst ? (input) => input?.focus() : undefined}
        onChange={(event) => rename(event.target.value)}
      />
      <p id={`${field}-help`} className={`text-sm ${isBad ? "text-deny" : "text-soft"}`}>
        {isBad ? `${words.bad} ` : ""}
        {words.help}
      </p>
    </>
  )
}
