/** A part of a text that is judged by itself. */
export interface TextPart {
  readonly start: number
  readonly end: number
}

const longestWhole = 560
const length = 400
const step = 200

/**
 * The overlapping parts of a folded text: an instruction in a long text is a small part of it, and would be lost in
 * the whole. A short text is one part.
 */
export function partsOf(text: string): TextPart[] {
  if (text.length <= longestWhole) return [{ start: 0, end: text.length }]
  const parts: TextPart[] = []
  for (let start = 0; start < text.length - step; start += step)
    parts.push({ start, end: Math.min(text.length, start + length) })
  return parts
}
