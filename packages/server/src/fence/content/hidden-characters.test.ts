import { expect, test } from "vitest"
import { hiddenCharacters } from "./hidden-characters.ts"
import { inspect } from "./inspect.ts"

function found(text: string): string[] {
  return inspect(text, { detectors: [hiddenCharacters] }).detections.map(
    ({ kind, start, end }) => `${kind} ${start}-${end}`,
  )
}

test.each([
  ["pay\u200bpal", "invisible_character 3-4"],
  ["a\u202eb\u202c", "bidirectional_control 1-2"],
  ["hi\u{e0069}\u{e0067}\u{e006e}", "tag_characters 2-8"],
  [`x${"\ufe01\ufe02".repeat(4)}`, "variation_data 1-9"],
  ["\u001b[31mred", "control_character 0-1"],
  ["log in at pаypal.com", "mixed_script 10-16"],
  ["ｐaypal", "mixed_script 0-6"],
])("%j is found", (text, expected) => {
  expect(found(text)).toContain(expected)
})

test.each([
  "plain text, with a tab\tand\r\nlines",
  "семья 👨‍👩‍👧 и ❤️",
  "می‌خواهم",
  "क्‍ष",
  "\ufeffa file with a mark at its start",
  "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
  "10 µm and ΔT, α-helix",
  "中文，English，日本語。",
])("%j is not", (text) => {
  expect(found(text)).toEqual([])
})
