import { createHmac, hash, type KeyObject } from "node:crypto"
import { SALT_BYTES } from "@hufu/core/evidence/commitment"
import { Failure } from "@hufu/core/failure"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { Participant } from "../store/group-commit.ts"
import { journaled } from "../store/journaled-statements.ts"
import { isUniqueViolation } from "../store/storage-error.ts"
import type { Tx } from "../store/store.ts"
import { commitNatively } from "./native-commitment.ts"
import { digestOf } from "./native-hash.ts"
import { nonceBytes, type Sealed, seal, unseal } from "./sealed-box.ts"
import { type Query, type SubjectKey, SubjectKeys } from "./subject-keys.ts"

const maxValueBytes = 256 * 1024
const maxNameLength = 200
const defaultField = "content"

/** Something to keep: its id, whose it is, and the value. */
export interface VaultItem {
  readonly id: string
  /** Whose content it is: it is erased with everything else of that subject. */
  readonly subject: string
  readonly value: JsonValue
  /** Which field of an entry commits to it; part of the salt. */
  readonly field?: string
}

/** What opens a commitment: with it anyone can check that the value is the one in the ledger. */
export interface Opening {
  readonly salt: Uint8Array
  readonly value: string
}

/** Encrypted content beside the ledger, erasable per subject without touching an entry. */
export interface Vault {
  /** Makes sure that the subject has keys, so that salts can be had. */
  enroll(tx: Tx, subject: string): void
  /** Keeps a value in this unit of work and returns its commitment (hex). An id is used once. */
  put(tx: Tx, item: VaultItem): string
  /** Keeps a canonical JSON text without a commitment of its own. With `once`, what is there under the id already stays. */
  keep(tx: Tx, item: { id: string; subject: string; text: string; once?: boolean }): void
  /** The value kept under an id. */
  get(id: string): JsonValue
  /** The salt of a field of something of this subject; it cannot be had again once the subject is erased. */
  salt(subject: string, id: string, field: string): Uint8Array
  /** Salts for several parts of one field, each of which can be shown without the others. */
  salts(subject: string, id: string, field: string, count: number): Uint8Array[]
  /** What opens the commitment that `put` returned. */
  opening(id: string, field?: string): Opening
  /** Encrypts what a row of a table keeps of a subject, bound to the row's name. */
  sealRow(tx: Tx, row: { subject: string; name: string; text: string }): Uint8Array
  /** What `sealRow` encrypted; undefined once the subject is erased. */
  openRow(row: { subject: string; name: string; bytes: Uint8Array }): string | undefined
  /** Cuts the log beside the database, so that what was overwritten is nowhere in it. Throws when that is not possible now. */
  cutLog(): void
  /** Deletes one value; its commitment can be opened no more. */
  remove(tx: Tx, id: string): void
  /** Deletes values, so that no copy of them is left in this data folder; with what is said of it in the same commit. */
  forget(ids: readonly string[], also?: (tx: Tx) => void): Promise<void>
  /**
   * Deletes everything of subjects, and their keys, beyond recovery from this data folder.
   *
   * @param also what belongs to the same commit, such as the statement of it
   */
  erase(subjects: string | readonly string[], also?: (tx: Tx) => void): Promise<void>
}

export interface VaultParts {
  /** Reads what is committed. */
  readonly query: Query
  readonly commit: <T>(work: (tx: Tx) => T) => Promise<T>
  /** Cuts the log beside the database and empties the journal, so that what was erased is nowhere; no transaction is open. */
  readonly truncateLog: () => void
  /** Takes away what the rows of the tables keep of a subject under its key. */
  readonly blankRows: (tx: Tx, subject: string) => void
  readonly wrappingKey: KeyObject
}

/** Opens the vault; the participant keeps its cache of keys in step with commits. */
export function openVault(parts: VaultParts): { vault: Vault; participant: Participant } {
  const { query, wrappingKey } = parts
  const keys = new SubjectKeys(wrappingKey)
  const log = { truncate: parts.truncateLog, fault: null as unknown }
  const vault: Vault = {
    enroll: (tx, subject) => void keys.ensure(tx, checkedName(subject)),
    put: (tx, item) => put(keys, tx, item),
    keep: (tx, item) => void keep(keys, tx, item),
    // INVARIANT: the tag says that we wrote it, from a JsonValue.
    get: (id) => JSON.parse(openItem(keys, query, id).text) as JsonValue,
    salt: (subject, id, field) => saltOf(needKey(keys, query, subject), id, field),
    salts: (subject, id, field, count) => saltsOf(needKey(keys, query, subject), { id, field, count }),
    opening(id, field = defaultField) {
      const { key, text } = openItem(keys, query, id)
      return { salt: saltOf(key, id, field), value: text }
    },
    remove: (tx, id) => void tx.run("DELETE FROM vault WHERE id = ?", [id]),
    async forget(ids, also) {
      await parts.commit((tx) => {
        for (const id of ids) tx.run("DELETE FROM vault WHERE id = ?", [id])
        keys.leavesTraces()
        also?.(tx)
      })
      if (log.fault !== null) throw leftTraces(log.fault)
    },
    sealRow(tx, { subject, name, text }) {
      const { nonce, body } = seal(
        keys.ensure(tx, checkedName(subject)).data,
        boxName(`row/${name}`, subject),
        Buffer.from(text),
      )
      return Buffer.concat([nonce, body])
    },
    openRow: (row) => openRow(keys, query, row),
    cutLog: parts.truncateLog,
    async erase(subjects, also) {
      await parts.commit((tx) => {
        for (const subject of [subjects].flat()) {
          parts.blankRows(tx, subject)
          erase(keys, tx, subject)
        }
        also?.(tx)
      })
      if (log.fault !== null) throw leftTraces(log.fault)
    },
  }
  return { vault, participant: participantOf(keys, log) }
}

