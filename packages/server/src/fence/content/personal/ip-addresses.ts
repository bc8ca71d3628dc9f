import type { Effort } from "@hufu/core/pattern/effort"
import type { Finding } from "../detector.ts"
import { asciiMembers, runsOf } from "../text-runs.ts"
import { says, wordsBefore } from "./context-words.ts"

const members = asciiMembers(".:").map((is, unit) =>
  /[0-9A-Fa-f.:]/.test(String.fromCharCode(unit)) ? is : 0,
)
const letterOrDigit = /[\p{L}\p{N}_]/u
const ideograph = /\p{Script=Han}/u

/** Addresses of IPv4 and IPv6; four small numbers that are called a version are none. */
export function ipAddresses(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (const run of runsOf(text, members, effort)) {
    const trimmed = run.text.replace(/^[.]{1,8}/, "").replace(/[.]{1,8}$/, "")
    if (trimmed.length < 3 || trimmed.length > 48) continue
    const start = run.start + run.text.indexOf(trimmed)
    const address = trimmed.replace(/:\d{1,5}$/, (port) => (trimmed.split(":").length === 2 ? "" : port))
    const end = start + address.length
    if (touches(text[start - 1]) || touches(text[end])) continue
    const score = isIpv4(address) ? scoreOfIpv4(address, text, start, effort) : isIpv6(address) ? 0.9 : 0
    if (score > 0) found.push({ kind: "ip_address", start, end, score })
  }
  return found
}

/** A letter or digit of an alphabet; a Chinese character does not go on with what it follows. */
function touches(character = " "): boolean {
  return letterOrDigit.test(character) && !ideograph.test(character)
}

function isIpv4(address: string): boolean {
  const parts = address.split(".")
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
}

function scoreOfIpv4(address: string, text: string, start: number, effort: Effort): number {
  if (/^(?:0|127|255)\./.test(address)) return 0.3
  const words = wordsBefore(text, start, effort)
  if (says(words, "版本", "version", "release", "固件", "firmware", "build") || /\bv ?$/.test(words))
    return 0.2
  return 0.9
}

/** RFC 4291 §2.2: eight groups of hexadecimal digits, of which `::` stands for one or more that are zero. */
function isIpv6(address: string): boolean {
  const halves = address.split("::")
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")))
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  if (halves.length === 1) return groups.length === 8
  return groups.length >= 3 && groups.length < 8 && /\d/.test(address)
}
