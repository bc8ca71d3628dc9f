import { Failure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { effects, outcomeKinds, verdictKinds } from "../words.ts"
import { Entry, entryPatterns, type IntentEntry, type OutcomeEntry } from "./entry.ts"

/** The longest canonical encoding of an entry in bytes. */
export const MAX_ENTRY_BYTES = 16 * 1024

/** The canonical JSON text of an entry, after checking that it is one; throws rather than log anything else. */
export function encodeEntry(entry: Entry): string {
  const text = writeHot(entry) ?? write(check(entry))
  // Every pattern is ASCII, so the text has one byte per character.
  if (text.length > MAX_ENTRY_BYTES) throw tooLarge()
  return text
}

/** The entry that some bytes encode; anything but the one canonical encoding is refused. UNTRUSTED input. */
export function decodeEntry(bytes: Uint8Array): Entry {
  if (bytes.length > MAX_ENTRY_BYTES) throw tooLarge()
  const text = decodeText(bytes)
  // The hot forms are canonical texts of valid entries and nothing else: there is nothing left to check.
  if (hotForms.intent.test(text) || hotForms.outcome.test(text)) return parseHot(text)
  const entry = check(parseStrict(text, { maxDepth: 4 }))
  if (encodeEntry(entry) !== text) {
    throw new Failure("invalid_entry", "the entry is not in its canonical form; take the exact logged bytes")
  }
  return entry
}

/** What places a frequent entry in a ledger. */
export type EntryHead =
  | Pick<IntentEntry, "kind" | "at" | "action" | "hold" | "verdict">
  | Pick<OutcomeEntry, "kind" | "at" | "action">

/**
 * The head of an entry of a frequent kind in its canonical form, at half of what `decodeEntry` costs; undefined for every other
 * text, which is for that one to accept or refuse. UNTRUSTED input.
 */
export function readEntryHead(text: string): EntryHead | undefined {
  if (text.length > MAX_ENTRY_BYTES) return undefined
  const intent = hotForms.intent.exec(text)
  if (intent !== null) {
    const [, action = "", at, hold, verdict] = intent
    // The form has one of the three words there.
    return { kind: "intent", at: Number(at), action, hold, verdict: verdict as IntentEntry["verdict"] }
  }
  const [, action = "", at] = hotForms.outcome.exec(text) ?? []
  return at === undefined ? undefined : { kind: "outcome", at: Number(at), action }
}

function check(value: unknown): Entry {
  const parsed = Entry.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = issue?.path.join(".") ?? ""
  throw new Failure(
    "invalid_entry",
    `the entry is refused at \`${place.slice(0, 80)}\`: only ids, enumerations, digests and times may be logged`,
    { cause: parsed.error },
  )
}

function parseHot(text: string): Entry {
  // The form that the text has is the schema's own.
  return JSON.parse(text) as Entry
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

function decodeText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch (cause) {
    throw new Failure("invalid_entry", "the entry is not UTF-8; take the exact logged bytes", { cause })
  }
}

/**
 * Intents and outcomes are on the path of every call, so their members are written out in canonical order by
 * hand; a test holds the bytes equal to those of `canonicalize`.
 */
function writeHot(entry: Entry): string | undefined {
  if (entry.v !== 1) return undefined
  if (
    entry.kind === "intent" &&
    hasOnly(entry, 19, [entry.chain, entry.digest, entry.approval, entry.hold, entry.spent, entry.under])
  )
    return matching(hotForms.intent, writeIntent(entry))
  if (entry.kind === "outcome" && hasOnly(entry, 6, [entry.below, entry.result, entry.reason, entry.spent]))
    return matching(hotForms.outcome, writeOutcome(entry))
  return undefined
}

/** Nothing besides the members that are written, and nothing that only reads like one of them when it is written. */
function hasOnly(entry: Entry, required: number, optional: readonly unknown[]): boolean {
  let expected = required
  for (const member of optional) if (member !== undefined) expected++
  // Without an array for each member; what an entry inherits counts as one too many.
  for (const name in entry) {
    expected--
    if (!hasType(name, entry[name as keyof Entry])) return false
  }
  return expected === 0
}

function hasType(name: string, value: unknown): boolean {
  if (name === "at" || name === "ms" || name === "v") return typeof value === "number"
  if (name === "rules" || name === "chain")
    return Array.isArray(value) && value.every((each) => typeof each === "string")
  return typeof value === "string" || (value === null && (name === "mandate" || name === "profile"))
}

/** What does not have the form goes through the schema, which says what is wrong with it. */
function matching(form: RegExp, text: string): string | undefined {
  return form.test(text) ? text : undefined
}

function write(entry: Entry): string {
  if (entry.kind === "intent") return writeIntent(entry)
  if (entry.kind === "outcome") return writeOutcome(entry)
  // The schemas allow no member that JSON cannot carry, once absent optional members are dropped.
  return canonicalize(withoutUndefined(entry) as Parameters<typeof canonicalize>[0])
}

function writeIntent(e: IntentEntry): string {
  return (
    `{"action":"${e.action}","agent":"${e.agent}",${member("approval", e.approval)}` +
    `"arguments":"${e.arguments}","at":${e.at},${chain(e.chain)}${member("digest", e.digest)}"door":"${e.door}",` +
    `"effect":"${e.effect}","facts":"${e.facts}",${member("hold", e.hold)}"kind":"intent",` +
    `"mandate":${nullable(e.mandate)},"policy":"${e.policy}","principal":"${e.principal}",` +
    `"profile":${nullable(e.profile)},"rules":[${e.rules.map((rule) => `"${rule}"`).join(",")}],` +
    `"server":"${e.server}",${member("spent", e.spent)}"task":"${e.task}","tool":"${e.tool}",${member("under", e.under)}"v":1,` +
    `"verdict":"${e.verdict}","version":"${e.version}"}`
  )
}

function writeOutcome(e: OutcomeEntry): string {
  return (
    `{"action":"${e.action}","at":${e.at},${member("below", e.below)}"kind":"outcome","ms":${e.ms},"outcome":"${e.outcome}",` +
    `${member("reason", e.reason)}${member("result", e.result)}${member("spent", e.spent)}"v":1}`
  )
}

/**
 * The whole canonical text of the hot kinds as one expression, from the schema's own patterns: a text of this form is a valid entry,
 * at a tenth of the schema's cost. A test holds the two to the same answers. The groups are what `readEntryHead` reads.
 */
const hotForms = hotEntryForms()

function hotEntryForms(): { readonly intent: RegExp; readonly outcome: RegExp } {
  // A class that is written out so often as it is counted is matched in two thirds of the time.
  const bare = (of: RegExp) =>
    of.source
      .slice(1, -1)
      .replace(/(\[[^\]]+\])\{(\d+)\}/g, (_, one: string, count) => one.repeat(Number(count)))
  const text = (of: RegExp) => `"${bare(of)}"`
  const taken = (of: RegExp) => `"(${bare(of)})"`
  const { id, digest, token, ruleId } = entryPatterns
  const optional = (key: string, of: RegExp) => `(?:"${key}":${text(of)},)?`
  const oneOf = (words: readonly string[]) => `"(?:${words.join("|")})"`
  const time = "(?:0|[1-9]\\d{0,14})"
  const rules = `\\[(?:${text(ruleId)}(?:,${text(ruleId)}){0,15})?\\]`
  const version = `(?:${text(id)}|${text(digest)})`
  return {
    intent: new RegExp(
      `^\\{"action":${taken(id)},"agent":${text(id)},${optional("approval", id)}"arguments":${text(digest)},"at":(${time}),` +
        `(?:"chain":\\[${text(id)}(?:,${text(id)}){0,7}\\],)?${optional("digest", digest)}"door":${text(token)},"effect":${oneOf(effects)},"facts":${text(digest)},` +
        `(?:"hold":${taken(id)},)?"kind":"intent","mandate":(?:null|${text(id)}),"policy":${text(digest)},"principal":${text(id)},` +
        `"profile":(?:null|${text(digest)}),"rules":${rules},"server":${text(id)},${optional("spent", digest)}"task":${text(id)},"tool":${text(digest)},"v":1,` +
        `"verdict":"(${verdictKinds.join("|")})","version":${version}\\}$`,
    ),
    outcome: new RegExp(
      `^\\{"action":${taken(id)},"at":(${time}),${optional("below", digest)}"kind":"outcome","ms":${time},"outcome":${oneOf(outcomeKinds)},` +
        `${optional("reason", token)}${optional("result", digest)}(?:"spent":"returned",)?"v":1\\}$`,
    ),
  }
}

function member(key: string, value: string | undefined): string {
  return value === undefined ? "" : `"${key}":"${value}",`
}

function chain(ids: readonly string[] | undefined): string {
  return ids === undefined ? "" : `"chain":[${ids.map((id) => `"${id}"`).join(",")}],`
}

function nullable(value: string | null): string {
  return value === null ? "null" : `"${value}"`
}

function withoutUndefined(entry: Entry): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))
}

function tooLarge(): Failure {
  return new Failure(
    "entry_too_large",
    `the entry is longer than ${MAX_ENTRY_BYTES} bytes; log a digest instead`,
  )
}
