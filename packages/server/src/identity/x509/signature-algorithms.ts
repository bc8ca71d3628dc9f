import type { KeySuite } from "@hufu/core/identity/key-suite"
import { oids } from "./object-identifiers.ts"
import { nothing, oid, sequence } from "./write-der.ts"

/** One way to sign, as certificates name it. */
export interface SignatureAlgorithm {
  readonly oid: string
  /** As `node:crypto` names it; null where the key says it. */
  readonly hash: string | null
  /** Whether a NULL stands beside the identifier (RFC 4055 §5). */
  readonly hasNull: boolean
  /** Of which keys. */
  readonly suites: readonly KeySuite[]
}

const rsa = ["rsa-2048", "rsa-3072", "rsa-4096"] as const

export const signatureAlgorithms: readonly SignatureAlgorithm[] = [
  { oid: oids.ed25519, hash: null, hasNull: false, suites: ["ed25519"] },
  { oid: oids.ecdsaWithSha256, hash: "sha256", hasNull: false, suites: ["p-256"] },
  { oid: oids.ecdsaWithSha384, hash: "sha384", hasNull: false, suites: ["p-256"] },
  { oid: oids.ecdsaWithSha512, hash: "sha512", hasNull: false, suites: ["p-256"] },
  { oid: oids.rsaWithSha256, hash: "sha256", hasNull: true, suites: rsa },
  { oid: oids.rsaWithSha384, hash: "sha384", hasNull: true, suites: rsa },
  { oid: oids.rsaWithSha512, hash: "sha512", hasNull: true, suites: rsa },
  { oid: oids.sm2WithSm3, hash: "sm3", hasNull: false, suites: ["sm2"] },
]

/** How keys of a suite sign here. */
export function algorithmOf(suite: KeySuite): SignatureAlgorithm {
  // The first of a suite is the one by which it signs.
  const found = signatureAlgorithms.find(({ suites }) => suites.includes(suite))
  if (found === undefined) throw new Error(`no way to sign by ${suite}`)
  return found
}

export function algorithmIdentifier({ oid: dotted, hasNull }: SignatureAlgorithm): Uint8Array {
  return hasNull ? sequence(oid(dotted), nothing()) : sequence(oid(dotted))
}
