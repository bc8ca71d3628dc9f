/**
 * A text without the characters up to and including the space, and without quotes, at both ends. One pass: a
 * pattern that ends in `+$` would take a time that grows with the square of the text.
 */
export function stripEnds(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isDropped(text.charCodeAt(start))) start += 1
  while (end > start && isDropped(text.charCodeAt(end - 1))) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

function isDropped(code: number): boolean {
  return code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x60 || code === 0xa0 || code === 0xfeff
}
