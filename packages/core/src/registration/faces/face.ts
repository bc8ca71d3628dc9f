import { Failure } from "../../failure.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"
import { parseStrict } from "../../json/strict-parse.ts"
import {
  type RegistrationContent,
  type RegistrationInput,
  registrationMembers,
} from "../registration-content.ts"
import type { Registration } from "../registration.ts"
import { memberNames } from "./governance.ts"
import { type Lost, lostBetween } from "./lost.ts"

/** What a registration says in the form of some other system. 对外格式 */
export interface Face {
  readonly mediaType: string
  /** Whether there is something to show of it in this form; anything, where nothing is said. */
  suits?(content: RegistrationContent): boolean
  show(registration: Registration, at: FacePlace): JsonObject
  /** UNTRUSTED input; refused only where it is not of this form at all. */
  read(face: JsonObject): RegistrationDraft
  /** JSON pointers to what registries and formats give by themselves, `*` for any step: a developer loses nothing by it. */
  readonly given: readonly string[]
  /** The same in words that do not depend on which registry says it, to compare one with another. */
  plain?(face: JsonObject): JsonObject
}

/** Where faces are served. */
export interface FacePlace {
  /** The origin of the registry, such as `https://registry.example.com`. */
  readonly origin: string
}

/** Part of what a developer says; the rest is to be filled in. */
export type RegistrationDraft = Partial<RegistrationInput>

export interface Exported {
  readonly face: JsonObject
  readonly lost: readonly Lost[]
}

export interface Imported {
  readonly draft: RegistrationDraft
  /** What a registration needs and nothing in there says. */
  readonly missing: readonly string[]
  readonly lost: readonly Lost[]
}

/** No import is longer than this. */
export const maxImportBytes = 1024 * 1024
const maxImportDepth = 32

/** A registration in another form, and what of it that form does not say. */
export function exportAs(face: Face, registration: Registration, at: FacePlace): Exported {
  const shown = face.show(registration, at)
  return { face: shown, lost: lostBetween(asJson(registration.content), asJson(contentOf(face.read(shown)))) }
}

/** A draft from another form, and what of that form has no place in a registration. UNTRUSTED input. */
export function importFrom(face: Face, text: string, at: FacePlace): Imported {
  const value = readImport(text)
  const draft = face.read(value)
  const again = face.show(pretended(draft), at)
  const plain = (object: JsonObject) => face.plain?.(object) ?? object
  const given = face.given.map(pathPattern)
  const lost = lostBetween(plain(value), plain(again)).filter(
    ({ path }) => !given.some((each) => each.test(path)),
  )
  return {
    draft,
    missing: required.filter((member) => draft[member] === undefined).map((member) => `/${member}`),
    lost,
  }
}

function pathPattern(pointer: string): RegExp {
  const steps = pointer.split("/").map((step) => (step === "*" ? "[^/]+" : step.replace(/[$.+:]/g, "\\$&")))
  return new RegExp(`^${steps.join("/")}(?:/|$)`)
}

/** UNTRUSTED input: the same text, or one with a member twice, must not mean two things to two readers. */
export function readImport(text: string): JsonObject {
  if (text.length > maxImportBytes || new TextEncoder().encode(text).length > maxImportBytes)
    throw new Failure("too_large", `what is imported has at most ${maxImportBytes / 1024} KiB: send less`)
  const value: JsonValue = parseStrict(text, { maxDepth: maxImportDepth })
  if (!isJsonObject(value)) throw new Failure("invalid_input", "what is imported is a JSON object: send one")
  return value
}

const required = ["name", "title", "description", "version", "developer"] as const
/** What a draft says, each member with its defaults; a member that does not hold is left out. */
function contentOf(draft: RegistrationDraft): Partial<RegistrationContent> {
  return Object.fromEntries(
    memberNames.flatMap((name) => {
      const read = registrationMembers[name].safeParse(draft[name])
      return read.success && read.data !== undefined ? [[name, read.data]] : []
    }),
  )
}

/** A draft as if it were registered, to compare what it shows with what it came from. */
function pretended(draft: RegistrationDraft): Registration {
  const placeholder = {
    name: "unnamed/unnamed",
    title: "-",
    description: "-",
    version: "0",
    developer: { kind: "person" as const, name: "-", domains: [] },
  }
  return {
    id: "reg_00000000000000000000000000",
    state: "approved",
    aic: null,
    ontology: null,
    agent: null,
    owner: "usr_00000000000000000000000000",
    revision: 0,
    createdAt: 0,
    changedAt: 0,
    approvedAt: 0,
    // Every member that the draft leaves out has its default, or one of these.
    content: { ...placeholder, ...contentOf(draft) } as RegistrationContent,
    proofs: [],
    grade: null,
    mirror: null,
  }
}

function asJson(value: object): JsonObject {
  // A registration is JSON; what is undefined in it goes.
  return JSON.parse(JSON.stringify(value)) as JsonObject
}
