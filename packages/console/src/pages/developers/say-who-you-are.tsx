import type { ShownDeveloper } from "@hufu/core/contract/developer"
import { useState } from "react"
import { Failed } from "../../part/failed.tsx"
import { KeyCommands } from "../../part/key-commands.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { TextField } from "../registrations/registration-controls.tsx"
import { developerReads } from "./developer.tsx"
import { developerWords } from "./words.ts"

/** What a developer says of themselves. */
export function SayWhoYouAre({
  now,
}: {
  /** What they said before. */
  readonly now?: ShownDeveloper
}) {
  const words = useWords(developerWords)
  const [kind, setKind] = useState(now?.kind ?? "organisation")
  const [said, setSaid] = useState({
    name: now?.name ?? "",
    country: now?.country ?? "",
    creditCode: now?.creditCode ?? "",
    key: now?.key ?? "",
  })
  const register = useWidening("developer.register", developerReads)
  const { name, ...others } = said
  const change = (member: keyof typeof said) => (text: string) => setSaid({ ...said, [member]: text })
  return (
    <details className="card px-4 py-2">
      <summary className="min-h-6 cursor-pointer font-semibold">{words.say}</summary>
      <p className="mt-1 text-soft">{words.sayWhat}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const given = Object.entries(others).flatMap(([member, text]) =>
            text.trim() === "" || (member === "creditCode" && kind === "person")
              ? []
              : [[member, text.trim()] as const],
          )
          register.mutate({ kind, name: name.trim(), ...Object.fromEntries(given) })
        }}
      >
        <label className="mt-2 grid gap-1 sm:max-w-60">
          {words.fields.kind}
          <select
            className="field"
            value={kind}
            onChange={({ target: { value } }) => setKind(value === "person" ? "person" : "organisation")}
          >
            <option value="organisation">{words.kinds.organisation}</option>
            <option value="person">{words.kinds.person}</option>
          </select>
        </label>
        <div className="grid gap-x-3 sm:grid-cols-[minmax(0,1fr)_12rem]">
          <TextField label={words.fields.name} value={name} change={change("name")} maxLength={200} />
          <TextField
            label={words.fields.country}
            value={said.country}
            change={change("country")}
            maxLength={2}
          />
        </div>
        {kind === "organisation" ? (
          <TextField
            label={words.fields.creditCode}
            value={said.creditCode}
            change={change("creditCode")}
            maxLength={18}
          />
        ) : null}
        <TextField
          label={words.fields.key}
          help={
            <>
              {words.fields.keyHelp}
              <KeyCommands />
            </>
          }
          value={said.key}
          change={change("key")}
          maxLength={43}
        />
        {register.error ? <Failed error={register.error} /> : null}
        <button
          type="submit"
          className="button button-main my-3"
          disabled={name.trim() === "" || register.isPending}
        >
          {words.sayGo}
        </button>
        <p role="status" className="text-allow">
          {register.data ? words.said : ""}
        </p>
      </form>
    </details>
  )
}
