import { Failure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { Entry, type IntentEntry, type OutcomeEntry } from "./entry.ts"

/** The longest canonical encoding of an entry in bytes. */
export const MAX_ENTRY_BYTES = 16 * 1024

/** The canonical JSON text of an entry, after checking that it is one; throws rather than log anything else. */
export function encodeEntry(entry: Entry): string {
  const checked = check(entry)
  const text = write(checked)
  // Every pattern is ASCII, so the text has one byte per character.
  if (text.length > MAX_ENTRY_BYTES) throw tooLarge()
  return text
}

/** The entry that some bytes encode; anything but the one canonical encoding is refused. UNTRUSTED input. */
export function decodeEntry(bytes: Uint8Array): Entry {
  if (bytes.length > MAX_ENTRY_BYTES) throw tooLarge()
  const text = decodeText(bytes)
  const entry = check(parseStrict(text, { maxDepth: 4 }))
  if (encodeEntry(entry) !== text) {
    throw new Failure("invalid_entry", "the entry is not in its canonical form; take the exact logged bytes")
  }
  return entry
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

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Failure("invalid_entry", "the entry is not UTF-8; take the exact logged bytes", { cause })
  }
}

/**
 * Intents and outcomes are on the path of every call, so their members are written out in canonical order by
 * hand; a test holds the bytes equal to those of `canonicalize`.
 */
function write(entry: Entry): string {
  if (entry.kind === "intent") return writeIntent(entry)
  if (entry.kind === "outcome") return writeOutcome(entry)
  // The schemas allow no member that JSON cannot carry, once absent optional members are dropped.
  return canonicalize(withoutUndefined(entry) as Parameters<typeof canonicalize>[0])
}

function writeIntent(e: IntentEntry): string {
  return (
    `{"action":"${e.action}","agent":"${e.agent}",${member("approval", e.approval)}` +
    `"arguments":"${e.arguments}","at":${e.at},${member("digest", e.digest)}"door":"${e.door}",` +
    `"effect":"${e.effect}","facts":"${e.facts}",${member("hold", e.hold)}"kind":"intent",` +
    `"mandate":${nullable(e.mandate)},"policy":"${e.policy}","principal":"${e.principal}",` +
    `"profile":${nullable(e.profile)},"rules":[${e.rules.map((rule) => `"${rule}"`).join(",")}],` +
    `"server":"${e.server}","task":"${e.task}","tool":"${e.tool}","v":1,"verdict":"${e.verdict}",` +
    `"version":"${e.version}"}`
  )
}

function writeOutcome(e: OutcomeEntry): string {
  return (
    `{"action":"${e.action}","at":${e.at},"kind":"outcome","ms":${e.ms},"outcome":"${e.outcome}",` +
    `${member("reason", e.reason)}${member("result", e.result)}"v":1}`
  )
}

function member(key: string, value: string | undefined): string {
  return value === undefined ? "" : `"${key}":"${value}",`
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
