import { Failure } from "../failure.ts"
import { type Cbor, decodeCbor, encodeCbor } from "./cbor.ts"
import { type Sign, verifyEd25519 } from "./ed25519.ts"
import { rootFromInclusion } from "./inclusion.ts"
import { leafHash, MAX_PROOF_HASHES } from "./merkle.ts"
import { HASH_BYTES } from "./sha256.ts"
import { formatVkey, parseVkey, type VerifierKey } from "./vkey.ts"

/** The labels of RFC 9052 and RFC 9942 that a receipt has, and the values that Hufu writes and takes. */
const cose = {
  sign1: 18,
  alg: 1,
  kid: 4,
  vds: 395,
  vdp: 396,
  inclusion: -1,
  /** RFC 9053 section 2.2. */
  eddsa: -8,
  /** RFC 9162 trees with SHA-256, by the IANA registry of verifiable data structures. */
  rfc9162: 1,
} as const

const MAX_COSE_BYTES = 16 * 1024
const SIGNATURE_BYTES = 64

/** A COSE receipt as it reads, before its signature is checked. */
export interface CoseReceipt {
  /** The log that names itself in the key id, as a verifier key. */
  readonly key: VerifierKey
  readonly size: number
  readonly index: number
  readonly path: readonly Uint8Array[]
  readonly protectedBytes: Uint8Array
  readonly signature: Uint8Array
}

/** What a COSE receipt is made of: an inclusion proof in the tree of a root that the log signed as a checkpoint before. */
export interface CoseReceiptParts {
  readonly key: VerifierKey
  readonly sign: Sign
  readonly size: number
  readonly index: number
  readonly path: readonly Uint8Array[]
  readonly root: Uint8Array
}

/**
 * The receipt of one entry by RFC 9942: a COSE_Sign1 whose payload, the root, is left out, so that a verifier must compute it from
 * the entry. INVARIANT: the caller signs only roots of checkpoints that the log has signed.
 */
export function signCoseReceipt({ key, sign, size, index, path, root }: CoseReceiptParts): Uint8Array {
  const protectedBytes = encodeCbor(
    new Map<number, Cbor>([
      [cose.alg, cose.eddsa],
      [cose.kid, new TextEncoder().encode(formatVkey(key))],
      [cose.vds, cose.rfc9162],
    ]),
  )
  const proofs = new Map<number, Cbor>([[cose.inclusion, [encodeCbor([size, index, path])]]])
  const signature = new Uint8Array(sign(toBeSigned(protectedBytes, root)))
  const unprotected = new Map<number, Cbor>([[cose.vdp, proofs]])
  return encodeCbor({ tag: cose.sign1, value: [protectedBytes, unprotected, null, signature] })
}

/** Reads a COSE receipt; what it claims is not yet checked. UNTRUSTED input. */
export function parseCoseReceipt(bytes: Uint8Array): CoseReceipt {
  if (bytes.length > MAX_COSE_BYTES) throw malformed("it is too long")
  const outer = decodeCbor(bytes)
  if (!isTag(outer) || outer.tag !== cose.sign1) throw malformed("it is no COSE_Sign1")
  const [protectedBytes, unprotected, payload, signature] = listOf(outer.value, 4)
  if (payload !== null) throw malformed("its payload must be left out")
  const head = mapOf(decodeCbor(bytesOf(protectedBytes)), [cose.alg, cose.kid, cose.vds])
  if (head.get(cose.alg) !== cose.eddsa) throw malformed("its algorithm is not EdDSA")
  if (head.get(cose.vds) !== cose.rfc9162) throw malformed("its tree is not of RFC 9162")
  const proofs = mapOf(mapOf(unprotected, [cose.vdp]).get(cose.vdp), [cose.inclusion])
  const [proof] = listOf(proofs.get(cose.inclusion), 1)
  const [size, index, path] = listOf(decodeCbor(bytesOf(proof)), 3)
  if (!isWhole(size) || !isWhole(index)) throw malformed("its place is not a number")
  return {
    key: parseVkey(new TextDecoder().decode(bytesOf(head.get(cose.kid)))),
    size,
    index,
    path: pathOf(path),
    protectedBytes: bytesOf(protectedBytes),
    signature: bytesOf(signature, SIGNATURE_BYTES),
  }
}

/** Whether an entry's exact bytes are in the log that signed the receipt. The caller decides whether to trust its key. */
export async function verifyCoseReceipt(receipt: CoseReceipt, entry: Uint8Array): Promise<boolean> {
  const { key, size, index, path, protectedBytes, signature } = receipt
  if (key.algorithm !== "ed25519") return false
  const root = rootFromInclusion({ index, size, leaf: leafHash(entry), proof: path })
  return root !== null && verifyEd25519(key.publicKey, toBeSigned(protectedBytes, root), signature)
}

/** RFC 9052 section 4.4. */
function toBeSigned(protectedBytes: Uint8Array, root: Uint8Array): Uint8Array {
  return encodeCbor(["Signature1", protectedBytes, new Uint8Array(), root])
}

function pathOf(value: Cbor | undefined): Uint8Array[] {
  if (!Array.isArray(value) || value.length > MAX_PROOF_HASHES)
    throw malformed("its path is no list of hashes")
  // A list of CBOR values is one.
  return (value as readonly Cbor[]).map((hash) => bytesOf(hash, HASH_BYTES))
}

function listOf(value: Cbor | undefined, length: number): readonly Cbor[] {
  if (!Array.isArray(value) || value.length !== length) throw malformed(`a list of ${length} is missing`)
  // A list of CBOR values is one.
  return value as readonly Cbor[]
}

/** A map with exactly these labels: a reader must not pass over one that it does not know. */
function mapOf(value: Cbor | undefined, labels: readonly number[]): ReadonlyMap<number, Cbor> {
  const known =
    value instanceof Map && value.size === labels.length && labels.every((label) => value.has(label))
  if (!known) throw malformed("its headers are not those of a receipt of one entry")
  // Only maps by number are decoded.
  return value as ReadonlyMap<number, Cbor>
}

function bytesOf(value: Cbor | undefined, length?: number): Uint8Array {
  if (value instanceof Uint8Array && (length === undefined || value.length === length)) return value
  throw malformed("a byte string is missing or has another length")
}

function isTag(value: Cbor): value is Extract<Cbor, { tag: number }> {
  return typeof value === "object" && value !== null && "tag" in value
}

function isWhole(value: Cbor | undefined): value is number {
  return typeof value === "number" && value >= 0
}

function malformed(why: string): Failure {
  return new Failure("invalid_evidence", `the file is not a COSE receipt: ${why}; export it again`)
}
