import { createHash, type KeyObject } from "node:crypto"
import { isIPv4 } from "node:net"
import { oids } from "./object-identifiers.ts"
import { bitsOf, childrenOf, readDer } from "./read-der.ts"
import { spkiOf } from "./suite-keys.ts"
import {
  boolean,
  context,
  integer,
  namedBits,
  nothing,
  octets,
  oid,
  sequence,
  tagged,
  tags,
} from "./write-der.ts"

/** One extension (RFC 5280 §4.1). */
export function extension(id: string, value: Uint8Array, { critical = false } = {}): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))
}

export function basicConstraints(of: { ca: false } | { ca: true; below: number | null }): Uint8Array {
  const parts = of.ca ? [boolean(true), ...(of.below === null ? [] : [integer(of.below)])] : []
  return extension(oids.basicConstraints, sequence(...parts), { critical: true })
}

/** The bits of RFC 5280 §4.2.1.3 by name. */
const usages = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, crlSign: 6 } as const

export function keyUsage(...of: readonly (keyof typeof usages)[]): Uint8Array {
  return extension(oids.keyUsage, namedBits(of.map((name) => usages[name])), { critical: true })
}

export function extendedKeyUsage(purpose: string): Uint8Array {
  return extension(oids.extendedKeyUsage, sequence(oid(purpose)), { critical: true })
}

/** The key's bits alone, without what says of which kind it is. */
export function keyBits(key: KeyObject): Uint8Array {
  return bitsOf(childrenOf(readDer(spkiOf(key)), tags.sequence)[1])
}

/** RFC 7093 §2 (1): the leftmost 160 bits of the SHA-256 of the key's bits. */
export function keyIdentifier(key: KeyObject): Uint8Array {
  return createHash("sha256").update(keyBits(key)).digest().subarray(0, 20)
}

export function subjectKeyIdentifier(key: KeyObject): Uint8Array {
  return extension(oids.subjectKeyIdentifier, octets(keyIdentifier(key)))
}

export function authorityKeyIdentifier(key: KeyObject): Uint8Array {
  return extension(
    oids.authorityKeyIdentifier,
    sequence(context(0, { constructed: false }, keyIdentifier(key))),
  )
}

export interface AltNames {
  readonly uri: readonly string[]
  readonly dns: readonly string[]
  readonly ip: readonly string[]
}

export function subjectAltName({ uri, dns, ip }: AltNames): Uint8Array {
  const name = (number: number, bytes: Uint8Array) => tagged(0x80 | number, bytes)
  return extension(
    oids.subjectAltName,
    sequence(
      ...uri.map((each) => name(6, Buffer.from(each, "ascii"))),
      ...dns.map((each) => name(2, Buffer.from(each, "ascii"))),
      ...ip.map((each) => name(7, addressBytes(each))),
    ),
  )
}

export function crlDistributionPoint(url: string): Uint8Array {
  const full = context(0, { constructed: true }, uriName(url))
  return extension(oids.crlDistributionPoints, sequence(sequence(context(0, { constructed: true }, full))))
}

export function authorityInfoAccess({ ocsp, issuer }: { ocsp?: string; issuer: string }): Uint8Array {
  const access = (method: string, url: string) => sequence(oid(method), uriName(url))
  return extension(
    oids.authorityInfoAccess,
    sequence(...(ocsp === undefined ? [] : [access(oids.ocsp, ocsp)]), access(oids.caIssuers, issuer)),
  )
}

/** Nobody asks whether what answers such questions was revoked (RFC 6960 §4.2.2.2.1): it lives short. */
export function ocspNoCheck(): Uint8Array {
  return extension(oids.ocspNoCheck, nothing())
}

function uriName(url: string): Uint8Array {
  return context(6, { constructed: false }, Buffer.from(url, "ascii"))
}

/** The bytes of an address that is one. */
export function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split(".").map(Number))
  // The URL parser writes every spelling of an address in one way.
  const { hostname } = new URL(`http://[${address}]/`)
  const [head = "", tail] = hostname.slice(1, -1).split("::")
  const groups = (text: string) =>
    text === "" ? [] : text.split(":").map((each) => Number.parseInt(each, 16))
  const [before, after] = [groups(head), groups(tail ?? "")]
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => 0)
  const bytes = [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff])
  return Uint8Array.from(bytes)
}
