/** Puts `text` in place of what stands from `start` to before `end`. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A text after edits that do not overlap; whatever no edit names stays byte for byte. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const inOrder = edits.toSorted((a, b) => a.start - b.start)
  let result = ""
  let at = 0
  for (const edit of inOrder) {
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** The white space that begins the line of a place, if nothing else stands before it there. */
export function indentAt(text: string, at: number): string | undefined {
  const line =
    text
      .slice(0, at)
      .split(/\r\n|\r|\n/)
      .at(-1) ?? ""
  return /^[ \t]*$/.test(line) && at > line.length ? line : undefined
}

/** How the lines of a text end. */
export function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n"
}
