import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { detectors as everyDetector } from "./detectors.ts"
import { type FindingGroup, type FindingKind, findingKinds } from "./finding-kinds.ts"
import { inspect } from "./inspect.ts"
import { redact } from "./redact.ts"

/** A kind of finding or a whole group of them, as a rule names what it has taken out. */
export type Redacted = FindingKind | FindingGroup

const mostNodes = 50_000
/** The client waits for this. */
const mostUnits = 1 << 20

/**
 * Takes what is named out of every text in a value, names of members included; the same value if there is nothing. UNTRUSTED: a tool
 * server made it. Nothing comes back of a value that could not be looked through to its end.
 */
export function redactValue<Value extends JsonValue>(
  value: Value,
  named: readonly Redacted[],
): Value | undefined {
  const isNamed = (kind: FindingKind) => named.includes(kind) || named.includes(findingKinds[kind].group)
  const detectors = everyDetector.filter(({ kinds }) => kinds.some(isNamed))
  let nodes = 0
  let units = 0
  let isWhole = true

  function text(original: string): string {
    units += original.length
    if (units > mostUnits) isWhole = false
    if (!isWhole) return ""
    const { detections, isComplete } = inspect(original, { detectors })
    isWhole &&= isComplete
    const found = detections.filter(({ kind }) => isNamed(kind))
    return found.length === 0 ? original : redact(original, found, "en")
  }

  function visit(each: JsonValue): JsonValue {
    nodes += 1
    if (nodes > mostNodes) isWhole = false
    if (!isWhole) return null
    if (typeof each === "string") return text(each)
    if (Array.isArray(each)) return kept(each, each.map(visit))
    if (!isJsonObject(each)) return each
    const entries = Object.entries(each).map(([name, member]) => [text(name), visit(member)] as const)
    const isSame = entries.every(([name, member]) => Object.hasOwn(each, name) && each[name] === member)
    // Defined, not assigned: `__proto__` is a name like others.
    return isSame ? each : (Object.fromEntries(entries) satisfies JsonObject)
  }

  const shown = visit(value)
  // Texts became texts, and the rest stayed what it was.
  return isWhole ? (shown as Value) : undefined
}

function kept(before: JsonValue[], after: JsonValue[]): JsonValue[] {
  return after.every((each, at) => each === before[at]) ? before : after
}
