/**
 * Cedar's values as plain JavaScript: booleans, longs, strings, arrays for sets, plain objects for records,
 * and tagged objects for entity uids and extension values.
 */

/** The tag that tells entity uids and extension values from records; a symbol, so no outside data can forge it. */
export const kind: unique symbol = Symbol("cedar.kind")

/** A fact that is not known yet: any value, or, for an attribute, none. */
export const UNKNOWN: unique symbol = Symbol("cedar.unknown")

/** A 64-bit integer. INVARIANT: a number while it is a safe integer, a bigint only beyond, so `===` compares. */
export type Long = number | bigint

/** The name of an entity: its type, its id, and one string that is unique to both. */
export interface EntityUid {
  readonly [kind]: "entity"
  readonly type: string
  readonly id: string
  readonly key: string
}

export interface Decimal {
  readonly [kind]: "decimal"
  /** Ten-thousandths. */
  readonly value: bigint
}

export interface Datetime {
  readonly [kind]: "datetime"
  /** Milliseconds since 1970. */
  readonly value: bigint
}

export interface Duration {
  readonly [kind]: "duration"
  /** Milliseconds. */
  readonly value: bigint
}

export interface IpRange {
  readonly [kind]: "ip"
  readonly bits: 32 | 128
  readonly address: bigint
  readonly prefix: number
}

export type Extension = Decimal | Datetime | Duration | IpRange

export type CedarSet = readonly CedarValue[]

export interface CedarRecord {
  readonly [kind]?: never
  readonly [name: string]: CedarValue
}

export type CedarValue =
  | boolean
  | Long
  | string
  | typeof UNKNOWN
  | EntityUid
  | Extension
  | CedarSet
  | CedarRecord

/** The uid of an entity; `key` is injective because a type name never holds a quote. */
export function entityUid(type: string, id: string): EntityUid {
  return { [kind]: "entity", type, id, key: `${type}::"${id}"` }
}

/** Whether a value is the uid of an entity. */
export function isEntityUid(value: unknown): value is EntityUid {
  return typeof value === "object" && value !== null && kind in value && value[kind] === "entity"
}

/** Whether a value is a set; narrows where `Array.isArray` would not, because sets are read-only. */
export function isCedarSet(value: unknown): value is CedarSet {
  return Array.isArray(value)
}

/** Whether an object value is a record: not a set, not tagged. */
export function isCedarRecord(value: unknown): value is CedarRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(kind in value)
}
