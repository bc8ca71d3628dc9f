import { fromBase64 } from "@hufu/core/evidence/base64"
import type { EntryProof } from "@hufu/core/evidence/entry-proof-file"
import { Failure } from "@hufu/core/failure"

/** The forms in which an entry is had at its permanent address, by suffix, with their types; the page is the console's. */
const forms = {
  json: "application/json",
  bin: "application/octet-stream",
  cose: "application/cose",
  "tlog-proof": "text/plain",
} as const
export type EntryForm = keyof typeof forms

export interface EntryPermalink {
  /** An index or a leaf hash. */
  readonly entry: string
  /** Undefined where a browser asks for the page. */
  readonly form: EntryForm | undefined
}

const address = /^\/entries\/(0|[1-9]\d{0,14}|[0-9a-f]{64})(?:\.(json|bin|cose|tlog-proof))?$/
const maxTypes = 32

/** Which entry is asked for in which form. UNTRUSTED input. */
export function readEntryPermalink(path: string, accept: string): EntryPermalink {
  const [, entry, suffix] = address.exec(path) ?? []
  if (entry === undefined)
    throw new Failure(
      "not_found",
      "no entry has this address: give its index or its leaf hash in hex, and .json, .bin, .cose or .tlog-proof",
    )
  // The expression has matched one of the forms or none.
  return { entry, form: suffix === undefined ? formOf(accept) : (suffix as EntryForm) }
}

/** An entry in a form, with its type. */
export function writeEntry(
  proof: EntryProof,
  form: EntryForm,
): { readonly body: string | Uint8Array<ArrayBuffer>; readonly type: string } {
  switch (form) {
    case "json":
      return { body: `${JSON.stringify(proof, null, 2)}\n`, type: forms.json }
    case "bin":
      return { body: Uint8Array.from(fromBase64(proof.entry)), type: forms.bin }
    case "cose":
      return { body: Uint8Array.from(fromBase64(proof.cose)), type: `${forms.cose}; cose-type="cose-sign1"` }
    case "tlog-proof":
      return { body: proof.proof, type: `${forms["tlog-proof"]}; charset=utf-8` }
    default:
      return form satisfies never
  }
}

/** RFC 9110 §12.5.1, as far as it tells a browser from a program: who takes HTML gets the page, others the first form that they name. */
function formOf(accept: string): EntryForm | undefined {
  const wanted = accept
    .split(",", maxTypes)
    .map((each) => each.split(";").map((part) => part.trim().toLowerCase()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)))
    .map(([type = ""]) => type)
    .filter((type) => type !== "")
  if (wanted.includes("text/html")) return undefined
  // The keys of the table are the forms.
  const names = Object.keys(forms) as EntryForm[]
  const named = wanted.flatMap((type) => names.filter((form) => forms[form] === type))[0]
  if (named !== undefined) return named
  if (wanted.length === 0 || wanted.some((type) => type === "*/*" || type === "application/*")) return "json"
  throw new Failure(
    "not_acceptable",
    "an entry is had as JSON, its bytes, COSE, a tlog-proof or a page: add .json, .bin, .cose or .tlog-proof to its address",
  )
}
