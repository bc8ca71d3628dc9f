import type { JsonValue } from "@hufu/core/json/json-value"
import { interfaceBindings, interfaceProtocols } from "@hufu/core/registration/agent-interface"
import { effects } from "@hufu/core/words"
import { Plus, Trash2 } from "lucide-react"
import { type ReactNode, useId } from "react"
import { EffectBadge } from "../../part/badge.tsx"
import { readJsonObject, writeJson } from "../../part/plain-json.ts"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { registryWords } from "../registry/words.ts"
import { wordOf } from "../registry/registry-page.tsx"
import { type Draft, faultsIn, listIn, textIn, valueIn, withValue } from "./draft-text.ts"
import { TextField } from "./registration-controls.tsx"
import { registrationWords } from "./words.ts"

interface FormParts {
  readonly draft: Draft
  readonly change: (draft: Draft) => void
}

/** The fields of a registration that nearly everybody needs; all of it stands below as JSON. */
export function RegistrationForm({
  draft,
  change,
  isNamed,
  text,
  setText,
}: FormParts & {
  /** A claimed name does not change. */
  readonly isNamed: boolean
  /** The JSON that is being edited; undefined while it follows the fields. */
  readonly text: string | undefined
  readonly setText: (text: string | undefined) => void
}) {
  const words = useWords(registrationWords)
  const parts = { draft, change }
  return (
    <div className="grid gap-4">
      <Group title={words.basics}>
        {isNamed ? null : (
          <At {...parts} path={["name"]} label={words.fields.name} help={words.fields.nameHelp} />
        )}
        <div className="grid gap-x-3 sm:grid-cols-[minmax(0,1fr)_12rem]">
          <At {...parts} path={["title"]} label={words.fields.title} />
          <At {...parts} path={["version"]} label={words.fields.version} />
        </div>
        <At {...parts} path={["description"]} label={words.fields.description} isLong />
        <Price {...parts} />
      </Group>
      <Developer {...parts} />
      <Interfaces {...parts} />
      <Skills {...parts} />
      <Conduct {...parts} />
      <AsJson {...parts} text={text} setText={setText} />
      <Faults draft={draft} />
    </div>
  )
}

function Group({
  title,
  help,
  children,
}: {
  readonly title: string
  readonly help?: string
  readonly children: ReactNode
}) {
  return (
    <fieldset className="card min-w-0 px-4 pt-1 pb-4">
      <legend className="px-1 font-semibold">{title}</legend>
      {help === undefined ? null : <p className="text-sm text-soft">{help}</p>}
      {children}
    </fieldset>
  )
}

/** One text of the draft. */
function At({
  draft,
  change,
  path,
  label,
  help,
  isLong = false,
}: FormParts & {
  readonly path: readonly (string | number)[]
  readonly label: string
  readonly help?: string
  readonly isLong?: boolean
}) {
  const field = useId()
  const write = (text: string) => change(withValue(draft, path, text === "" ? undefined : text))
  if (!isLong) return <TextField label={label} value={textIn(draft, path)} change={write} help={help} />
  return (
    <div className="mt-2 grid gap-1">
      <label htmlFor={field}>{label}</label>
      <textarea
        id={field}
        className="field min-h-20"
        maxLength={4000}
        value={textIn(draft, path)}
        onChange={(event) => write(event.target.value)}
      />
    </div>
  )
}

