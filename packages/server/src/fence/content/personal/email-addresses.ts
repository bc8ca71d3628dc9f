import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Finding } from "../detector.ts"

const localPart = /[A-Za-z0-9._%+'-]/
const hostPart = /[A-Za-z0-9.-]/
const longestLocal = 64
const longestHost = 253

/** Addresses such as `name@example.com`: outwards from each `@`, so that every character is looked at twice at most. */
export function emailAddresses(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at
    while (start > 0 && at - start < longestLocal && localPart.test(text[start - 1] ?? "")) start -= 1
    let end = at + 1
    while (end < text.length && end - at <= longestHost && hostPart.test(text[end] ?? "")) end += 1
    if (!spend(effort, end - start + 1)) break
    while (end > at && /[.-]/.test(text[end - 1] ?? "")) end -= 1
    while (start < at && /[.'%+-]/.test(text[start] ?? "")) start += 1
    if (start < at && isHost(text.slice(at + 1, end)))
      found.push({ kind: "email_address", start, end, score: 0.97 })
  }
  return found
}

function isHost(host: string): boolean {
  const labels = host.split(".")
  return (
    labels.length > 1 &&
    labels.every((label) => /^[A-Za-z0-9-]{1,63}$/.test(label) && !/^-|-$/.test(label)) &&
    /^[A-Za-z]{2,24}$/.test(labels.at(-1) ?? "")
  )
}
