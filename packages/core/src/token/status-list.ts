import { z } from "zod"
import { fromBase64Url, toBase64Url } from "../evidence/base64.ts"
import type { Sign } from "../evidence/ed25519.ts"
import { type Ed25519Jwk, keyOf } from "./ed25519-jwk.ts"
import { inflateBounded, deflate } from "./zlib.ts"
import { isSignedBy, parseJws, signJws } from "./jws.ts"

/** Token Status List (draft-ietf-oauth-status-list-21). */
export const statusListRevision = "draft-ietf-oauth-status-list-21"
export const statusListType = "statuslist+jwt"
export const statusListMediaType = "application/statuslist+jwt"

/** What a list says of one token. */
export const statuses = { valid: 0, invalid: 1, suspended: 2 } as const
export type StatusKnown = keyof typeof statuses | "unknown"

/** Bits of each status, and the packed list. */
export interface StatusList {
  readonly bits: 1 | 2 | 4 | 8
  readonly bytes: Uint8Array
}

const maxListBytes = 1024 * 1024
const maxTokenBytes = 1024 * 1024

const Packed = z.object({
  bits: z.literal([1, 2, 4, 8]),
  lst: z.string().max(maxTokenBytes),
})

const Seconds = z.int().min(0).max(8_640_000_000_000)
const ListClaims = z.object({
  sub: z.string().max(2000),
  iat: Seconds,
  exp: Seconds.optional(),
  ttl: z.int().positive().max(31_536_000).optional(),
  status_list: Packed,
})

/** The status at a place of a list; undefined beyond its end. */
export function statusAt({ bits, bytes }: StatusList, idx: number): number | undefined {
  const perByte = 8 / bits
  const byte = bytes[Math.floor(idx / perByte)]
  return byte === undefined ? undefined : (byte >> ((idx % perByte) * bits)) & ((1 << bits) - 1)
}

/** Packs statuses, the first in the lowest bits of the first byte. */
export function packStatuses(bits: StatusList["bits"], values: readonly number[]): StatusList {
  const perByte = 8 / bits
  const bytes = new Uint8Array(Math.ceil(values.length / perByte))
  for (const [idx, value] of values.entries()) {
    const at = Math.floor(idx / perByte)
    bytes[at] = (bytes[at] ?? 0) | (value << ((idx % perByte) * bits))
  }
  return { bits, bytes }
}

/** The list of a `status_list` member; undefined for what is none. UNTRUSTED input. */
export async function readPackedList(member: unknown): Promise<StatusList | undefined> {
  const packed = Packed.safeParse(member).data
  if (packed === undefined) return undefined
  try {
    const bytes = await inflateBounded(fromBase64Url(packed.lst), maxListBytes)
    return bytes && { bits: packed.bits, bytes }
  } catch {
    return undefined
  }
}

export async function packList({ bits, bytes }: StatusList): Promise<z.infer<typeof Packed>> {
  return { bits, lst: toBase64Url(await deflate(bytes)) }
}

/** A list that was signed by whom the verifier trusts for it. */
export interface KnownList extends StatusList {
  readonly uri: string
  /** Until when it may be relied upon, in seconds since 1970. */
  readonly freshUntil: number
}

/** How long a list that does not say so is relied upon. */
const defaultTtlSeconds = 60

/**
 * Reads a status list token; undefined unless it is of this address and by this key. UNTRUSTED input.
 *
 * @param uri where it was fetched
 */
export async function readStatusList(
  token: string,
  { uri, key }: { readonly uri: string; readonly key: Ed25519Jwk },
): Promise<KnownList | undefined> {
  const jws = parseJws(token, maxTokenBytes)
  const claims = ListClaims.safeParse(jws?.payload).data
  if (jws === undefined || claims === undefined || claims.sub !== uri) return undefined
  if (!(await isSignedBy(jws, statusListType, keyOf(key)))) return undefined
  const list = await readPackedList(claims.status_list)
  const ttl = claims.iat + (claims.ttl ?? defaultTtlSeconds)
  return list && { ...list, uri, freshUntil: Math.min(ttl, claims.exp ?? ttl) }
}

/** What the lists that a verifier has read say; `unknown` for what is stale, missing, beyond the end or not a status that it knows. */
export function statusFrom(
  lists: readonly KnownList[],
  now: number,
): (uri: string, idx: number) => StatusKnown {
  return (uri, idx) => {
    const list = lists.find((each) => each.uri === uri && now < each.freshUntil)
    const value = list && statusAt(list, idx)
    const known = Object.entries(statuses).find(([, each]) => each === value)
    // The names are the table's own.
    return (known?.[0] as keyof typeof statuses | undefined) ?? "unknown"
  }
}

/** Signs a list for an address. */
export async function makeStatusList(
  list: StatusList,
  { uri, at, ttlSeconds }: { readonly uri: string; readonly at: number; readonly ttlSeconds: number },
  sign: Sign,
): Promise<string> {
  const payload = {
    sub: uri,
    iat: at,
    exp: at + ttlSeconds,
    ttl: ttlSeconds,
    status_list: await packList(list),
  }
  return signJws(statusListType, payload, sign)
}
