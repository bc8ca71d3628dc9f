import { hash } from "node:crypto"
import { canonicalize } from "@hufu/core/json/canonical"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { AmpError } from "./amp-error.ts"

const defaultLimit = 50
const mostLimit = 500

/** A page of a list that is in a fixed order by a key of each item. */
export interface AmpPage {
  readonly limit: number
  /** The key after which it begins. */
  readonly after: string | undefined
  /** The cursor that goes on after a key. */
  readonly next: (key: string) => string
}

/** Reads AMPPaginationRequest; a cursor belongs to the question for which it was given. UNTRUSTED. */
export function readPage(request: JsonObject): AmpPage {
  const { page = {}, ...question } = request
  if (!isJsonObject(page)) throw new AmpError("AMP_INVALID_FILTER", "`page` is an object")
  const { limit = defaultLimit, cursor } = page
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > mostLimit)
    throw new AmpError("AMP_INVALID_FILTER", `\`page.limit\` is a whole number from 1 to ${mostLimit}`)
  const of = hash("sha256", canonicalize(question), "base64url").slice(0, 22)
  return {
    limit,
    after: cursor === undefined ? undefined : keyIn(cursor, of),
    next: (key) => Buffer.from(`${of} ${key}`).toString("base64url"),
  }
}

function keyIn(cursor: JsonValue, of: string): string {
  const text =
    typeof cursor === "string" && cursor.length <= 400 ? Buffer.from(cursor, "base64url").toString() : ""
  if (text.startsWith(`${of} `)) return text.slice(of.length + 1)
  throw new AmpError("AMP_CURSOR_INVALID", "give the cursor with the very question for which it was given")
}

/** A request is an object. UNTRUSTED. */
export function readRequest(body: JsonValue): JsonObject {
  if (isJsonObject(body)) return body
  throw new AmpError("AMP_INVALID_FILTER", "send a JSON object")
}
