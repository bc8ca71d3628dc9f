import { hash } from "node:crypto"

/** A name that looks like every other one (RFC 9562 §5.8, version 8) and follows from these words. */
export function uuidOf(words: readonly string[]): string {
  const hex = hash("sha256", JSON.stringify(words))
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-")
}
