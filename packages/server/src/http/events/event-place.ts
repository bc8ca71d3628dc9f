import { toHex } from "@hufu/core/evidence/hex"
import type { Ledger } from "../../ledger/ledger.ts"

/** Up to where a follower was told: `told` events of the entry at `index`, and all of the entries before it. */
export interface EventPlace {
  readonly index: number
  readonly told: number
}

const shape = /^(\d{1,15})\.(\d{1,3})\.([0-9a-f]{16})$/

/** The id of a place: it holds the entry's own hash, so that it means nothing in another ledger, or after a restored one grew apart. */
export function placeId({ index, told }: EventPlace, hash: Uint8Array): string {
  return `${index}.${told}.${toHex(hash.subarray(0, 8))}`
}

/** UNTRUSTED: the place that an id names in this ledger; undefined when it names none. */
export function readPlace(id: string, ledger: Pick<Ledger, "entry" | "size">): EventPlace | undefined {
  const [, index = "", told = "", hash = ""] = shape.exec(id) ?? []
  const place = { index: Number(index), told: Number(told) }
  if (hash === "" || place.index >= ledger.size()) return undefined
  return toHex(ledger.entry(place.index).hash.subarray(0, 8)) === hash ? place : undefined
}
