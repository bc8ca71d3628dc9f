import type { JsonValue } from "../json/json-value.ts"
import { formOf, type ValueForm } from "./value-form.ts"

/**
 * Whose words a tool gives back:
 * - `own`: the user's own records, such as a contact book, their accounts and settings;
 * - `sent`: what went in and out of the user's account, of which the user's own part is the user's;
 * - `others`: what others wrote to the user or shared with them;
 * - `public`: what lies outside, such as a web page.
 */
export const resultSources = ["own", "sent", "others", "public"] as const
export type ResultSource = (typeof resultSources)[number]

export interface OwnValue {
  readonly value: string
  /** The names that stand beside it in its record: whom the user names by these is this one. */
  readonly beside: readonly string[]
}

export interface OwnReading {
  readonly source: "own" | "sent"
  /** What the tool itself is about, for values that stand in no field: `users` of `get_users`. */
  readonly nouns: readonly string[]
  /** Whether a value names the user: their own account or mailbox. */
  isUser(value: string): boolean
}

export interface OwnRecords {
  readonly values: readonly OwnValue[]
  /** Something in it was not taken as the user's own: others may have written it. */
  readonly hasOthers: boolean
}

const mostNodes = 20_000
const mostValues = 10_000
/** Fields of running text: whoever wrote the record did not have to name anything there. */
const prose =
  words(`body content contents subject title description text message messages note notes comment comments summary
  snippet bio about reason memo remark remarks details caption headline label purpose topic reference`)
const senders = words("sender from payer author by")
const writers = words("sender from author by creator username user handle")
/** Fields by which people call somebody. */
const callers = words("name names nickname alias fullname firstname lastname")
const recipients = words(
  "recipient recipients to payee payees beneficiary receiver cc bcc attendees participants counterparty",
)
const fieldsOfForm: Readonly<Record<Exclude<ValueForm, "name">, ReadonlySet<string>>> = {
  address: words(
    "url urls uri link links website websites site homepage domain domains host endpoint webhook",
  ),
  mailbox:
    words(`email emails mail mails mailbox address addresses contact contacts recipient recipients participants attendees to
    cc bcc login owner member members`),
  number:
    words(`iban account accounts phone phones mobile tel telephone number numbers card cards recipient recipients payee payees
    beneficiary sender to bank id ids`),
}
const me = words("me myself self i")

/**
 * The values of records that are the user's own. UNTRUSTED: others may have written into some fields of them, so a value counts only
 * where it is a whole field, of a form that such a field has: a channel that is named like a web address names no address.
 */
export function readOwnRecords(records: JsonValue, reading: OwnReading): OwnRecords {
  const values: OwnValue[] = []
  let nodes = 0
  let hasOthers = false

  function visit(
    value: JsonValue,
    names: readonly string[],
    isUsers: boolean,
    beside: readonly string[] = [],
  ): void {
    nodes += 1
    if (nodes > mostNodes || values.length >= mostValues) {
      hasOthers = true
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, names, isUsers, beside)
    } else if (typeof value === "object" && value !== null) {
      visitRecord(value, isUsers)
    } else if (typeof value === "string" || typeof value === "number") {
      if (isUsers && isOwnValue(String(value), names)) values.push({ value: String(value), beside })
      else if (typeof value === "string" && value.trim() !== "") hasOthers = true
    }
  }

  function visitRecord(record: { readonly [name: string]: JsonValue }, isUsers: boolean): void {
    const beside = Object.entries(record).flatMap(([name, value]) =>
      typeof value === "string" && callers.has(splitField(name).at(-1) ?? "") && value.length <= 128
        ? [value]
        : [],
    )
    const isByUser = reading.source === "own" || isSentByUser(record, reading)
    for (const [name, value] of Object.entries(record)) {
      if (!/^[\w .-]{1,64}$/.test(name)) hasOthers = true
      const names = splitField(name)
      const last = names.at(-1) ?? ""
      const counts = reading.source === "own" ? isUsers : isByUser && recipients.has(last)
      visit(value, names, counts && !prose.has(last), beside)
    }
  }

  visit(records, reading.nouns, reading.source === "own")
  return { values, hasOthers }
}

/** Whoever wrote the records, as the tool server names them. UNTRUSTED: anybody may write. */
export function writersIn(records: JsonValue): string[] {
  const found: string[] = []
  const open: JsonValue[] = [records]
  for (let visited = 0; open.length > 0 && visited < mostNodes; visited += 1) {
    const next = open.pop()
    if (typeof next !== "object" || next === null) continue
    if (Array.isArray(next)) open.push(...next)
    else
      for (const [name, value] of Object.entries(next)) {
        if (typeof value !== "string") open.push(value)
        else if (writers.has(splitField(name).at(-1) ?? "") && value.length <= 128) found.push(value)
      }
  }
  return found.slice(0, mostValues)
}

function isSentByUser(
  record: { readonly [name: string]: JsonValue },
  { isUser }: Pick<OwnReading, "isUser">,
): boolean {
  for (const [name, value] of Object.entries(record)) {
    if (!senders.has(splitField(name).at(-1) ?? "") || typeof value !== "string") continue
    return me.has(value.trim().toLowerCase()) || isUser(value)
  }
  return false
}

function isOwnValue(value: string, names: readonly string[]): boolean {
  const text = value.trim()
  if (text === "" || text.length > 128 || /[\n\r]/.test(value) || text.split(/\s+/).length > 6) return false
  const form = formOf(text)
  return form === "name" || names.some((name) => fieldsOfForm[form].has(name))
}

/** `userEmail`, `user_email` and `User Email` are the same field. */
export function splitField(name: string): string[] {
  return name
    .slice(0, 128)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
