import { z } from "zod"
import { fromBase64Url, toBase64Url } from "../evidence/base64.ts"
import { type Sign, verifyEd25519 } from "../evidence/ed25519.ts"
import { isFailure } from "../failure.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { parseStrict } from "../json/strict-parse.ts"

/** A compact JWS (RFC 7515) of which nothing is believed yet. */
export interface ParsedJws {
  readonly header: JsonValue
  readonly payload: JsonValue
  /** What was signed. */
  readonly signed: string
  readonly signature: Uint8Array
}

const maxDepth = 24

/** Reads a compact JWS; undefined for whatever is not exactly one. UNTRUSTED input. */
export function parseJws(text: string, maxBytes: number): ParsedJws | undefined {
  if (text.length > maxBytes) return undefined
  const [header, payload, signature, ...rest] = text.split(".")
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
    return undefined
  try {
    return {
      header: readPart(header),
      payload: readPart(payload),
      signed: `${header}.${payload}`,
      signature: fromBase64Url(signature),
    }
  } catch (error) {
    if (isFailure(error) || error instanceof TypeError) return undefined
    throw error
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

function readPart(part: string): JsonValue {
  return parseStrict(strictUtf8.decode(fromBase64Url(part)), { maxDepth })
}

/**
 * Whether a JWS has exactly this header and an Ed25519 signature by this key. A header with more in it is refused: an algorithm, a key or an
 * extension that the sender names is never followed.
 */
export async function isSignedBy(jws: ParsedJws, type: string, publicKey: Uint8Array): Promise<boolean> {
  const header = z.strictObject({ alg: z.literal("EdDSA"), typ: z.literal(type) }).safeParse(jws.header)
  return header.success && verifyEd25519(publicKey, new TextEncoder().encode(jws.signed), jws.signature)
}

/** Makes a compact JWS with a header of just these two members. */
export function signJws(type: string, payload: JsonObject, sign: Sign): string {
  const encode = (value: JsonObject) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))
  const signed = `${encode({ alg: "EdDSA", typ: type })}.${encode(payload)}`
  return `${signed}.${toBase64Url(sign(new TextEncoder().encode(signed)))}`
}
