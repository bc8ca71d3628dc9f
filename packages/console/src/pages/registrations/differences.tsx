import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { lostBetween } from "@hufu/core/registration/faces/lost"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import { Untrusted } from "../../part/untrusted.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { registrationWords } from "./words.ts"

const most = 100

/** What a change makes of what is approved, place by place. */
export function Differences({
  before,
  after,
}: {
  readonly before: RegistrationContent
  readonly after: RegistrationContent
}) {
  const words = useWords(registrationWords).review
  const [old, next] = [asJson(before), asJson(after)]
  const gone = lostBetween(old, next).map(({ path, why }) => ({
    path,
    was: valueAt(old, path),
    // Where it stands otherwise a list may have moved it: what it became is shown where it can be found by its place.
    is: why === "changed" ? valueAt(next, path) : undefined,
  }))
  const come = lostBetween(next, old)
    .filter(({ path, why }) => why === "no-place" && !gone.some((each) => each.path === path))
    .map(({ path }) => ({ path, was: undefined, is: valueAt(next, path) }))
  const all = [...gone, ...come]
  if (all.length === 0) return <p className="card px-4 py-3 text-soft">{words.noDifferences}</p>
  return (
    <ul className="card divide-y divide-line">
      {all.slice(0, most).map(({ path, was, is }) => (
        <li key={path} className="px-4 py-2">
          <UntrustedName text={path} />
          <dl className="grid gap-x-3 sm:grid-cols-[max-content_minmax(0,1fr)]">
            <Side name={words.before} value={was} look="text-deny" />
            <Side name={words.after} value={is} look="text-allow" />
          </dl>
        </li>
      ))}
      {all.length > most ? <li className="px-4 py-2 text-soft">… {all.length - most}</li> : null}
    </ul>
  )
}

function Side({
  name,
  value,
  look,
}: {
  readonly name: string
  readonly value: JsonValue | undefined
  readonly look: string
}) {
  if (value === undefined) return null
  return (
    <>
      <dt className={`text-sm ${look}`}>{name}</dt>
      <dd className="min-w-0">
        <Untrusted text={typeof value === "string" ? value : JSON.stringify(value, null, 1)} />
      </dd>
    </>
  )
}

function valueAt(object: JsonObject, pointer: string): JsonValue | undefined {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<JsonValue | undefined>(
      (value, step) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, step)
          ? // An array's members are named by their places.
            (value as JsonObject)[step]
          : undefined,
      object,
    )
}

function asJson(content: RegistrationContent): JsonObject {
  // A registration is JSON; what is undefined in it goes.
  return JSON.parse(JSON.stringify(content)) as JsonObject
}
