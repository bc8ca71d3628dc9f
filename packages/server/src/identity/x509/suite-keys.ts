import { createPublicKey, generateKeyPair, type KeyObject, sign } from "node:crypto"
import { promisify } from "node:util"
import { Failure } from "@hufu/core/failure"
import type { KeySuite } from "@hufu/core/identity/key-suite"
import { algorithmIdentifier, algorithmOf } from "./signature-algorithms.ts"
import { generateSm2Key, isSm2Key, signsBySm2 } from "./sm2.ts"

/** Whatever signs certificates, lists and answers. */
export interface Signer {
  readonly suite: KeySuite
  readonly publicKey: KeyObject
  /** As it stands in what is signed. */
  readonly algorithm: Uint8Array
  sign(bytes: Uint8Array): Uint8Array
}

const generate = promisify(generateKeyPair)

/** Makes a key of a suite, beside everything else; throws Failure("crypto_unavailable") where this runtime cannot. */
export async function generateKey(suite: KeySuite): Promise<KeyObject> {
  try {
    if (suite === "ed25519") return (await generate("ed25519")).privateKey
    if (suite === "sm2") return generateSm2Key()
    if (suite === "p-256") return (await generate("ec", { namedCurve: "prime256v1" })).privateKey
    return (await generate("rsa", { modulusLength: Number(suite.slice("rsa-".length)) })).privateKey
  } catch (cause) {
    throw new Failure(
      "crypto_unavailable",
      `this runtime has no ${suite} keys: choose another suite, such as ed25519`,
      { cause },
    )
  }
}

/** A private key as what signs. */
export function signerOf(privateKey: KeyObject, suite: KeySuite): Signer {
  const algorithm = algorithmOf(suite)
  return {
    suite,
    publicKey: createPublicKey(privateKey),
    algorithm: algorithmIdentifier(algorithm),
    sign: (bytes) => sign(algorithm.hash, bytes, privateKey),
  }
}

/** UNTRUSTED: of which suite a public key is; undefined for every other key. */
export function suiteOf(key: KeyObject): KeySuite | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  if (type === "ed25519") return "ed25519"
  // A curve that is spelled out has no name here, so that nobody smuggles in one of their own.
  if (type === "ec") return details.namedCurve === "prime256v1" ? "p-256" : undefined
  if (type === undefined) return isSm2Key(key) && signsBySm2() ? "sm2" : undefined
  if (type !== "rsa") return undefined
  const { modulusLength = 0, publicExponent = 0n } = details
  if (publicExponent < 65_537n || publicExponent >= 1n << 64n || publicExponent % 2n === 0n) return undefined
  return modulusLength === 2048 || modulusLength === 3072 || modulusLength === 4096
    ? `rsa-${modulusLength}`
    : undefined
}

/** A public key as certificates write it. */
export function spkiOf(key: KeyObject): Uint8Array {
  return key.export({ format: "der", type: "spki" })
}
