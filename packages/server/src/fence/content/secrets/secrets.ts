import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import type { FindingKind } from "../finding-kinds.ts"
import { asciiMembers, type Run, runsOf } from "../text-runs.ts"
import { assignedSecret, secretAt } from "./assigned-secret.ts"
import { isPlaceholder } from "./placeholder.ts"
import { privateKeys } from "./private-keys.ts"
import { hookAddresses, type SecretFormat, secretFormats } from "./secret-formats.ts"
import { urlPasswords } from "./url-passwords.ts"

const kinds = [
  "cloud_key",
  "ai_service_key",
  "code_host_token",
  "messaging_token",
  "payment_key",
  "service_token",
  "private_key",
  "signed_token",
  "url_password",
  "assigned_secret",
  "authorization_header",
] as const satisfies readonly FindingKind[]

/** Keys, tokens and passwords: by the formats of the services that give them out, and by what they are assigned to. */
export const secrets: Detector = {
  name: "secrets",
  version: "1",
  kinds,
  point: 0.5,
  stepsPerUnit: 60,
  find(text, effort) {
    return [
      ...tokens(text, effort),
      ...chineseAssignments(text, effort),
      ...privateKeys(text, effort),
      ...urlPasswords(text, effort),
      ...hooks(text, effort),
    ]
  },
}

const tokenMembers = asciiMembers("_-")

function tokens(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  let free = 0
  for (const run of runsOf(text, tokenMembers, effort)) {
    if (run.start < free) continue
    const finding =
      prefixed(text, afterEscape(text, run), effort) ??
      numbered(text, run, effort) ??
      assignedSecret(text, run, effort)
    if (!finding) continue
    found.push(finding)
    free = finding.end
  }
  return found
}

/** JSON writes a line break as `\n`: the letter belongs to what stands before the token. */
function afterEscape(text: string, run: Run): Run {
  const isEscaped = text[run.start - 1] === "\\" && /^[nrt]/.test(run.text)
  return isEscaped ? { text: run.text.slice(1), start: run.start + 1, end: run.end } : run
}

const formatsByStart = Map.groupBy(secretFormats, (format) => format.prefix.slice(0, 2))

function prefixed(text: string, run: Run, effort: Effort): Finding | undefined {
  if (run.text.startsWith("eyJ")) return signedToken(text, run, effort)
  for (const format of formatsByStart.get(run.text.slice(0, 2)) ?? []) {
    if (!text.startsWith(format.prefix, run.start)) continue
    const end = endOfFormat(text, run, format, effort)
    if (end === undefined || isPlaceholder(text.slice(run.start + format.prefix.length, end))) continue
    const last = format.isLoose ? loosely(text, end, effort) : end
    return { kind: format.kind, start: run.start, end: last, score: 0.97 }
  }
  return undefined
}

/** Where the format ends, a loose one at its least length: whether it is a placeholder is judged by that much. */
function endOfFormat(text: string, run: Run, format: SecretFormat, effort: Effort): number | undefined {
  spend(effort, format.isLoose ? format.least : 2 * Math.min(run.text.length, longestFormat))
  format.rest.lastIndex = run.start + format.prefix.length
  return format.rest.test(text) ? format.rest.lastIndex : undefined
}

const longestFormat = 2000

/** Where a token with separators in it ends; whoever found it goes on from there, so that nothing is read twice. */
function loosely(text: string, from: number, effort: Effort): number {
  let end = from
  while (end < text.length && end - from < longestFormat && /[A-Za-z0-9_./+=%-]/.test(text[end] ?? ""))
    end += 1
  spend(effort, end - from)
  while (end > from && /[./+%-]/.test(text[end - 1] ?? "")) end -= 1
  return end
}

/** RFC 7515 §7.1: three parts of base64url; a header that decodes to nothing may still be a token somebody mangled. */
const jwt = /eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/y

function signedToken(text: string, run: Run, effort: Effort): Finding | undefined {
  jwt.lastIndex = run.start
  if (run.text.length < 13 || run.text.length > 2003 || text[run.end] !== ".") return undefined
  spend(effort, run.text.length * 4)
  if (!jwt.test(text)) return undefined
  return { kind: "signed_token", start: run.start, end: jwt.lastIndex, score: 0.95 }
}

function chineseAssignments(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (const name of ["密码", "口令", "密钥", "秘钥", "令牌"]) {
    if (!spend(effort, text.length)) break
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
      const finding = secretAt(text, at + name.length, effort)
      if (finding) found.push(finding)
    }
  }
  return found
}

const atlas = /[a-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}/iy
const telegram = /[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}(?![A-Za-z0-9_-])/y
const discordBot = /[MNO][A-Za-z0-9_-]{22,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/y
const mailchimp = /[a-f0-9]{32}-us[0-9]{1,2}(?![A-Za-z0-9_-])/y
const azureClient = /[A-Za-z0-9_-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}/y
const zhipu = /[a-f0-9]{32}\.[A-Za-z0-9]{16}(?![A-Za-z0-9_-])/y
const shaped: readonly {
  readonly kind: FindingKind
  readonly pattern: RegExp
  readonly length: (n: number) => boolean
}[] = [
  { kind: "cloud_key", pattern: atlas, length: (n) => n === 14 },
  { kind: "messaging_token", pattern: telegram, length: (n) => n >= 8 && n <= 10 },
  { kind: "messaging_token", pattern: discordBot, length: (n) => n >= 23 && n <= 29 },
  { kind: "messaging_token", pattern: mailchimp, length: (n) => n === 36 || n === 37 },
  { kind: "cloud_key", pattern: azureClient, length: (n) => n === 5 },
  { kind: "ai_service_key", pattern: zhipu, length: (n) => n === 32 },
]

/** Formats without a prefix of their own, told by lengths and separators. */
function numbered(text: string, run: Run, effort: Effort): Finding | undefined {
  for (const { kind, pattern, length } of shaped) {
    if (!length(run.text.length)) continue
    spend(effort, 16)
    pattern.lastIndex = run.start
    if (pattern.test(text)) return { kind, start: run.start, end: pattern.lastIndex, score: 0.9 }
  }
  return undefined
}

function hooks(text: string, effort: Effort): Finding[] {
  const found: Finding[] = []
  for (const { prefix, rest } of hookAddresses) {
    if (!spend(effort, text.length)) break
    for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + prefix.length)) {
      rest.lastIndex = at + prefix.length
      if (!spend(effort, prefix.length) || !rest.test(text)) continue
      found.push({ kind: "messaging_token", start: at, end: rest.lastIndex, score: 0.95 })
    }
  }
  return found
}
