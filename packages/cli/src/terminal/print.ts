import { escapeHidden, makeVisible } from "@hufu/core/profile/visible-text"

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
