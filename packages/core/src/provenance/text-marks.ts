/** Six characters in a row of what is looked for, each as a number. */
export type Marks = readonly number[]

/** Says of most texts at once that something does not stand in them, without reading them again. */
export interface TextMarks {
  /** INVARIANT: false only when a text with these marks cannot stand in it. */
  mayHold(marks: Marks): boolean
}

const inRow = 6
const bitsForEach = 8
const fewestBits = 1 << 10
const mostBits = 1 << 21
const empty: TextMarks = { mayHold: () => true }

/** The marks of what is looked for; none of what is too short, which may stand anywhere. */
export function marksOf(text: string): Marks {
  const marks: number[] = []
  for (let at = 0; at + inRow <= text.length; at += 1) marks.push(markAt(text, at))
  return marks
}

/** Remembers every six characters in a row of a text, in about as many bytes as it has characters. */
export function textMarks(text: string): TextMarks {
  if (text.length < inRow) return empty
  const bits = Math.min(mostBits, Math.max(fewestBits, 1 << Math.ceil(Math.log2(text.length * bitsForEach))))
  const words = new Uint32Array(bits >>> 5)
  const mask = bits - 1
  for (let at = 0; at + inRow <= text.length; at += 1) {
    const place = markAt(text, at) & mask
    words[place >>> 5] = (words[place >>> 5] ?? 0) | (1 << (place & 31))
  }
  return {
    mayHold(marks) {
      for (const mark of marks)
        if (((words[(mark & mask) >>> 5] ?? 0) & (1 << (mark & 31))) === 0) return false
      return true
    },
  }
}

function markAt(text: string, at: number): number {
  let mark = 0
  for (let next = at; next < at + inRow; next += 1)
    mark = Math.imul(mark ^ text.charCodeAt(next), 0x01000193) + 7
  return (mark ^ (mark >>> 15)) >>> 0
}
