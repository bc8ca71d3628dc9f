import { Failure, failureCodes, isFailure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import type { JsonValue } from "../json/json-value.ts"
import { verifyCheckpoint, type Checkpoint } from "./checkpoint.ts"
import { opensCommitment } from "./commitment.ts"
import { decodeEntry } from "./encode-entry.ts"
import { fromHex } from "./hex.ts"
import { verifyInclusion } from "./inclusion.ts"
import { leafHash } from "./merkle.ts"
import { whyNotAuthorised, whyNotOneAction, type LoggedEntry, type Sentence } from "./receipt-authority.ts"
import { parseReceipt, receiptBytes, type OpenableField, type Receipt } from "./receipt.ts"
import type { VerifiedBy, VerifyMlDsa44 } from "./signed-note.ts"
import { parseTlogProof, type TlogProof } from "./tlog-proof.ts"
import { parseVkey, type VerifierKey } from "./vkey.ts"
import { saysWitnessed, witnessedBy, type Witnessed } from "./witness-policy.ts"

/** The steps of a verification, in order. */
export const receiptSteps = [
  "format",
  "entries",
  "action",
  "key",
  "checkpoint",
  "inclusion",
  "authority",
  "openings",
] as const
export type ReceiptStepId = (typeof receiptSteps)[number]

/** One step as it came out, with a sentence for the reader. */
export interface ReceiptStep {
  id: ReceiptStepId
  ok: boolean
  says: Sentence
}

/** A value that a receipt discloses, and the entry whose commitment it opens. */
export interface Opened {
  field: OpenableField
  index: number
  value: JsonValue
}

/** Whose word a verifier takes. */
export interface ReceiptTrust {
  /**
   * Verifier keys of the logs that the reader trusts, obtained apart from the receipt. An ML-DSA-44 key among
   * them asks for that second signature of the log of its name.
   */
  trustedKeys?: readonly string[]
  /** Verifier keys of witnesses, and how many of them must have cosigned. */
  witnessKeys?: readonly string[]
  minWitnesses?: number
  /** Now, by the reader's clock; a cosignature from the future counts for nothing. */
  nowSeconds?: number
  /** Checks ML-DSA-44 where the runtime can; elsewhere such a signature is reported as not checked. */
  mlDsa44?: VerifyMlDsa44
}

/** How a verification ended; `steps` are those that were reached. */
export type ReceiptVerdict =
  | {
      ok: true
      steps: ReceiptStep[]
      /** False when no trusted keys were given: then the receipt agrees with itself, and no more is known. */
      trusted: boolean
      entries: LoggedEntry[]
      checkpoint: Checkpoint
      witnesses: VerifiedBy[]
      /** How the checkpoint stands with the witnesses that the reader knows. */
      witnessed: Witnessed
      openings: Opened[]
    }
  | { ok: false; steps: ReceiptStep[]; step: ReceiptStepId; reason: Sentence }

/** Stops a verification at the current step. */
class Rejected extends Error {
  readonly reason: Sentence

  constructor(reason: Sentence) {
    super(reason.en)
    this.reason = reason
  }
}

/**
 * Verifies a receipt, given as its text or as parsed JSON: offline, step by step, and with the same result in
 * the command line and in the browser. UNTRUSTED input; throws only where the runtime lacks Ed25519.
 */
export async function verifyReceipt(receipt: unknown, trust: ReceiptTrust = {}): Promise<ReceiptVerdict> {
  const steps: ReceiptStep[] = []
  try {
    return await runSteps(receipt, trust, steps)
  } catch (error) {
    const step = receiptSteps[steps.length]
    if (!step || isFailure(error, "crypto_unavailable")) throw error
    const reason = reasonOf(error)
    return { ok: false, steps: [...steps, { id: step, ok: false, says: reason }], step, reason }
  }
}

async function runSteps(input: unknown, trust: ReceiptTrust, steps: ReceiptStep[]): Promise<ReceiptVerdict> {
  const pass = (en: string, zh: string): void => {
    const id = receiptSteps[steps.length]
    if (id) steps.push({ id, ok: true, says: { en, zh } })
  }
  // Canonicalising a parsed receipt bounds its depth, and refuses what JSON cannot carry.
  const receipt = parseReceipt(typeof input === "string" ? input : canonicalize(input as JsonValue))
  const proofs = receipt.entries.map(({ proof }) => parseTlogProof(proof))
  pass("The file is a receipt.", "该文件是一份回执。")

  const entries = readEntries(receipt, proofs)
  pass(`Its ${entries.length} entries are well formed.`, `其中 ${entries.length} 个条目格式正确。`)

  rejectIf(whyNotOneAction(entries))
  pass("They are all about one action.", "所有条目都属于同一行动。")

  const { key, trusted } = findKey(receipt, trust)
  if (trusted) pass(`You trust the key of ${key.name}.`, `您信任 ${key.name} 的密钥。`)
  else
    pass(
      `Nobody vouches for the key of ${key.name}: compare it yourself.`,
      `${key.name} 的密钥未经确认，请自行核对。`,
    )

  const { checkpoint, witnesses, witnessed, unchecked } = await readCheckpoint(proofs, key, trust)
  const seen = saysWitnessed(witnessed)
  pass(
    `The log signed its state at size ${checkpoint.size}; ${seen.en}.${unchecked.en}`,
    `账本签署了规模为 ${checkpoint.size} 的状态；${seen.zh}。${unchecked.zh}`,
  )

  checkInclusion(receipt, proofs, checkpoint)
  pass("Every entry is in that log, unchanged.", "每个条目都在该账本中且未被改动。")

  rejectIf(whyNotAuthorised(entries))
  pass("What was done is what was permitted.", "所做的与所准许的一致。")

  const openings = (receipt.openings ?? []).map((opening) => open(opening, entries))
  pass(`${openings.length} disclosed values match the log.`, `${openings.length} 个公开的值与账本相符。`)
  return { ok: true, steps, trusted, entries, checkpoint, witnesses, witnessed, openings }
}

function readEntries(receipt: Receipt, proofs: readonly TlogProof[]): LoggedEntry[] {
  const entries = receipt.entries.map((item, at) => ({
    index: proofs[at]?.index ?? -1,
    entry: decodeEntry(receiptBytes(item)),
  }))
  // In a log places only grow, and its times never run backwards.
  const misplaced = entries.some((logged, at) => {
    const before = entries[at - 1]
    return before !== undefined && (before.index >= logged.index || before.entry.at > logged.entry.at)
  })
  if (misplaced) reject("The entries are not in the order of the log.", "条目顺序与账本不符。")
  return entries
}

function findKey(receipt: Receipt, trust: ReceiptTrust): { key: VerifierKey; trusted: boolean } {
  const key = parseVkey(receipt.logKey)
  if (key.algorithm !== "ed25519") reject("The key is not a log's key.", "该密钥不是账本密钥。")
  if (!trust.trustedKeys) return { key, trusted: false }
  if (!trust.trustedKeys.includes(receipt.logKey)) {
    reject(`You do not trust the key of ${key.name}.`, `您不信任 ${key.name} 的密钥。`)
  }
  return { key, trusted: true }
}

async function readCheckpoint(
  proofs: readonly TlogProof[],
  key: VerifierKey,
  trust: ReceiptTrust,
): Promise<{ checkpoint: Checkpoint; witnesses: VerifiedBy[]; witnessed: Witnessed; unchecked: Sentence }> {
  const note = proofs[0]?.checkpoint ?? ""
  // One checkpoint for all, or entries of two forks of a log could stand in one receipt.
  if (proofs.some((proof) => proof.checkpoint !== note)) {
    reject("The entries are proved by different checkpoints.", "各条目的检查点不一致。")
  }
  const known = (trust.witnessKeys ?? []).map(parseVkey)
  const seconds = (trust.trustedKeys ?? [])
    .map(parseVkey)
    .filter(({ name, algorithm }) => name === key.name && algorithm === "ml-dsa-44")
  const { mlDsa44 } = trust
  const verdict = await verifyCheckpoint(note, key, [...seconds, ...known], mlDsa44 ? { mlDsa44 } : {})
  if (!verdict.ok) throw new Rejected(checkpointReasons[verdict.reason])
  const signed = new Set([...verdict.witnesses.map((each) => each.key), ...verdict.unchecked])
  // Whoever trusts a second key asks for its signature, or leaving it out would be a way around it.
  if (seconds.some((second) => !signed.has(second)))
    reject("The log's second signature, by ML-DSA-44, is missing.", "缺少账本的第二签名（ML-DSA-44）。")
  const witnesses = verdict.witnesses.filter((each) => !seconds.includes(each.key))
  const witnessed = witnessedBy(witnesses, {
    witnesses: known,
    required: trust.minWitnesses ?? 0,
    ...(trust.nowSeconds === undefined ? {} : { nowSeconds: trust.nowSeconds }),
  })
  if (witnessed.by.length < witnessed.required) {
    reject("Too few witnesses have cosigned the log's state.", "见证方数量不足。")
  }
  return { checkpoint: verdict.checkpoint, witnesses, witnessed, unchecked: saysUnchecked(verdict.unchecked) }
}

function saysUnchecked(keys: readonly VerifierKey[]): Sentence {
  if (keys.length === 0) return { en: "", zh: "" }
  return {
    en: ` Not checked here: ${keys.length} signatures by ML-DSA-44; use the command line.`,
    zh: `此处未校验 ${keys.length} 个 ML-DSA-44 签名，请用命令行校验。`,
  }
}

const checkpointReasons = {
  malformed: { en: "The checkpoint is malformed.", zh: "检查点格式有误。" },
  bad_signature: {
    en: "A signature of the checkpoint is forged or damaged.",
    zh: "检查点的签名系伪造或已损坏。",
  },
  unknown_signer: { en: "The log has not signed the checkpoint.", zh: "检查点未经账本签名。" },
  other_origin: { en: "The checkpoint is of another log.", zh: "检查点属于另一个账本。" },
} as const

function checkInclusion(receipt: Receipt, proofs: readonly TlogProof[], checkpoint: Checkpoint): void {
  for (const [at, { index, hashes }] of proofs.entries()) {
    const item = receipt.entries[at]
    const leaf = item ? leafHash(receiptBytes(item)) : new Uint8Array()
    const claim = { index, size: checkpoint.size, leaf, proof: hashes, root: checkpoint.root }
    if (!verifyInclusion(claim)) {
      reject(`Entry ${index} is not in the log as it stands here.`, `条目 ${index} 与账本内容不符。`)
    }
  }
}

function open(opening: NonNullable<Receipt["openings"]>[number], entries: readonly LoggedEntry[]): Opened {
  const { field, value } = opening
  const secret = { salt: fromHex(opening.salt), value: canonicalize(value) }
  for (const { index, entry } of entries) {
    // Which members an entry has depends on its kind; a missing one opens nothing.
    const commitment = (entry as Partial<Record<OpenableField, string>>)[field]
    if (commitment !== undefined && opensCommitment(commitment, secret)) return { field, index, value }
  }
  return reject(`The disclosed \`${field}\` is not what was logged.`, `公开的 \`${field}\` 与账本记录不符。`)
}

function rejectIf(reason: Sentence | null): void {
  if (reason) throw new Rejected(reason)
}

function reject(en: string, zh: string): never {
  throw new Rejected({ en, zh })
}

function reasonOf(error: unknown): Sentence {
  if (error instanceof Rejected) return error.reason
  if (error instanceof Failure)
    return { en: `Not acceptable: ${error.message}.`, zh: `${failureCodes[error.code].zh}。` }
  throw error
}