function Choice({
  draft,
  change,
  path,
  label,
  of,
  none,
}: FormParts & {
  readonly path: readonly (string | number)[]
  readonly label: string
  readonly of: readonly (readonly [value: string, word: string])[]
  /** The word for nothing at all. */
  readonly none?: string
}) {
  return (
    <label className="mt-2 grid min-w-0 gap-1">
      {label}
      <select
        className="field"
        value={textIn(draft, path)}
        onChange={({ target: { value } }) => change(withValue(draft, path, value === "" ? undefined : value))}
      >
        {none === undefined ? null : <option value="">{none}</option>}
        {of.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  )
}

function Price({ draft, change }: FormParts) {
  const words = useWords(registrationWords).fields
  const { values } = useWords(registryWords)
  const models = ["free", "per-call", "per-task", "per-month", "quoted"] as const
  const model = textIn(draft, ["price", "model"])
  return (
    <label className="mt-2 grid gap-1 sm:max-w-80">
      {words.priceModel}
      <select
        className="field"
        value={model}
        onChange={({ target: { value } }) =>
          change(withValue(draft, ["price"], value === "" ? undefined : { model: value }))
        }
      >
        <option value="">{words.none}</option>
        {models.map((each) => (
          <option key={each} value={each}>
            {values[each]}
          </option>
        ))}
      </select>
    </label>
  )
}

function Developer(parts: FormParts) {
  const words = useWords(registrationWords)
  const { values } = useWords(registryWords)
  const kinds = [
    ["organisation", values.organisation],
    ["person", values.person],
  ] as const
  return (
    <Group title={words.developer}>
      <div className="grid gap-x-3 sm:grid-cols-[12rem_minmax(0,1fr)]">
        <Choice {...parts} path={["developer", "kind"]} label={words.fields.developerKind} of={kinds} />
        <At {...parts} path={["developer", "name"]} label={words.fields.developerName} />
      </div>
      <div className="grid gap-x-3 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <At {...parts} path={["developer", "url"]} label={words.fields.developerUrl} />
        <At {...parts} path={["developer", "country"]} label={words.fields.country} />
      </div>
      <At {...parts} path={["contact", "email"]} label={words.fields.contactEmail} />
    </Group>
  )
}

/** Members of a list, each to be taken away, and one more to be added. */
function Several({
  draft,
  change,
  member,
  add,
  fresh,
  name,
  children,
}: FormParts & {
  readonly member: string
  readonly add: string
  readonly fresh: JsonValue
  readonly name: string
  readonly children: (at: number) => ReactNode
}) {
  const words = useWords(registrationWords)
  const items = listIn(draft, member)
  return (
    <>
      {items.map((_, at) => (
        // They have no names before they are written.
        <div
          key={at}
          role="group"
          aria-label={`${name} ${at + 1}`}
          className="mt-2 border-b border-line pb-3"
        >
          {children(at)}
          <button
            type="button"
            className="button button-quiet mt-2 px-2"
            aria-label={words.remove(`${name} ${at + 1}`)}
            onClick={() => change(withValue(draft, [member, at], undefined))}
          >
            <Trash2 size={16} aria-hidden />
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button mt-3"
        onClick={() => change(withValue(draft, [member, items.length], fresh))}
      >
        <Plus size={16} aria-hidden />
        {add}
      </button>
    </>
  )
}

function Interfaces(parts: FormParts) {
  const words = useWords(registrationWords)
  const { values } = useWords(registryWords)
  const protocols = interfaceProtocols.map((each) => [each, wordOf(values, each)] as const)
  const bindings = interfaceBindings.map((each) => [each, each] as const)
  return (
    <Group title={words.interfaces}>
      <Several
        {...parts}
        member="interfaces"
        name={words.interfaces}
        add={words.addInterface}
        fresh={{ protocol: "a2a", binding: "jsonrpc", url: "" }}
      >
        {(at) => (
          <div className="grid gap-x-3 sm:grid-cols-[8rem_11rem_minmax(0,1fr)]">
            <Choice
              {...parts}
              path={["interfaces", at, "protocol"]}
              label={words.fields.protocol}
              of={protocols}
            />
            <Choice
              {...parts}
              path={["interfaces", at, "binding"]}
              label={words.fields.binding}
              of={bindings}
            />
            <At {...parts} path={["interfaces", at, "url"]} label={words.fields.url} />
          </div>
        )}
      </Several>
    </Group>
  )
}

function Skills(parts: FormParts) {
  const words = useWords(registrationWords)
  return (
    <Group title={words.skills}>
      <Several
        {...parts}
        member="skills"
        name={words.skills}
        add={words.addSkill}
        fresh={{ id: "", name: "", description: "" }}
      >
        {(at) => (
          <div className="grid gap-x-3 sm:grid-cols-[12rem_minmax(0,1fr)]">
            <At {...parts} path={["skills", at, "id"]} label={words.fields.skillId} />
            <At {...parts} path={["skills", at, "name"]} label={words.fields.skillName} />
            <div className="sm:col-span-2">
              <At
                {...parts}
                path={["skills", at, "description"]}
                label={words.fields.skillDescription}
                isLong
              />
            </div>
          </div>
        )}
      </Several>
    </Group>
  )
}

const ways = ["auto", "ask", "user-only", "never"] as const

function Conduct({ draft, change }: FormParts) {
  const words = useWords(registrationWords)
  const { conductModes } = useWords(registryWords)
  const said = (way: string): readonly JsonValue[] => {
    const value = valueIn(draft, ["conduct", way])
    return Array.isArray(value) ? value : []
  }
  function choose(effect: string, chosen: string): void {
    const next = Object.fromEntries(
      ways.map((way) => {
        const others = said(way).filter((each) => each !== effect)
        return [way, way === chosen ? [...others, effect] : others]
      }),
    )
    change(withValue(draft, ["conduct"], next))
  }
  return (
    <Group title={words.conduct} help={words.conductHelp}>
      <div className="mt-2 grid gap-x-6 gap-y-2 sm:grid-cols-2">
        {effects.map((effect) => (
          <label key={effect} className="flex flex-wrap items-center justify-between gap-2">
            <EffectBadge effect={effect} />
            <select
              className="field w-40"
              value={ways.find((way) => said(way).includes(effect)) ?? ""}
              onChange={({ target: { value } }) => choose(effect, value)}
            >
              <option value="">{words.fields.none}</option>
              {ways.map((way) => (
                <option key={way} value={way}>
                  {conductModes[way]}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
    </Group>
  )
}

function AsJson({
  draft,
  change,
  text,
  setText,
}: FormParts & { readonly text: string | undefined; readonly setText: (text: string | undefined) => void }) {
  const words = useWords(registrationWords)
  const field = useId()
  const isBad = text !== undefined && readJsonObject(text) === undefined
  function write(next: string): void {
    const read = readJsonObject(next)
    setText(next)
    if (read !== undefined) change(read)
  }
  return (
    <details className="card px-4 py-2">
      <summary className="min-h-6 cursor-pointer font-semibold">
        <label htmlFor={field}>{words.asJson}</label>
      </summary>
      <p id={`${field}-help`} className="mt-1 text-sm text-soft">
        {words.asJsonHelp}
      </p>
      <textarea
        id={field}
        className="field mt-2 min-h-80 font-mono text-sm"
        spellCheck={false}
        value={text ?? writeJson(draft)}
        aria-invalid={isBad}
        aria-describedby={`${field}-help`}
        onChange={(event) => write(event.target.value)}
        onBlur={() => {
          if (!isBad) setText(undefined)
        }}
      />
      {isBad ? <p className="text-sm text-deny">{words.badJson}</p> : null}
    </details>
  )
}

function Faults({ draft }: { readonly draft: Draft }) {
  const words = useWords(registrationWords)
  const faults = faultsIn(draft)
  if (faults.length === 0) return null
  const unwritten = faults.filter(({ message }) => message === null)
  const wrong = faults.filter(({ message }) => message !== null)
  return (
    <div className="rounded-lg border border-ask bg-ask-wash p-3">
      <p className="font-semibold text-ask">{words.faults}</p>
      {unwritten.length === 0 ? null : (
        <p className="mt-1 flex flex-wrap gap-x-2">
          {words.unwritten}
          {unwritten.map(({ path }) => (
            <UntrustedName key={path} text={path} />
          ))}
        </p>
      )}
      <ul className="mt-1 grid gap-1">
        {wrong.map(({ path, message }) => (
          <li key={path}>
            <UntrustedName text={path} />{" "}
            <span lang="en" className="wrap-anywhere">
              {message}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
