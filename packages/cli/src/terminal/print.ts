import { makeVisible } from "@hufu/core/profile/visible-text"

/** Prints lines for a person. UNTRUSTED text in them cannot move the cursor, change colours or hide. */
export function printLines(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${makeVisible(line)}\n`).join(""))
}

/** Prints one JSON document, in which every character that a terminal obeys is escaped. */
export function printJson(value: unknown): void {
  process.stdout.write(`${escapeHidden(JSON.stringify(value, null, 2))}\n`)
}

/** Prints one JSON document on one line. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${escapeHidden(JSON.stringify(value))}\n`)
}

/** Says something to the person without touching what other programs read. */
export function say(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${makeVisible(line)}\n`).join(""))
}

function escapeHidden(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
    },
  )
}
