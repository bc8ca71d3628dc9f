import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Finding } from "../detector.ts"

const longest = 16_384
const begin = "-----BEGIN "
const end = "-----END "

/** RFC 7468: a private key in its lines, also where its end is cut off. */
export function privateKeys(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  if (!spend(effort, text.length * 2)) return found
  let nextEnd = -2
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + begin.length)) {
    const label = /^[A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----/.exec(
      text.slice(at + begin.length, at + begin.length + 48),
    )?.[0]
    if (!spend(effort, 48) || label === undefined) continue
    // Looked for once for all that begin before it: the whole text is read once, not once for each beginning.
    if (nextEnd !== -1 && nextEnd < at) nextEnd = text.indexOf(end, at)
    const body = at + begin.length + label.length
    const isClosed = nextEnd >= 0 && nextEnd - at < longest
    const closing = isClosed ? text.slice(nextEnd + end.length, nextEnd + 64).indexOf("-----") : -1
    const last = isClosed
      ? nextEnd + end.length + (closing < 0 ? 0 : closing + 5)
      : Math.min(text.length, body + 64)
    if (!/[A-Za-z0-9+/=]{16}/.test(text.slice(body, body + 200))) continue
    found.push({ kind: "private_key", start: at, end: last, score: 0.99 })
  }
  return found
}
