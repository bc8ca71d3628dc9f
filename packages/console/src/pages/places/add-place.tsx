import type { Request } from "@hufu/core/contract/contract"
import { type FormEvent, useId, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Failed } from "../../part/failed.tsx"
import { readJsonObject } from "../../part/plain-json.ts"
import { Section } from "../../part/section.tsx"
import { useWidening } from "../../session/prove.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { placeWords } from "./words.ts"

type Class = "public" | "private" | "special"

/** Adds places, from a template and its geometry or from a file; that takes a proof of the person. */
export function AddPlace() {
  const words = useWords(placeWords)
  const [from, setFrom] = useState<"template" | "file">("template")
  const add = useWidening("place.add", ["place.list"])
  return (
    <Section title={words.add}>
      <div className="card grid gap-3 px-4 py-3">
        <fieldset className="flex flex-wrap gap-4">
          <legend className="sr-only">{words.from}</legend>
          {(["template", "file"] as const).map((kind) => (
            <label key={kind} className="inline-flex min-h-6 items-center gap-2">
              <input type="radio" name="from" checked={from === kind} onChange={() => setFrom(kind)} />
              {kind === "template" ? words.templates : words.file}
            </label>
          ))}
        </fieldset>
        {from === "template" ? (
          <FromTemplate isBusy={add.isPending} give={(input) => add.mutate(input)} />
        ) : (
          <FromFile isBusy={add.isPending} give={(input) => add.mutate(input)} />
        )}
        <div role="status">{add.error ? <Failed error={add.error} /> : null}</div>
      </div>
    </Section>
  )
}

interface Giving {
  readonly isBusy: boolean
  readonly give: (input: Request<"place.add">) => void
}

function FromTemplate({ isBusy, give }: Giving) {
  const words = useWords(placeWords)
  const lang = useLanguage()
  const templates = useOperation("place.templates", {}).data?.items ?? []
  const [chosen, choose] = useState("")
  const [identifier, setIdentifier] = useState("")
  const [geometry, setGeometry] = useState("")
  const [isBad, setBad] = useState(false)
  const help = useId()
  const template = chosen || (templates[0]?.template ?? "")
  function submit(event: FormEvent): void {
    event.preventDefault()
    const parsed = readJsonObject(geometry)
    setBad(parsed === undefined)
    if (parsed !== undefined) give({ template, identifier, geometry: parsed })
  }
  return (
    <form onSubmit={submit} className="grid gap-3">
      <label className="grid gap-1">
        {words.templateOf}
        <select className="field" value={template} onChange={(event) => choose(event.target.value)}>
          {templates.map((each) => (
            <option key={each.template} value={each.template}>
              {each[lang]}
            </option>
          ))}
        </select>
      </label>
      <label className="grid gap-1">
        {words.identifier}
        <input
          className="field sm:max-w-80"
          maxLength={50}
          value={identifier}
          placeholder={words.identifierHelp}
          onChange={(event) => setIdentifier(event.target.value)}
        />
      </label>
      <label className="grid gap-1">
        {words.geometry}
        <textarea
          className="field min-h-28 font-mono text-sm"
          dir="ltr"
          spellCheck={false}
          maxLength={200_000}
          aria-describedby={help}
          placeholder={
            '{"type":"Point","coordinates":[13.4,52.5],"extent":{"subType":"Circle","radius":200}}'
          }
          value={geometry}
          onChange={(event) => {
            setGeometry(event.target.value)
            setBad(false)
          }}
        />
      </label>
      <p id={help} className="text-sm text-soft">
        {words.geometryHelp}
      </p>
      {isBad ? <p className="text-deny">{words.badGeometry}</p> : null}
      <Go isOff={isBusy || identifier === "" || geometry.trim() === ""} />
    </form>
  )
}

function FromFile({ isBusy, give }: Giving) {
  const words = useWords(placeWords)
  const [file, setFile] = useState<File>()
  const [as, setAs] = useState<Class | "">("")
  const [isBad, setBad] = useState(false)
  async function send(): Promise<void> {
    const parsed = readJsonObject((await file?.text()) ?? "")
    setBad(parsed === undefined)
    if (parsed !== undefined) give({ file: parsed, ...(as === "" ? {} : { class: as }) })
  }
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <label className="grid gap-1">
        {words.choose}
        <input
          type="file"
          className="field"
          accept=".json,.geojson,application/json,application/geo+json"
          onChange={(event) => {
            setFile(event.target.files?.[0])
            setBad(false)
          }}
        />
      </label>
      <label className="grid gap-1">
        {words.classOf}
        <select
          className="field sm:max-w-80"
          value={as}
          // The options are these.
          onChange={(event) => setAs(event.target.value as Class | "")}
        >
          <option value="">{words.noClass}</option>
          {(["public", "private", "special"] as const).map((each) => (
            <option key={each} value={each}>
              {words.classes[each]}
            </option>
          ))}
        </select>
      </label>
      {isBad ? <p className="text-deny">{words.badGeometry}</p> : null}
      <Go isOff={isBusy || file === undefined} />
    </form>
  )
}

function Go({ isOff }: { readonly isOff: boolean }) {
  const words = useWords(placeWords)
  return (
    <div>
      <button type="submit" className="button button-main" disabled={isOff}>
        {words.go}
      </button>
    </div>
  )
}
