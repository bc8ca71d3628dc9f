/** A set of Unicode scalar values: sorted, disjoint, inclusive intervals. */
export type CodePoints = readonly (readonly [first: number, last: number])[]

/** Every character. Lone halves of surrogate pairs are no characters, so nothing ever matches them. */
export const anyCharacter: CodePoints = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
]

/** The smallest set that holds all of these intervals. */
export function unionOf(intervals: CodePoints): CodePoints {
  const merged: [number, number][] = []
  for (const [first, last] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1)
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
    else merged.push([first, last])
  }
  return merged
}

/** Every character that is not in the set. */
export function complementOf(set: CodePoints): CodePoints {
  const found: [number, number][] = []
  for (const [from, to] of anyCharacter) {
    let next = from
    for (const [first, last] of unionOf(set)) {
      if (last < next || first > to) continue
      if (first > next) found.push([next, first - 1])
      next = last + 1
    }
    if (next <= to) found.push([next, to])
  }
  return found
}

/** The characters of a text as a set. */
export function charactersOf(text: string): CodePoints {
  return unionOf(Array.from(text, codePointOf).map((point) => [point, point]))
}

/** A letter in either case, where lower and upper case are one character each. */
export function eitherCase(character: string): CodePoints {
  const forms = [character, character.toLowerCase(), character.toUpperCase()]
  return unionOf(forms.filter((form) => Array.from(form).length === 1).flatMap((form) => charactersOf(form)))
}

/** The first code point of a non-empty text. */
export function codePointOf(text: string): number {
  return text.codePointAt(0) ?? 0
}

export const digits: CodePoints = [[0x30, 0x39]]
export const wordCharacters: CodePoints = unionOf([...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]])
/** The white space of ECMAScript. */
export const whiteSpace: CodePoints = unionOf([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
])
/** What `.` stands for: any character but a line break. */
export const withinLine: CodePoints = complementOf(charactersOf("\n\r\u2028\u2029"))
