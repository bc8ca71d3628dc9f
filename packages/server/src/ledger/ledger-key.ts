import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
} from "node:crypto"
import { fromBase64Url } from "@hufu/core/evidence/base64"
import type { NoteSigner } from "@hufu/core/evidence/signed-note"
import { formatVkey, verifierKey } from "@hufu/core/evidence/vkey"
import { mlDsaKeyOf } from "./ml-dsa.ts"

/** The Ed25519 key of a ledger, named after the ledger's origin. */
export interface LedgerKey {
  readonly origin: string
  /** The public key as signed notes write it. */
  readonly vkey: string
  readonly signer: NoteSigner
  /**
   * The ML-DSA-44 key beside it. It comes from the same secret bytes, so that it is kept, backed up, sealed and replaced with them;
   * who computes an Ed25519 key from its public half does not get those bytes.
   */
  mlDsa(): NoteSigner
}

/** Makes a ledger's key, and the text under which it is kept. */
export function createLedgerKey(origin: string): { key: LedgerKey; text: string } {
  const { privateKey } = generateKeyPairSync("ed25519")
  return {
    key: named(origin, privateKey),
    text: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  }
}

/** Reads a kept key; null when the text is no Ed25519 key. */
export function parseLedgerKey(text: string, origin: string): LedgerKey | null {
  try {
    const privateKey = createPrivateKey(text)
    return privateKey.asymmetricKeyType === "ed25519" ? named(origin, privateKey) : null
  } catch {
    return null
  }
}

function named(origin: string, privateKey: KeyObject): LedgerKey {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" })
  const key = verifierKey(origin, fromBase64Url(x))
  return {
    origin,
    vkey: formatVkey(key),
    signer: { key, sign: (bytes) => sign(null, bytes, privateKey) },
    mlDsa() {
      const { d = "" } = privateKey.export({ format: "jwk" })
      const seed = hkdfSync("sha256", fromBase64Url(d), "", `hufu ledger ml-dsa-44 ${origin}`, 32)
      return mlDsaKeyOf(new Uint8Array(seed), origin)
    },
  }
}
