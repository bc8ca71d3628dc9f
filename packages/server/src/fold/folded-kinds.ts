import { z } from "zod"
import { agentKind, versionKind } from "../authority/agents.ts"
import { wordsKind } from "../authority/added-words.ts"
import { browserKind } from "../authority/browsers.ts"
import { credentialKind } from "../authority/credentials.ts"
import { holdKind } from "../authority/holds.ts"
import { mandateKind } from "../authority/mandates.ts"
import { passkeyKind } from "../authority/passkeys.ts"
import { deviceKind } from "../authority/devices.ts"
import { placeKind } from "../authority/places.ts"
import { rollOutKind } from "../authority/roll-out.ts"
import { positionKind } from "../authority/positions.ts"
import { protectionKind } from "../authority/protections.ts"
import { personKind } from "../authority/person.ts"
import { keyOf, type RecordKind, writeRecord } from "../authority/records.ts"
import { retentionKind } from "../authority/retention.ts"
import { serverKind } from "../authority/servers.ts"
import { stopKind } from "../authority/stop.ts"
import { taskKind } from "../authority/tasks.ts"
import { tokenKind } from "../authority/tokens.ts"
import { toolKind, toolRowKey } from "../authority/tools.ts"
import { accountKind } from "../identity/acme/accounts.ts"
import { bindingKind } from "../identity/acme/bindings.ts"
import { authorityKind } from "../identity/ca/authorities.ts"
import { certificateKind } from "../identity/ca/certificates.ts"
import { developerKind } from "../identity/ownership/developers.ts"
import { registrarKind } from "../identity/registrar.ts"
import { mismatchKind } from "../registry/alive/version-mismatches.ts"
import { registrationKind } from "../registry/registration-record.ts"
import { peerKind } from "../registry/sync/peer-record.ts"
import { isFailure } from "@hufu/core/failure"
import type { RecordRow } from "../store/record-row.ts"
import type { Store, Tx } from "../store/store.ts"

type Values = Record<string, unknown>
type Parts = Pick<Store, "vault" | "query" | "records">

/** A row as it was found. */
export type FoundRow =
  | {
      readonly is: "value"
      readonly value: Values
      /** Its sealed members were erased. */
      readonly isErased: boolean
      /** Columns beside the record that do not follow from it. */
      readonly wrongColumns: readonly string[]
    }
  /** All that makes it a record was erased. */
  | { readonly is: "erased" }
  | { readonly is: "unreadable" }

/** What the fold does with rows of one kind, whatever their shape. */
export interface FoldedKind {
  readonly kind: string
  /** Members that are sealed with the subject's key. */
  readonly sealed: ReadonlySet<string>
  find(parts: Parts, row: RecordRow, mayBeOpen: boolean): FoundRow
  /** The key of the row that a record of this id has; undefined where it cannot be told. */
  rowOf(parts: Parts, id: string): string | undefined
  /** Whether values make a record. */
  isRecord(values: Values): boolean
  write(parts: Parts, tx: Tx, values: Values): void
}

/** Every kind of record, each made again by the statements of its noun. */
export const foldedKinds: readonly FoldedKind[] = [
  folded(agentKind),
  folded(versionKind),
  folded(credentialKind),
  folded(taskKind),
  folded(wordsKind),
  folded(mandateKind),
  folded(tokenKind),
  folded(authorityKind),
  folded(certificateKind),
  folded(bindingKind),
  folded(accountKind),
  folded(serverKind),
  folded(toolKind, {
    rowOf(parts, id) {
      const cut = id.indexOf("/")
      const [server, tool] = [id.slice(0, cut), id.slice(cut + 1)]
      // Only these two make the key.
      return orGone(() => toolRowKey(server, tool, parts))
    },
  }),
  folded(placeKind),
  // Where a row is lost, so is the number of its last statement; what is older than minutes is refused all the same.
  folded(deviceKind, { start: { number: -1 } }),
  folded(positionKind),
  folded(mismatchKind),
  folded(registrarKind),
  folded(registrationKind),
  folded(peerKind),
  folded(developerKind),
  folded(protectionKind),
  folded(rollOutKind),
  folded(holdKind),
  folded(stopKind),
  folded(retentionKind),
  folded(personKind, { start: { misses: 0 } }),
  folded(passkeyKind, { start: { counter: 0, usedAt: null } }),
  // When it was last used is not known: as soon as it was let in, so that it ends rather early.
  folded(browserKind, { startOf: ({ createdAt }) => ({ usedAt: createdAt }) }),
]

