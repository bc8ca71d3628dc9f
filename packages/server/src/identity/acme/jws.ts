import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto"
import { fromBase64Url } from "@hufu/core/evidence/base64"
import { isFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { suiteOf } from "../x509/suite-keys.ts"
import { AcmeProblem } from "./acme-problem.ts"

const Part = z
  .string()
  .regex(/^[A-Za-z0-9_-]*$/)
  .max(48_000)

/** A flattened JWS (RFC 7515 §7.2.2); the two members that RFC 8555 §6.2 forbids are not in it. */
export const FlatJws = z.strictObject({ protected: Part.min(1), payload: Part, signature: Part })
export type FlatJws = z.infer<typeof FlatJws>

const Text = z.string().min(1).max(700)
/** A public key, its private half refused, with nothing that means something else to somebody else. */
export const AccountJwk = z.discriminatedUnion("kty", [
  z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: Text }),
  z.strictObject({ kty: z.literal("EC"), crv: z.literal("P-256"), x: Text, y: Text }),
  z.strictObject({ kty: z.literal("RSA"), n: Text, e: Text }),
])
export type AccountJwk = z.infer<typeof AccountJwk>

const Header = z.object({
  alg: z.string().max(20),
  nonce: z.string().max(200).optional(),
  url: z.string().max(2000).optional(),
  jwk: z.unknown().optional(),
  kid: z.string().max(2000).optional(),
  crit: z.unknown().optional(),
  b64: z.unknown().optional(),
})

export interface ReadJws {
  readonly jws: FlatJws
  readonly alg: string
  readonly nonce: string | undefined
  readonly url: string | undefined
  readonly jwk: AccountJwk | undefined
  readonly kid: string | undefined
  /** Empty for what only asks (RFC 8555 §6.3). */
  readonly payload: Uint8Array
}

/** How each algorithm is checked, and with keys of which kind. */
const algorithms: Readonly<Record<string, { hash: string | null; suites: readonly string[] }>> = {
  EdDSA: { hash: null, suites: ["ed25519"] },
  Ed25519: { hash: null, suites: ["ed25519"] },
  ES256: { hash: "sha256", suites: ["p-256"] },
  RS256: { hash: "sha256", suites: ["rsa-2048", "rsa-3072", "rsa-4096"] },
  RS384: { hash: "sha384", suites: ["rsa-2048", "rsa-3072", "rsa-4096"] },
  RS512: { hash: "sha512", suites: ["rsa-2048", "rsa-3072", "rsa-4096"] },
}

/** UNTRUSTED: a signed request, not checked yet. */
export function readJws(value: unknown): ReadJws {
  const jws = FlatJws.safeParse(value).data
  if (jws === undefined)
    throw malformed("send a flattened JWS: `protected`, `payload` and `signature`, and nothing else")
  const parsed = Header.safeParse(jsonOf(decoded(jws.protected), "the protected header")).data
  if (parsed === undefined) throw malformed("the protected header has no `alg`")
  const { alg, nonce, url, kid, jwk, crit, b64 } = parsed
  if (crit !== undefined || b64 !== undefined)
    throw malformed("the protected header asks for extensions: none is supported")
  const key = jwk === undefined ? undefined : AccountJwk.safeParse(jwk).data
  if (jwk !== undefined && key === undefined)
    throw new AcmeProblem(
      "UNSUPPORTED_ALGORITHM",
      "the key is no public key of Ed25519, P-256 or RSA: use one of these",
    )
  return { jws, alg, nonce, url, jwk: key, kid, payload: decoded(jws.payload) }
}

/** UNTRUSTED: a payload as an object of this shape. */
export function payloadAs<T>(schema: z.ZodType<T>, payload: Uint8Array): T {
  const parsed = schema.safeParse(jsonOf(payload, "the payload"))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path.join("/") ?? ""
  throw malformed(`correct \`${at === "" ? "the payload" : at.slice(0, 80)}\` in the payload`)
}

/** A key for checking; throws AcmeProblem for every key that is not taken here. */
export function publicKeyOf(jwk: AccountJwk): KeyObject {
  try {
    // The members of a JWK by the names that Node knows.
    const key = createPublicKey({ key: { ...jwk } as JsonWebKey, format: "jwk" })
    if (suiteOf(key) !== undefined) return key
  } catch (cause) {
    throw new AcmeProblem("UNSUPPORTED_ALGORITHM", "the key cannot be read: make another", { cause })
  }
  throw new AcmeProblem(
    "UNSUPPORTED_ALGORITHM",
    "RSA keys have 2048, 3072 or 4096 bits and an ordinary exponent: make another",
  )
}

/** Throws BAD_SIGNATURE unless the key signed it, by an algorithm of that very key. */
export function requireSigned({ jws, alg }: Pick<ReadJws, "jws" | "alg">, key: KeyObject): void {
  const algorithm = algorithms[alg]
  if (algorithm === undefined)
    throw new AcmeProblem(
      "UNSUPPORTED_ALGORITHM",
      `sign by one of ${Object.keys(algorithms).join(", ")}, as your key is`,
      { members: { algorithms: Object.keys(algorithms) } },
    )
  const isKeys = algorithm.suites.includes(suiteOf(key) ?? "")
  const input = Buffer.from(`${jws.protected}.${jws.payload}`, "ascii")
  const isSigned =
    isKeys && verify(algorithm.hash, input, { key, dsaEncoding: "ieee-p1363" }, decoded(jws.signature))
  if (!isSigned)
    throw new AcmeProblem("BAD_SIGNATURE", "the signature is not that of the key: sign the request anew")
}

/** RFC 7638: a key's own digest, whatever order its members stand in. */
export function thumbprintOf(jwk: AccountJwk): string {
  const entries = Object.entries(jwk).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(entries)))
    .digest("hex")
}

/** UNTRUSTED: the bytes of one spelling of base64url. */
export function decoded(text: string): Uint8Array {
  try {
    return fromBase64Url(text)
  } catch (error) {
    if (isFailure(error)) throw malformed("a part is no base64url without padding")
    throw error
  }
}

function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    return parseStrict(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw new AcmeProblem("MALFORMED", `${what} is no JSON: send it anew`, { cause })
  }
}

function malformed(detail: string): AcmeProblem {
  return new AcmeProblem("MALFORMED", detail)
}
