import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { inspect } from "@hufu/server/fence/content/inspect"
import type { FindingKind } from "@hufu/server/fence/content/finding-kinds"

/** Our kind for each type that a data set names; a type that is not here is not looked for by any detector. */
const kindOfType: Readonly<Record<string, FindingKind>> = {
  CN_BANK_CARD: "cn_bank_card",
  CN_USCC: "cn_uscc",
  CN_PLATE: "cn_plate",
  CN_LANDLINE: "cn_landline",
  CN_ID_CARD: "cn_resident_id",
  CN_MOBILE: "cn_mobile",
  CN_PASSPORT: "cn_passport",
  IP_ADDRESS: "ip_address",
  CREDIT_CARD: "payment_card",
  EMAIL: "email_address",
  EMAIL_ADDRESS: "email_address",
  IBAN_CODE: "iban",
  US_SSN: "us_ssn",
  PHONE_NUMBER: "phone_number",
}

/** How often something of a kind was found, was found where it is not, and was missed. */
export interface SpanCounts {
  readonly file: string
  readonly kind: string
  found: number
  wrong: number
  missed: number
}

const Row = z.object({ text: z.string(), spans: z.array(z.tuple([z.number(), z.number(), z.string()])) })
type Row = z.infer<typeof Row>

/** Counts every file of texts with spans, by kind: a span is found when a detection of its kind overlaps it. */
export function countSpans(folder: string): SpanCounts[] {
  return ["", "pii"]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      readdirSync(path)
        .toSorted()
        .map((name) => [name, join(path, name)] as const),
    )
    .flatMap(([name, path]) => countFile(name, rowsOf(path)))
}

function rowsOf(path: string): Row[] {
  if (!/\.jsonl?$/.test(path)) return []
  const text = readFileSync(path, "utf8")
  const values: unknown[] = path.endsWith("l")
    ? text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line): unknown => JSON.parse(line))
    : listIn(JSON.parse(text))
  return values.flatMap((value) => Row.safeParse(value).data ?? [])
}

function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return typeof value === "object" && value !== null
    ? (Object.values(value).find((one) => Array.isArray(one)) ?? [])
    : []
}

function countFile(file: string, rows: readonly Row[]): SpanCounts[] {
  const counts = new Map<string, SpanCounts>()
  const of = (kind: string) => {
    const known = counts.get(kind) ?? { file, kind, found: 0, wrong: 0, missed: 0 }
    counts.set(kind, known)
    return known
  }
  for (const { text, spans } of rows) {
    const detections = inspect(text).detections.filter(({ detector }) => detector.startsWith("personal-"))
    const wanted = spans.flatMap(([start, end, type]) => {
      const kind = kindOfType[type]
      return kind === undefined ? [] : [{ start, end, kind }]
    })
    const meet = (a: { start: number; end: number; kind: string }, b: typeof a) =>
      a.kind === b.kind && a.start < b.end && b.start < a.end
    for (const span of wanted)
      of(span.kind)[detections.some((one) => meet(one, span)) ? "found" : "missed"] += 1
    for (const one of detections) if (!wanted.some((span) => meet(span, one))) of(one.kind).wrong += 1
  }
  return [...counts.values()]
}

const Secrets = z.object({
  cases: z.array(z.object({ parts: z.array(z.string()), label: z.union([z.literal(0), z.literal(1)]) })),
})

/** Counts a file of texts that are secrets or none, given in parts. */
export function countSecrets(folder: string): SpanCounts[] {
  return ["", "secrets"]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => [name, join(path, name)] as const))
    .filter(([name]) => name.endsWith(".json"))
    .flatMap(([file, path]) => {
      const { data } = Secrets.safeParse(JSON.parse(readFileSync(path, "utf8")))
      if (!data) return []
      const counts = { file, kind: "any secret", found: 0, wrong: 0, missed: 0 }
      for (const { parts, label } of data.cases) {
        const isFound = inspect(parts.join("")).detections.some(({ detector }) => detector === "secrets")
        if (label === 1) counts[isFound ? "found" : "missed"] += 1
        else if (isFound) counts.wrong += 1
      }
      return [counts]
    })
}
