import { type IpRange, kind } from "./cedar-value.ts"

/** Reads Cedar's ip: an IPv4 or IPv6 address, optionally with a prefix length; undefined when it is not one. */
export function parseIp(text: string): IpRange | undefined {
  // The longest form: eight groups of four, seven colons, a slash and three digits.
  if (text.length > 43) return undefined
  const slash = text.indexOf("/")
  const host = slash < 0 ? text : text.slice(0, slash)
  const four = parseFour(host)
  const address = four ?? parseSix(host)
  if (address === undefined) return undefined
  const bits = four === undefined ? 128 : 32
  const prefix = slash < 0 ? bits : parsePrefix(text.slice(slash + 1), bits)
  return prefix === undefined ? undefined : { [kind]: "ip", bits, address, prefix }
}

function parsePrefix(text: string, bits: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined
  const prefix = Number(text)
  return prefix > bits ? undefined : prefix
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".")
  if (parts.length !== 4) return undefined
  let address = 0n
  for (const part of parts) {
    // A leading zero could mean octal elsewhere, so it is refused.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    address = address * 256n + BigInt(part)
  }
  return address
}

function parseSix(text: string): bigint | undefined {
  const gap = text.indexOf("::")
  if (gap < 0) return joinGroups(text.split(":"))
  const head = gap === 0 ? [] : text.slice(0, gap).split(":")
  const tail = text.length === gap + 2 ? [] : text.slice(gap + 2).split(":")
  const missing = 8 - head.length - tail.length
  if (missing < 1) return undefined
  return joinGroups([...head, ...Array.from({ length: missing }, () => "0"), ...tail])
}

function joinGroups(groups: readonly string[]): bigint | undefined {
  if (groups.length !== 8) return undefined
  let address = 0n
  for (const group of groups) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    address = address * 65_536n + BigInt(`0x${group}`)
  }
  return address
}

/** Whether every address of a range is also in another range of the same family. */
export function isWithin(inner: IpRange, outer: IpRange): boolean {
  if (inner.bits !== outer.bits || inner.prefix < outer.prefix) return false
  const shift = BigInt(outer.bits - outer.prefix)
  return inner.address >> shift === outer.address >> shift
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(range: IpRange): boolean {
  if (range.bits === 32) return range.prefix >= 8 && range.address >> 24n === 127n
  return range.prefix === 128 && range.address === 1n
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(range: IpRange): boolean {
  if (range.bits === 32) return range.prefix >= 4 && range.address >> 28n === 14n
  return range.prefix >= 8 && range.address >> 120n === 255n
}
