import type { Finding } from "./detector.ts"
import { type FindingKind, findingKinds } from "./finding-kinds.ts"

/** Takes the places of the findings out of the text; what is left says what was there, in one language. */
export function redact(text: string, findings: readonly Finding[], language: "en" | "zh"): string {
  let redacted = ""
  let at = 0
  for (const { start, end, kinds } of merged(findings)) {
    const names = kinds.map((kind) => findingKinds[kind][language])
    redacted +=
      text.slice(at, start) +
      (language === "zh" ? `【已隐去：${names.join("、")}】` : `[redacted: ${names.join(", ")}]`)
    at = end
  }
  return redacted + text.slice(at)
}

interface Place {
  readonly start: number
  readonly end: number
  readonly kinds: readonly FindingKind[]
}

/** The places in order; those that overlap are one, so that no part of either stays. */
function merged(findings: readonly Finding[]): Place[] {
  const places: Place[] = []
  for (const { start, end, kind } of findings.toSorted((a, b) => a.start - b.start)) {
    const last = places.at(-1)
    if (!last || start >= last.end) {
      places.push({ start, end, kinds: [kind] })
      continue
    }
    const kinds = last.kinds.includes(kind) ? last.kinds : [...last.kinds, kind]
    places[places.length - 1] = { start: last.start, end: Math.max(last.end, end), kinds }
  }
  return places
}