function put(keys: SubjectKeys, tx: Tx, { id, subject, value, field = defaultField }: VaultItem): string {
  const text = canonicalize(value)
  const key = keep(keys, tx, { id, subject, text })
  return commitNatively(saltOf(key, id, field), text)
}

function keep(
  keys: SubjectKeys,
  tx: Tx,
  { id, subject, text, once = false }: Parameters<Vault["keep"]>[1],
): SubjectKey {
  const bytes = Buffer.from(text)
  if (bytes.length > maxValueBytes) {
    throw new Failure("too_large", `what is kept is longer than ${maxValueBytes} bytes: send less`)
  }
  const key = keys.ensure(tx, checkedName(subject))
  const name = checkedName(id)
  if (once && tx.query("SELECT 1 FROM vault WHERE id = ?", [name]).length > 0) return key
  insert(tx, { id: name, subject, sealed: seal(key.data, boxName(id, subject), bytes) })
  return key
}

function openRow(
  keys: SubjectKeys,
  query: Query,
  { subject, name, bytes }: Parameters<Vault["openRow"]>[0],
): string | undefined {
  const key = keys.find(query, subject)
  if (key === undefined) return undefined
  try {
    const sealed = { nonce: bytes.subarray(0, nonceBytes), body: bytes.subarray(nonceBytes) }
    return unseal(key.data, boxName(`row/${name}`, subject), sealed).toString("utf8")
  } catch (error) {
    throw new Failure("vault_damaged", `the row \`${name}\` does not open: restore a backup`, {
      cause: error,
    })
  }
}

function erase(keys: SubjectKeys, tx: Tx, subject: string): void {
  tx.run("DELETE FROM vault WHERE subject = ?", [subject])
  keys.erase(tx, subject)
}

interface ItemRow extends Sealed {
  readonly subject: string
}

function openItem(keys: SubjectKeys, query: Query, id: string): { key: SubjectKey; text: string } {
  const [row] = query<ItemRow>("SELECT subject, nonce, body FROM vault WHERE id = ?", [id])
  if (row === undefined) {
    throw new Failure("not_found", `the vault has no \`${id}\`: it was erased or never kept`)
  }
  const key = needKey(keys, query, row.subject)
  try {
    return { key, text: unseal(key.data, boxName(id, row.subject), row).toString("utf8") }
  } catch (error) {
    throw new Failure("vault_damaged", `the vault's \`${id}\` does not open: restore a backup`, {
      cause: error,
    })
  }
}

function needKey(keys: SubjectKeys, query: Query, subject: string): SubjectKey {
  const key = keys.find(query, subject)
  if (key !== undefined) return key
  throw new Failure("not_found", `the vault has no key of \`${subject}\`: it was erased or never enrolled`)
}

/** The salts of one item come from one secret of its own, so that an action with four commitments costs one HMAC. */
const itemSecrets = new WeakMap<SubjectKey, Map<string, string>>()
const maxItemSecrets = 64

function saltOf(key: SubjectKey, id: string, field: string): Uint8Array {
  return digestOf(`hufu-salt/1\0${itemSecret(key, id)}\0${field}`)
}

/** One call for all: every action makes some. The parts of an extendable output tell nothing of each other. */
function saltsOf(
  key: SubjectKey,
  { id, field, count }: { id: string; field: string; count: number },
): Uint8Array[] {
  const all = hash("shake256", `hufu-salts/1\0${itemSecret(key, id)}\0${field}`, {
    outputEncoding: "buffer",
    outputLength: count * SALT_BYTES,
  })
  return Array.from({ length: count }, (_, at) => all.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES))
}

function itemSecret(key: SubjectKey, id: string): string {
  const known = itemSecrets.get(key) ?? new Map<string, string>()
  const found = known.get(id)
  if (found !== undefined) return found
  if (known.size >= maxItemSecrets) known.clear()
  const secret = createHmac("sha256", key.salt).update(id).digest("hex")
  itemSecrets.set(key, known.set(id, secret))
  return secret
}

/** Cuts the log beside the database; `fault` is why that failed after the last erasure. */
interface Log {
  readonly truncate: () => void
  fault: unknown
}

function participantOf(keys: SubjectKeys, log: Log): Participant {
  return {
    mark: () => keys.mark(),
    rewind: (mark) => keys.rewind(mark),
    prepare: () => {},
    committed() {
      if (!keys.settle(true)) return
      // The log beside the database still holds the erased pages until it is folded in and cut.
      try {
        log.truncate()
        log.fault = null
      } catch (error) {
        log.fault = error
      }
    },
    aborted: () => void keys.settle(false),
  }
}

function leftTraces(cause: unknown): Failure {
  return new Failure(
    "store_unavailable",
    "the subject is erased, but the log beside the database holds traces that could not be cut: make room, end what else reads the database, and erase it again",
    { cause },
  )
}

function insert(tx: Tx, { id, subject, sealed }: { id: string; subject: string; sealed: Sealed }): void {
  try {
    const { nonce, body } = sealed
    tx.run(journaled.vault, [id, subject, nonce, body])
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new Failure("already_exists", `the vault has \`${id}\` already: keep the new value under a new id`)
  }
}

// A NUL would let two names read as one where they are joined.
function checkedName(name: string): string {
  if (name.length > 0 && name.length <= maxNameLength && !name.includes("\0")) return name
  throw new Failure(
    "invalid_input",
    `a name in the vault has 1 to ${maxNameLength} characters: choose another`,
  )
}

function boxName(id: string, subject: string): string {
  return `hufu-vault/1\0${id}\0${subject}`
}
