import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { ardEntry } from "@hufu/core/registration/faces/ard-entry"
import type { Registration } from "@hufu/core/registration/registration"
import { z } from "zod"
import { valuesAt } from "./acs-filter.ts"
import { search, type SearchParts } from "./search.ts"
import type { Trends } from "./trends.ts"

const Text = z.string().max(1000)
/** What ARD 0.91 asks by. Members that are not known are refused, because they would narrow. */
const ArdSearch = z.strictObject({
  query: z.strictObject({
    text: Text,
    filter: z
      .record(z.string().max(200), z.union([Text, z.array(Text).min(1).max(100)]))
      .refine((filter) => Object.keys(filter).length <= 20, "has at most 20 keys")
      .optional(),
    "@context": z.json().optional(),
  }),
  federation: z.enum(["auto", "referrals", "none"]).default("auto"),
  pageSize: z.int().min(1).max(100).default(10),
  pageToken: z.string().max(20).optional(),
})

export interface Ard {
  /** Throws Failure("invalid_input"). UNTRUSTED input. */
  search(body: JsonValue): { readonly results: readonly JsonObject[]; readonly pageToken?: string }
  /** One whole entry. Throws Failure("invalid_input", "not_found"). */
  entry(identifier: string, by: string): JsonObject
}

/** Terms of an entry that can be filtered by, and literal paths below two of them. */
const terms: ReadonlySet<string> = new Set([
  "identifier",
  "displayName",
  "type",
  "url",
  "tags",
  "capabilities",
  "version",
  "publisher",
])
const literal = /^(?:metadata|trustManifest)\.[A-Za-z.]{1,100}$/
const identifierForm = /^urn:air:[a-zA-Z0-9.-]+(?::[a-zA-Z0-9._-]+)+$/

/** Searching and looking up entries by ARD 0.91. Nothing is asked of other registries here. */
export function ard(parts: SearchParts & { readonly trends: Trends; readonly origin: () => string }): Ard {
  const { index, source, trends, origin } = parts
  const entryOf = (registration: Registration) => ardEntry.show(registration, { origin: origin() })
  return {
    search(body) {
      const { query, pageSize, pageToken } = readSearch(body)
      const offset = readToken(pageToken)
      const wanted = Object.entries(query.filter ?? {}).map(([key, values]) => {
        if (!terms.has(key) && !literal.test(key))
          throw new Failure(
            "invalid_input",
            `\`${key.slice(0, 100)}\` is no term that this registry filters by`,
          )
        return { key, values: new Set<JsonValue>([values].flat()) }
      })
      const { hits } = search(parts, {
        text: query.text,
        ...(wanted.length === 0
          ? {}
          : {
              accept: (registration) => {
                const entry = entryOf(registration)
                return wanted.every(({ key, values }) => termsIn(entry, key).some((each) => values.has(each)))
              },
            }),
        offset,
        limit: pageSize,
      })
      const results = hits.map(({ registration, score }) => {
        const entry = entryOf(registration)
        delete entry["representativeQueries"]
        return {
          ...entry,
          score: Math.round(score),
          source: registration.mirror?.registry ?? `${origin()}/ard/`,
        }
      })
      return { results, ...(hits.length === pageSize ? { pageToken: `o${offset + hits.length}` } : {}) }
    },
    entry(identifier, by) {
      if (identifier.length > 500 || !identifierForm.test(identifier))
        throw new Failure("invalid_input", "an identifier is like `urn:air:example.com:agents:planner`")
      for (const name of namesOf(identifier)) {
        const found = index.record("name", name)
        if (found === undefined || !source.isUsable(found.id)) continue
        const entry = entryOf(found)
        if (entry["identifier"] !== identifier) continue
        trends.seen(found.id, by)
        return entry
      }
      throw new Failure("not_found", "no entry has this identifier here")
    },
  }
}

function readSearch(body: JsonValue): z.output<typeof ArdSearch> {
  const read = ArdSearch.safeParse(body)
  if (read.success) return read.data
  const at = read.error.issues[0]?.path.join(".").slice(0, 100) || "the request"
  throw new Failure("invalid_input", `correct \`${at}\`: give it as ARD has it`)
}

function readToken(token: string | undefined): number {
  if (token === undefined) return 0
  if (/^o\d{1,3}$/.test(token)) return Number(token.slice(1))
  throw new Failure("invalid_input", "`pageToken` is not one that this registry gave")
}

function termsIn(entry: JsonObject, key: string): JsonValue[] {
  if (key === "publisher") {
    const { identifier } = entry
    return typeof identifier === "string" ? [identifier.split(":")[2] ?? ""] : []
  }
  return valuesAt(entry, key.split("."))
    .flat()
    .filter((each) => !isJsonObject(each))
}

/** Under which names a registration with this identifier stands: with the registry's own host in it, or with the developer's domain. */
function namesOf(identifier: string): string[] {
  const [, , publisher = "", ...rest] = identifier.split(":")
  const name = rest.at(-1) ?? ""
  return [`${rest.slice(0, -1).join(":")}/${name}`, `${publisher.split(".").toReversed().join(".")}/${name}`]
}
