import { createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import { Failure, isFailure } from "@hufu/core/failure"
import type { SqlValue } from "../store/sqlite-connection.ts"
import type { Tx } from "../store/store.ts"
import { seal, unseal } from "./sealed-box.ts"

const nonceBytes = 12
const keyBytes = 32
const maxCached = 4_096

/** The two keys of one subject: what is kept of it dies with them. Key objects, because raw bytes are imported anew at each use. */
export interface SubjectKey {
  readonly data: KeyObject
  readonly salt: KeyObject
}

/** Reads rows through one connection. */
export type Query = <R>(sql: string, params?: readonly SqlValue[]) => R[]

/** Subject keys, wrapped in the database and unwrapped in a bounded cache. */
export class SubjectKeys {
  readonly #wrapping: KeyObject
  readonly #cache = new Map<string, SubjectKey>()
  /** Created in the batch that is being assembled; forgotten when their unit is rolled back. */
  readonly #fresh: string[] = []
  /** Erased in that batch: other connections still see them, so they may not be cached again. */
  readonly #erasing = new Set<string>()

  #hasDeleted = false

  constructor(wrapping: KeyObject) {
    this.#wrapping = wrapping
  }

  /** The subject's key as a connection sees it; undefined when it has none. */
  find(query: Query, subject: string): SubjectKey | undefined {
    const cached = this.#cache.get(subject)
    if (cached !== undefined) return cached
    const [row] = query<WrappedKey>("SELECT subject, wrapped FROM vault_key WHERE subject = ?", [subject])
    if (row === undefined) return undefined
    const key = unwrap(this.#wrapping, row)
    if (!this.#erasing.has(subject)) this.#remember(subject, key)
    return key
  }

  /** The subject's key, made in this unit of work if it has none. */
  ensure(tx: Tx, subject: string): SubjectKey {
    const known = this.find((sql, params) => tx.query(sql, params), subject)
    if (known !== undefined) return known
    const both = randomBytes(2 * keyBytes)
    const key = split(both)
    tx.run("INSERT INTO vault_key (subject, wrapped) VALUES (?, ?)", [
      subject,
      wrap(this.#wrapping, subject, key),
    ])
    this.#fresh.push(subject)
    return this.#remember(subject, key)
  }

  /** Deletes the subject's key in this unit of work. */
  erase(tx: Tx, subject: string): void {
    tx.run("DELETE FROM vault_key WHERE subject = ?", [subject])
    this.#erasing.add(subject)
    this.#cache.delete(subject)
  }

  /** Values are deleted in this batch whose keys stay. */
  leavesTraces(): void {
    this.#hasDeleted = true
  }

  mark(): number {
    return this.#fresh.length
  }

  rewind(mark: number): void {
    for (const subject of this.#fresh.splice(mark)) this.#cache.delete(subject)
  }

  /** The batch is on the disk or gone; says whether it erased anything. */
  settle(committed: boolean): boolean {
    if (!committed) this.rewind(0)
    const hasErased = committed && (this.#erasing.size > 0 || this.#hasDeleted)
    this.#hasDeleted = false
    this.#fresh.length = 0
    this.#erasing.clear()
    return hasErased
  }

  #remember(subject: string, key: SubjectKey): SubjectKey {
    if (this.#cache.size >= maxCached) {
      for (const oldest of this.#cache.keys()) {
        this.#cache.delete(oldest)
        break
      }
    }
    this.#cache.set(subject, key)
    return key
  }
}

/** A subject's key as the database keeps it. */
export interface WrappedKey {
  readonly subject: string
  readonly wrapped: Uint8Array
}

/**
 * INVARIANT: from the commit on in which the rows of the tables got their proofs, every key is wrapped as `proven`. Only the vault's key
 * makes either, so that nobody else can give a folder the look of one whose rows have no proofs yet.
 */
export type WrapForm = "unproven" | "proven"

/** In which form a subject's key opens; undefined when it opens in none. */
export function formOf(wrapping: KeyObject, key: WrappedKey): WrapForm | undefined {
  return (["proven", "unproven"] as const).find((form) => opens(wrapping, key, form))
}

function opens(wrapping: KeyObject, key: WrappedKey, form: WrapForm): boolean {
  try {
    unwrap(wrapping, key, form)
    return true
  } catch (error) {
    if (isFailure(error, "vault_damaged")) return false
    throw error
  }
}

/** A subject's key, encrypted for the database. */
export function wrap(wrapping: KeyObject, subject: string, { data, salt }: SubjectKey): Buffer {
  const { nonce, body } = seal(wrapping, wrapName(subject), Buffer.concat([data.export(), salt.export()]))
  return Buffer.concat([nonce, body])
}

/** Unwraps a subject's key; throws when the wrapping key is another or a bit differs. */
export function unwrap(
  wrapping: KeyObject,
  { subject, wrapped }: WrappedKey,
  form: WrapForm = "proven",
): SubjectKey {
  try {
    const sealed = { nonce: wrapped.subarray(0, nonceBytes), body: wrapped.subarray(nonceBytes) }
    return split(unseal(wrapping, wrapName(subject, form), sealed))
  } catch (error) {
    throw new Failure("vault_damaged", `the vault's key of \`${subject}\` does not open: restore a backup`, {
      cause: error,
    })
  }
}

function split(both: Uint8Array): SubjectKey {
  return {
    data: createSecretKey(both.subarray(0, keyBytes)),
    salt: createSecretKey(both.subarray(keyBytes, 2 * keyBytes)),
  }
}

function wrapName(subject: string, form: WrapForm = "proven"): string {
  return `hufu-vault-key/${form === "proven" ? 2 : 1}\0${subject}`
}
