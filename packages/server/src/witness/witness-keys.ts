import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto"
import { fromBase64Url } from "@hufu/core/evidence/base64"
import type { NoteSigner } from "@hufu/core/evidence/signed-note"
import { formatVkey, verifierKey } from "@hufu/core/evidence/vkey"
import { Failure } from "@hufu/core/failure"
import { createMlDsaKey, parseMlDsaKey } from "../ledger/ml-dsa.ts"
import { readSecret, writeSecret } from "../store/secret-file.ts"
import type { WitnessFolder } from "./witness-folder.ts"
import type { WitnessState } from "./witness-state.ts"

/** What a witness is called and signs with: always Ed25519, and ML-DSA-44 beside it where it was asked for once. */
export interface WitnessKeys {
  readonly name: string
  readonly signers: readonly NoteSigner[]
  readonly vkeys: readonly string[]
}

export interface WitnessKeyOptions {
  /** Under which name a new witness signs; a witness that has one keeps it. */
  readonly name?: string | undefined
  readonly mlDsa?: boolean | undefined
}

/** Opens a witness's keys, or makes those of a new one. */
export function openWitnessKeys(
  folder: WitnessFolder,
  state: WitnessState,
  { name: wanted, mlDsa = false }: WitnessKeyOptions = {},
): WitnessKeys {
  const kept = state.setting("name")
  if (kept !== null && wanted !== undefined && wanted !== kept)
    throw new Failure(
      "invalid_input",
      `this witness is called \`${kept}\`: leave --name out, or choose another folder for another witness`,
    )
  const name = kept ?? wanted ?? `localhost/witness/${randomBytes(8).toString("hex")}`
  // The name is checked before it is kept.
  verifierKey(name, new Uint8Array(32), "cosignature")
  if (kept === null) state.set("name", name)
  const signers = [openEd25519(folder, state, name)]
  if (mlDsa || state.setting("ml-dsa") !== null) signers.push(openMlDsa(folder, state, name))
  return { name, signers, vkeys: signers.map(({ key }) => formatVkey(key)) }
}

function openEd25519(folder: WitnessFolder, state: WitnessState, name: string): NoteSigner {
  return openKey(state, {
    setting: "ed25519",
    file: folder.key,
    parse: (text) => parseEd25519(text, name),
    create() {
      const { privateKey } = generateKeyPairSync("ed25519")
      return {
        signer: signerOf(name, privateKey),
        text: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      }
    },
  })
}

function openMlDsa(folder: WitnessFolder, state: WitnessState, name: string): NoteSigner {
  return openKey(state, {
    setting: "ml-dsa",
    file: folder.mlDsaKey,
    parse: (text) => parseMlDsaKey(text, name),
    create: () => createMlDsaKey(name),
  })
}

interface KeyPlace {
  readonly setting: "ed25519" | "ml-dsa"
  readonly file: string
  readonly parse: (text: string) => NoteSigner | null
  readonly create: () => { signer: NoteSigner; text: string }
}

// The database names the public key before there is a file, so that neither can be exchanged or lost unseen.
function openKey(state: WitnessState, { setting, file, parse, create }: KeyPlace): NoteSigner {
  const known = state.setting(setting)
  const kept = readSecret(file)
  if (kept !== null) {
    const signer = parse(kept.toString("utf8"))
    if (signer !== null && formatVkey(signer.key) === known) return signer
    throw new Failure(
      "ledger_ambiguous",
      `\`${file}\` is not the key of this witness: restore its whole folder from one backup`,
    )
  }
  if (known !== null && state.hasSigned())
    throw new Failure(
      "ledger_ambiguous",
      `\`${file}\`, with which this witness signed, is missing: restore its whole folder from one backup`,
    )
  const { signer, text } = create()
  state.set(setting, formatVkey(signer.key))
  writeSecret(file, text)
  return signer
}

function parseEd25519(text: string, name: string): NoteSigner | null {
  try {
    const privateKey = createPrivateKey(text)
    return privateKey.asymmetricKeyType === "ed25519" ? signerOf(name, privateKey) : null
  } catch {
    return null
  }
}

function signerOf(name: string, privateKey: KeyObject): NoteSigner {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" })
  const key = verifierKey(name, fromBase64Url(x), "cosignature")
  return { key, sign: (bytes) => sign(null, bytes, privateKey) }
}
