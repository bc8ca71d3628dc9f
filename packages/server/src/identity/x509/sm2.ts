import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto"
import { oid } from "./write-der.ts"

/** A signature of "a" with the distinguishing identifier that everybody uses (GM/T 0009: `1234567812345678`), made by OpenSSL. */
const known = {
  key: "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEASobZKelgceJKuM+ACK6lOIXIVl7ZmbHIZcSytTLvRrzT1sN0mIAlvrJEHjsFoH4SJe9zsibQnE4Dkc46HE+rQ==",
  signature:
    "MEYCIQCcEz9JwM2w+IreOPmghSVj3oYFhuvnZg/XGfWWZHXgzwIhAP1t/jMA6MbaByfgeC0qzpoDQ/LSi27R1G1tfzGW9XZy",
}
let answer: boolean | undefined

/**
 * Whether this runtime signs by SM2 as certificates need it. OpenSSL has SM2, but what is in front of it has to let it take that
 * identifier: with an empty one a signature is well formed, and nobody else takes it.
 */
export function signsBySm2(): boolean {
  answer ??= checkKnown()
  return answer
}

function checkKnown(): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(known.key, "base64"), format: "der", type: "spki" })
    return verify("sm3", Buffer.from("a"), key, Buffer.from(known.signature, "base64"))
  } catch {
    return false
  }
}

/** Throws where this runtime does not sign by SM2. */
export function generateSm2Key(): KeyObject {
  if (!signsBySm2()) throw new Error("SM2 signatures have no distinguishing identifier here")
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "SM2" })
  // As it was made it signs by ECDSA; as it is read again, by SM2.
  const bytes = privateKey.export({ format: "der", type: "pkcs8" })
  return createPrivateKey({ key: bytes, format: "der", type: "pkcs8" })
}

const curve = Buffer.from(oid("1.2.156.10197.1.301"))

/** A key of which Node has no name: whether it is one of SM2. */
export function isSm2Key(key: KeyObject): boolean {
  return key.export({ format: "der", type: "spki" }).includes(curve)
}
