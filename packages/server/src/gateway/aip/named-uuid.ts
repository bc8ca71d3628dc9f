import { hash } from "node:crypto"

/** The one UUID that follows from these names, in this order (RFC 9562 §5.8). */
export function namedUuid(...names: readonly string[]): string {
  const hex = hash("sha256", ["hufu-aip/1", ...names].join("\0"), "hex")
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-")
}
