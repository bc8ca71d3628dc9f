import { z } from "zod"
import { type IdKind, idPrefixes } from "./id-prefixes.ts"

/** What the ids of one kind that were made before a moment sort below. */
export function idBefore(kind: IdKind, atMs: number): string {
  return `${idPrefixes[kind]}_${timeText(atMs)}`
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford base32, lower case

/**
 * A fresh id: prefix, 48 bits of time (so that ids sort by age) and 80 random bits.
 *
 * @param atMs milliseconds since 1970, from the caller's clock
 */
export function newId(kind: IdKind, atMs: number): string {
  const random = freshBytes()
  let text = timeText(atMs)
  for (const byte of random) text += alphabet[byte & 31]
  return `${idPrefixes[kind]}_${text}`
}

function timeText(atMs: number): string {
  let text = ""
  let time = atMs
  for (let i = 0; i < 10; i++) {
    text = alphabet[time % 32] + text
    time = Math.floor(time / 32)
  }
  return text
}

/** When an id was made, in milliseconds since 1970; undefined for what `newId` did not make. */
export function timeOfId(id: string): number | undefined {
  const letters = /^[a-z]{3}_([0-9a-hj-kmnp-tv-z]{10})[0-9a-hj-kmnp-tv-z]{16}$/.exec(id)?.[1]
  if (letters === undefined) return undefined
  let time = 0
  for (const letter of letters) time = time * 32 + alphabet.indexOf(letter)
  return time
}

/** A schema for ids of one kind. */
export function idSchema(kind: IdKind) {
  return z.string().regex(new RegExp(`^${idPrefixes[kind]}_[0-9a-z]{8,32}$`))
}

/** A name that a person gives to an agent or a server: it stands in commands, URLs and rules. */
export const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
  message: "a name is 1 to 63 of a-z, 0-9, dot, dash and underscore, starting with a letter or digit",
})

/** Drawn for many ids at once: each draw costs more than the rest of an id. */
const pool = new Uint8Array(16 * 64)
let drawn = pool.length

function freshBytes(): Uint8Array {
  if (drawn >= pool.length) {
    crypto.getRandomValues(pool)
    drawn = 0
  }
  drawn += 16
  return pool.subarray(drawn - 16, drawn)
}
