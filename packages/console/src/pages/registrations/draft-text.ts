import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { RegistrationContent } from "@hufu/core/registration/registration-content"

/** A registration while it is written: whatever JSON somebody has so far. */
export type Draft = JsonObject

export const emptyDraft: Draft = {
  name: "",
  title: "",
  description: "",
  version: "1.0.0",
  developer: { kind: "organisation", name: "" },
  interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "" }],
  skills: [{ id: "", name: "", description: "" }],
}

type Step = string | number

/** What stands at a place of it; nothing, where nothing does. */
export function valueIn(draft: JsonValue | undefined, path: readonly Step[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, step) => {
    if (typeof step === "number") return Array.isArray(value) ? value[step] : undefined
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }, draft)
}

export function textIn(draft: Draft, path: readonly Step[]): string {
  const value = valueIn(draft, path)
  return typeof value === "string" ? value : ""
}

export function listIn(draft: Draft, member: string): readonly JsonValue[] {
  const value = draft[member]
  return Array.isArray(value) ? value : []
}

/** The same with another value at a place; undefined takes it away. What is on the way and is no object or list becomes one. */
export function withValue(draft: Draft, path: readonly Step[], value: JsonValue | undefined): Draft {
  const put = (at: JsonValue | undefined, rest: readonly Step[]): JsonValue | undefined => {
    const [step, ...further] = rest
    if (step === undefined) return value
    if (typeof step === "number") {
      const list = Array.isArray(at) ? [...at] : []
      const next = put(list[step], further)
      if (next === undefined) list.splice(step, 1)
      else list[step] = next
      return list
    }
    const { [step]: before, ...others } = isJsonObject(at) ? at : {}
    const next = put(before, further)
    // A member keeps its place, so that the text does not jump while one types in a field.
    if (next === undefined) return others
    return isJsonObject(at) && Object.hasOwn(at, step) ? { ...at, [step]: next } : { ...others, [step]: next }
  }
  const next = put(draft, path)
  return isJsonObject(next) ? next : draft
}

export interface DraftFault {
  readonly path: string
  /** Null where nothing was written yet. */
  readonly message: string | null
}

/** What of it is not acceptable yet, each place once. */
export function faultsIn(draft: Draft): readonly DraftFault[] {
  const read = RegistrationContent.safeParse(draft)
  if (read.success) return []
  const faults = new Map<string, DraftFault>()
  for (const { path: steps, message } of read.error.issues.slice(0, 40)) {
    const path = `/${steps.join("/")}`
    const value = valueIn(
      draft,
      steps.map((step) => (typeof step === "number" ? step : String(step))),
    )
    if (!faults.has(path))
      faults.set(path, { path, message: value === undefined || value === "" ? null : message })
  }
  return [...faults.values()].slice(0, 20)
}
