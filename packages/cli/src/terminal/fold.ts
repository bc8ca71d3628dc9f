import { makeVisible } from "@hufu/core/profile/visible-text"
import { oneLine } from "./one-line.ts"

const longest = 48
const tail = 24

/** UNTRUSTED text on one short line: nothing hidden in it, and its beginning and end when it is long. */
export function fold(text: string): string {
  // A part of it is enough to see, and a large one is not worth reading through.
  const start = text.length > 4 * longest ? text.slice(0, 2 * longest) : text
  const end = text.length > 4 * longest ? text.slice(-2 * longest) : ""
  const visible = oneLine(makeVisible(`${start}${end}`))
  const characters = Array.from(visible)
  if (characters.length <= longest) return visible
  return `${characters.slice(0, longest - tail - 1).join("")}…${characters.slice(-tail).join("")}`
}