interface More<T> {
  readonly rowOf?: FoldedKind["rowOf"]
  /** What members begin with that no statement carries. */
  readonly start?: Partial<T>
  readonly startOf?: (values: Values) => Values
}

function folded<T extends { readonly id: string }>(of: RecordKind<T>, more: More<T> = {}): FoldedKind {
  const begun = (values: Values) => ({ ...more.start, ...more.startOf?.(values), ...values })

  function find(parts: Parts, row: RecordRow, mayBeOpen: boolean): FoundRow {
    const open = objectIn(row.body)
    if (open === undefined) return { is: "unreadable" }
    const opened = openSealed(parts, of, row)
    if (opened === "damaged") return { is: "unreadable" }
    const isErased = opened === "erased"
    if (isErased && of.sealed?.blank === undefined) return { is: "erased" }
    const given = { ...open, ...(isErased ? of.sealed?.blank : opened) }
    const value = of.schema.safeParse(given).data
    if (value === undefined) return { is: "unreadable" }
    const wrongColumns = wrongIn(parts, of, { row, value, mayBeOpen, isErased })
    // What the schema does not know stands there all the same.
    return { is: "value", value: { ...given, ...value }, isErased, wrongColumns }
  }

  return {
    kind: of.kind,
    sealed: new Set(of.sealed?.members ?? []),
    find,
    rowOf: more.rowOf ?? ((_parts, id) => id),
    isRecord: (values) => of.schema.safeParse(begun(values)).success,
    write(parts, tx, values) {
      writeRecord(parts, of, tx, of.schema.parse(begun(values)))
    },
  }
}

function openSealed<T>(parts: Parts, of: RecordKind<T>, row: RecordRow): Values | "erased" | "damaged" {
  if (of.sealed === undefined || row.subject === null) return {}
  const hasKey = parts.query("SELECT 1 FROM vault_key WHERE subject = ?", [row.subject]).length > 0
  // Erasing takes both.
  if (!hasKey) return row.sealed === null ? "erased" : "damaged"
  if (row.sealed === null) return of.sealed.blank === undefined ? "damaged" : { ...of.sealed.blank }
  try {
    const name = `${of.kind}/${row.id}`
    const text = parts.vault.openRow({ subject: row.subject, name, bytes: row.sealed })
    return text === undefined ? "erased" : (objectIn(text) ?? "damaged")
  } catch (error) {
    if (isFailure(error, "vault_damaged")) return "damaged"
    throw error
  }
}

function wrongIn<T extends { readonly id: string }>(
  parts: Parts,
  of: RecordKind<T>,
  { row, value, mayBeOpen, isErased }: { row: RecordRow; value: T; mayBeOpen: boolean; isErased: boolean },
): string[] {
  const subject = of.sealed?.subject(value) ?? null
  const isOpen = row.subject === null && mayBeOpen
  const key = isOpen ? value.id : isErased ? row.id : orGone(() => keyOf(parts, of, value))
  return [
    ...(row.state === (of.state?.(value) ?? "") ? [] : ["state"]),
    ...(row.at === (of.at?.(value) ?? 0) ? [] : ["at"]),
    ...(row.subject === subject || isOpen ? [] : ["subject"]),
    ...(row.id === key ? [] : ["id"]),
  ]
}

const Values = z.record(z.string(), z.unknown())

function objectIn(text: string): Values | undefined {
  try {
    return Values.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function orGone<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isFailure(error, "not_found") || isFailure(error, "vault_damaged")) return undefined
    throw error
  }
}
