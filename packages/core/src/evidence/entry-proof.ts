import { Failure, isFailure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import type { JsonValue } from "../json/json-value.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { fromBase64 } from "./base64.ts"
import type { Checkpoint } from "./checkpoint.ts"
import { parseCoseReceipt, verifyCoseReceipt } from "./cose-receipt.ts"
import { decodeEntry } from "./encode-entry.ts"
import { EntryProof } from "./entry-proof-file.ts"
import { toHex } from "./hex.ts"
import { verifyInclusion } from "./inclusion.ts"
import { leafHash } from "./merkle.ts"
import type { LoggedEntry, Sentence } from "./receipt-authority.ts"
import { findKey, readCheckpoint, reasonOf, reject, type ReceiptTrust } from "./signed-state.ts"
import { parseTlogProof } from "./tlog-proof.ts"
import { saysWitnessed, type Witnessed } from "./witness-policy.ts"

/** The longest file of one entry in characters. */
export const MAX_ENTRY_PROOF_CHARACTERS = 256 * 1024

export const entryProofSteps = ["format", "entry", "key", "checkpoint", "inclusion", "cose"] as const
export type EntryProofStepId = (typeof entryProofSteps)[number]

export type EntryProofVerdict =
  | {
      ok: true
      steps: { id: EntryProofStepId; ok: boolean; says: Sentence }[]
      trusted: boolean
      logged: LoggedEntry
      bytes: Uint8Array
      checkpoint: Checkpoint
      witnessed: Witnessed
    }
  | {
      ok: false
      steps: { id: EntryProofStepId; ok: boolean; says: Sentence }[]
      step: EntryProofStepId
      reason: Sentence
    }

/** Verifies one entry offline, from its text or parsed JSON. UNTRUSTED input; throws only where the runtime lacks Ed25519. */
export async function verifyEntryProof(input: unknown, trust: ReceiptTrust = {}): Promise<EntryProofVerdict> {
  const steps: EntryProofVerdict["steps"] = []
  try {
    return await runSteps(input, trust, steps)
  } catch (error) {
    const step = entryProofSteps[steps.length]
    if (!step || isFailure(error, "crypto_unavailable")) throw error
    const reason = reasonOf(error)
    return { ok: false, steps: [...steps, { id: step, ok: false, says: reason }], step, reason }
  }
}

async function runSteps(
  input: unknown,
  trust: ReceiptTrust,
  steps: EntryProofVerdict["steps"],
): Promise<EntryProofVerdict> {
  const pass = (en: string, zh: string): void => {
    const id = entryProofSteps[steps.length]
    if (id) steps.push({ id, ok: true, says: { en, zh } })
  }
  const file = parseEntryProof(typeof input === "string" ? input : canonicalize(input as JsonValue))
  const proof = parseTlogProof(file.proof)
  pass("The file is one entry with its proofs.", "该文件是一个条目及其证明。")

  const bytes = fromBase64(file.entry)
  const leaf = leafHash(bytes)
  const logged = { index: proof.index, entry: decodeEntry(bytes) }
  if (file.index !== proof.index || file.hash !== toHex(leaf))
    reject("The file names another place or hash than its entry has.", "文件所称的位置或哈希与条目不符。")
  pass(`Entry ${proof.index} is well formed.`, `条目 ${proof.index} 格式正确。`)

  const { key, trusted } = findKey(file, trust)
  if (trusted) pass(`You trust the key of ${key.name}.`, `您信任 ${key.name} 的密钥。`)
  else
    pass(
      `Nobody vouches for the key of ${key.name}: compare it yourself.`,
      `${key.name} 的密钥未经确认，请自行核对。`,
    )

  const { checkpoint, witnessed, unchecked } = await readCheckpoint([proof], key, trust)
  const seen = saysWitnessed(witnessed)
  pass(
    `The log signed its state at size ${checkpoint.size}; ${seen.en}.${unchecked.en}`,
    `账本签署了规模为 ${checkpoint.size} 的状态；${seen.zh}。${unchecked.zh}`,
  )

  const { size, root } = checkpoint
  if (!verifyInclusion({ index: proof.index, size, leaf, proof: proof.hashes, root }))
    reject(
      `Entry ${proof.index} is not in the log as it stands here.`,
      `条目 ${proof.index} 与账本内容不符。`,
    )
  pass("The entry is in that log, unchanged.", "该条目在该账本中且未被改动。")

  const receipt = parseCoseReceipt(fromBase64(file.cose))
  const isSame = receipt.key.id === key.id && receipt.key.name === key.name && receipt.index === proof.index
  if (!isSame || !(await verifyCoseReceipt(receipt, bytes)))
    reject("The COSE receipt is not of this entry in this log.", "COSE 回执与该账本的该条目不符。")
  pass("Its COSE receipt (RFC 9942) says the same.", "其 COSE 回执（RFC 9942）与此一致。")
  return { ok: true, steps, trusted, logged, bytes, checkpoint, witnessed }
}

/** Reads the file of one entry; what it claims is not yet verified. UNTRUSTED input. */
export function parseEntryProof(text: string): EntryProof {
  if (text.length > MAX_ENTRY_PROOF_CHARACTERS)
    throw new Failure("invalid_evidence", "the file is too long to be one entry; choose another file")
  const parsed = EntryProof.safeParse(parseStrict(text))
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.join(".") ?? ""
  throw new Failure(
    "invalid_evidence",
    `the file of the entry is malformed at \`${place.slice(0, 80)}\`; fetch it again`,
    { cause: parsed.error },
  )
}
