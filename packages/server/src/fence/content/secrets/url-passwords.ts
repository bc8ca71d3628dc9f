import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Finding } from "../detector.ts"
import { isPlaceholder } from "./placeholder.ts"

/** RFC 3986 §3.2.1: `user:password@` after the scheme of a URL. */
const userInfo = /:\/\/[^\s:/?#@"'<>]{0,128}:([^\s/?#@"'<>]{3,128})@(?=[A-Za-z0-9[])/y

export function urlPasswords(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    userInfo.lastIndex = at
    const match = userInfo.exec(text)
    // Neither part may have a slash, so that what one look reads no other look reads again.
    if (!spend(effort, match ? match[0].length : 3)) break
    const password = match?.[1] ?? ""
    if (password === "" || isPlaceholder(password)) continue
    const end = userInfo.lastIndex - 1
    found.push({ kind: "url_password", start: end - password.length, end, score: 0.95 })
  }
  return found
}
