import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import { labelNamespace, readAiLabel } from "./ai-label.ts"

/** Labels that say that a content was generated: GB 45438 metadata, and words that a reader sees. */
export const aiLabels: Detector = {
  name: "ai-labels",
  version: "1",
  kinds: ["ai_label_metadata", "ai_label_visible"],
  point: 0.5,
  stepsPerUnit: 40,
  find(text, effort) {
    return [...fields(text, effort), ...properties(text, effort), ...visible(text, effort)]
  },
}

const longestField = 8192
/** JSON: the field with an object, or with a text that is the JSON of one, as the standard has it. */
const field = /"AIGC"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}/y

function fields(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (let at = text.indexOf('"AIGC"'); at >= 0; at = text.indexOf('"AIGC"', at + 6)) {
    field.lastIndex = at
    if (!field.test(text)) continue
    const start = field.lastIndex
    const value = valueAt(text, start, effort)
    if (effort.left < 0) break
    if (value === undefined) continue
    const isLabel = readAiLabel(value.json) !== undefined
    found.push({ kind: "ai_label_metadata", start: at, end: value.end, score: isLabel ? 0.98 : 0.6 })
  }
  spend(effort, text.length)
  return found
}

/** The value that begins here: an object without objects in it, plain or as the text of a JSON string. */
function valueAt(text: string, start: number, effort: Effort): { json: string; end: number } | undefined {
  const isText = text[start] === '"'
  if (!isText && text[start] !== "{") return undefined
  let end = start + 1
  let isEscaped = false
  while (end < text.length && end - start < longestField) {
    const character = text[end]
    if (isText && !isEscaped && character === '"') break
    if (!isText && character === "}") break
    // Another field begins: what is read here would be read again there.
    if (character === '"' && text.startsWith('"AIGC"', end)) return undefined
    isEscaped = character === "\\" && !isEscaped
    end += 1
  }
  spend(effort, end - start)
  if (end >= text.length || end - start >= longestField) return undefined
  const written = text.slice(start, end + 1)
  const json = isText ? unquoted(written) : written
  return json === undefined ? undefined : { json, end: end + 1 }
}

function unquoted(written: string): string | undefined {
  try {
    const value: unknown = JSON.parse(written)
    return typeof value === "string" ? value : undefined
  } catch {
    return undefined
  }
}

/** XMP: the property in the namespace of TC260. */
function properties(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  if (!spend(effort, text.length * 2)) return found
  for (const mark of [labelNamespace, "TC260:AIGC"])
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length))
      found.push({ kind: "ai_label_metadata", start: at, end: at + mark.length, score: 0.9 })
  return found
}

const chinese = /(?:由|本(?:内容|文|图|视频|音频)由?)?(?:AI|ai|人工智能)(?:生成|合成|生成合成|辅助生成)/g
const english =
  /\b(?:generated|created|written|produced|made) (?:by|with|using) (?:an )?(?:AI|artificial intelligence|a language model)\b|\bAI[- ]generated\b|\bsynthetic media\b/gi

/** 标识办法 Art. 4: a visible label has `AI` or 人工智能, and 生成 or 合成. */
function visible(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (const words of [chinese, english]) {
    if (!spend(effort, text.length * 8)) break
    for (const match of text.matchAll(words))
      found.push({
        kind: "ai_label_visible",
        start: match.index,
        end: match.index + match[0].length,
        score: 0.8,
      })
  }
  return found
}
