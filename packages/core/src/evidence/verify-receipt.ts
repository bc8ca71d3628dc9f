import { isFailure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import type { JsonValue } from "../json/json-value.ts"
import { argumentsCommitment, openedArguments } from "./argument-list.ts"
import type { Checkpoint } from "./checkpoint.ts"
import { opensCommitment } from "./commitment.ts"
import { decodeEntry } from "./encode-entry.ts"
import { fromHex } from "./hex.ts"
import { verifyInclusion } from "./inclusion.ts"
import { leafHash } from "./merkle.ts"
import { whyNotAuthorised, whyNotOneAction, type LoggedEntry, type Sentence } from "./receipt-authority.ts"
import type { OpenableField, ReceiptOpening } from "./receipt-opening.ts"
import { parseReceipt, receiptBytes, type Receipt } from "./receipt.ts"
import type { VerifiedBy } from "./signed-note.ts"
import { findKey, readCheckpoint, reasonOf, reject, Rejected, type ReceiptTrust } from "./signed-state.ts"
import { parseTlogProof, type TlogProof } from "./tlog-proof.ts"
import { saysWitnessed, type Witnessed } from "./witness-policy.ts"

export type { ReceiptTrust } from "./signed-state.ts"

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
  /** Of arguments, an object with those that are shown. */
  value: JsonValue
  /** How many commitments beside it stay closed: arguments of the same call that are not shown. */
  withheld: number
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
  pass("They are all about one action.", "所有条目都属于同一行为。")

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
  const match =
    openings.length === 1 ? "1 disclosed value matches" : `${openings.length} disclosed values match`
  pass(`${match} the log.`, `${openings.length} 个公开的值与账本相符。`)
  return { ok: true, steps, trusted, entries, checkpoint, witnesses, witnessed, openings }
}

function readEntries(receipt: Receipt, proofs: readonly TlogProof[]): LoggedEntry[] {
  const entries = receipt.entries.map((item, at) => ({
    index: proofs[at]?.index ?? -1,
    entry: decodeEntry(receiptBytes(item)),
  }))
  checkOrder(entries)
  return entries
}

/** In a log places only grow, and its times never run backwards. */
export function checkOrder(entries: readonly LoggedEntry[]): void {
  const misplaced = entries.some((logged, at) => {
    const before = entries[at - 1]
    return before !== undefined && (before.index >= logged.index || before.entry.at > logged.entry.at)
  })
  if (misplaced) reject("The entries are not in the order of the log.", "条目顺序与账本不符。")
}

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

/** What an opening shows, where it is what one of the entries committed to. */
export function openIn(opening: ReceiptOpening, entries: readonly LoggedEntry[]): Opened | null {
  if ("leaves" in opening) return openArguments(opening, entries)
  const { field, value } = opening
  const secret = { salt: fromHex(opening.salt), value: canonicalize(value) }
  for (const { index, entry } of entries) {
    // Which members an entry has depends on its kind; a missing one opens nothing.
    const commitment = (entry as Partial<Record<OpenableField, string>>)[field]
    if (commitment !== undefined && opensCommitment(commitment, secret))
      return { field, index, value, withheld: 0 }
  }
  return null
}

function openArguments(
  { leaves, opened }: Extract<ReceiptOpening, { leaves: string[] }>,
  entries: readonly LoggedEntry[],
): Opened | null {
  const commitment = argumentsCommitment(leaves)
  const logged = entries.find(({ entry }) => entry.kind === "intent" && entry.arguments === commitment)
  if (!logged) return null
  const value = openedArguments(
    leaves,
    opened.map(({ at, salt, value }) => ({ at, salt: fromHex(salt), value })),
  )
  return value && { field: "arguments", index: logged.index, value, withheld: leaves.length - opened.length }
}

function open(opening: ReceiptOpening, entries: readonly LoggedEntry[]): Opened {
  const { field } = opening
  return (
    openIn(opening, entries) ??
    reject(`The disclosed \`${field}\` is not what was logged.`, `公开的 \`${field}\` 与账本记录不符。`)
  )
}

function rejectIf(reason: Sentence | null): void {
  if (reason) throw new Rejected(reason)
}
