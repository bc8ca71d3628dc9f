import type { OfferedTool } from "@hufu/core/contract/delegation"
import type { JsonObject } from "@hufu/core/json/json-value"
import { useId, useState } from "react"
import { readJsonObject } from "../../part/plain-json.ts"
import { visibleName } from "../../part/untrusted-name.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useWords } from "../../words/use-words.ts"
import { type ArgumentField, fieldsOf, readArguments } from "./schema-fields.ts"
import { newDelegationWords } from "./new-words.ts"

/** The arguments of a tool: a field for each where its schema says what it takes, else all of them as JSON. */
export function ArgumentFields({
  tool,
  change,
}: {
  readonly tool: OfferedTool
  /** Undefined as long as they are no arguments. */
  readonly change: (value: JsonObject | undefined) => void
}) {
  const fields = fieldsOf(tool.schema)
  return fields === undefined ? <AsJson change={change} /> : <Fields fields={fields} change={change} />
}

function Fields({
  fields,
  change,
}: {
  readonly fields: readonly ArgumentField[]
  readonly change: (value: JsonObject | undefined) => void
}) {
  const words = useWords(newDelegationWords)
  const [typed, setTyped] = useState<ReadonlyMap<string, string>>(new Map())
  const { bad } = readArguments(fields, typed)
  function type(name: string, text: string): void {
    const next = new Map(typed).set(name, text)
    setTyped(next)
    const read = readArguments(fields, next)
    change(read.bad.length === 0 ? read.value : undefined)
  }
  if (fields.length === 0) return <p className="text-soft">{words.noArguments}</p>
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 font-semibold">{words.arguments}</legend>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          text={typed.get(field.name) ?? ""}
          isBad={typed.has(field.name) && bad.includes(field.name)}
          type={(text) => type(field.name, text)}
        />
      ))}
    </fieldset>
  )
}

function Field({
  field: { name, what, isRequired, kind, choices },
  text,
  isBad,
  type,
}: {
  readonly field: ArgumentField
  readonly text: string
  readonly isBad: boolean
  readonly type: (text: string) => void
}) {
  const words = useWords(newDelegationWords)
  const id = useId()
  const common = {
    id,
    value: text,
    "aria-invalid": isBad,
    "aria-required": isRequired,
    "aria-describedby": `${id}-what`,
    className: "field mt-1 font-mono text-sm",
    dir: "ltr" as const,
  }
  return (
    <div>
      <label htmlFor={id}>
        <bdi className="font-mono text-sm">{visibleName(name)}</bdi>
        {isRequired ? <span className="text-soft"> · {words.required}</span> : null}
      </label>
      {kind === "choice" ? (
        <select {...common} onChange={(event) => type(event.target.value)}>
          <option value="">{words.leftOut}</option>
          {choices.map((each) => (
            <option key={each} value={each}>
              {visibleName(each)}
            </option>
          ))}
        </select>
      ) : kind === "json" ? (
        <textarea
          {...common}
          spellCheck={false}
          placeholder={words.asJson}
          onChange={(event) => type(event.target.value)}
        />
      ) : (
        <input
          {...common}
          inputMode={kind === "number" ? "decimal" : "text"}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
        />
      )}
      <p id={`${id}-what`} className="text-sm text-soft">
        {isBad ? (
          <span className="text-deny">{isRequired && text === "" ? words.missing : words.wrong} </span>
        ) : null}
        {what === "" ? null : <Untrusted text={what} prose />}
      </p>
    </div>
  )
}

function AsJson({ change }: { readonly change: (value: JsonObject | undefined) => void }) {
  const words = useWords(newDelegationWords)
  const [text, setText] = useState("{}")
  const isBad = readJsonObject(text) === undefined
  const id = useId()
  return (
    <div>
      <label htmlFor={id}>{words.argumentsJson}</label>
      <textarea
        id={id}
        dir="ltr"
        className="field mt-1 min-h-24 font-mono text-sm"
        spellCheck={false}
        value={text}
        aria-invalid={isBad}
        onChange={(event) => {
          setText(event.target.value)
          change(readJsonObject(event.target.value))
        }}
      />
      <p role="status" className="text-deny">
        {isBad ? words.badJson : ""}
      </p>
    </div>
  )
}
