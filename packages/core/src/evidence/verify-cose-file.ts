import { isFailure } from "../failure.ts"
import { parseCoseFile } from "./cose-file.ts"
import { type CoseReceipt, parseCoseReceipt, verifyCoseReceipt } from "./cose-receipt.ts"
import { decodeEntry } from "./encode-entry.ts"
import { rootFromInclusion } from "./inclusion.ts"
import { equalBytes, leafHash } from "./merkle.ts"
import { type LoggedEntry, type Sentence, whyNotAuthorised, whyNotOneAction } from "./receipt-authority.ts"
import { findKey, type ReceiptTrust, reasonOf, reject, Rejected } from "./signed-state.ts"
import { checkOrder } from "./verify-receipt.ts"
import { formatVkey, parseVkey, type VerifierKey } from "./vkey.ts"

export const coseFileSteps = ["format", "entries", "action", "key", "inclusion", "authority"] as const
export type CoseFileStepId = (typeof coseFileSteps)[number]

interface Step {
  id: CoseFileStepId
  ok: boolean
  says: Sentence
}

export type CoseFileVerdict =
  | {
      ok: true
      steps: Step[]
      trusted: boolean
      entries: LoggedEntry[]
      /** The log that signed, and the size of the tree that it signed. */
      origin: string
      size: number
    }
  | { ok: false; steps: Step[]; step: CoseFileStepId; reason: Sentence }

/** Verifies the evidence of one action as a COSE file, offline. UNTRUSTED input; throws only where the runtime lacks Ed25519. */
export async function verifyCoseFile(bytes: Uint8Array, trust: ReceiptTrust = {}): Promise<CoseFileVerdict> {
  const steps: Step[] = []
  try {
    return await runSteps(bytes, trust, steps)
  } catch (error) {
    const step = coseFileSteps[steps.length]
    if (!step || isFailure(error, "crypto_unavailable")) throw error
    const reason = reasonOf(error)
    return { ok: false, steps: [...steps, { id: step, ok: false, says: reason }], step, reason }
  }
}

async function runSteps(bytes: Uint8Array, trust: ReceiptTrust, steps: Step[]): Promise<CoseFileVerdict> {
  const pass = (en: string, zh: string): void => {
    const id = coseFileSteps[steps.length]
    if (id) steps.push({ id, ok: true, says: { en, zh } })
  }
  const items = parseCoseFile(bytes).map(({ entry, receipt }) => ({
    bytes: entry,
    receipt: parseCoseReceipt(receipt),
  }))
  pass("The file is entries with COSE receipts.", "该文件是条目及其 COSE 回执。")

  const entries = items.map((item) => ({ index: item.receipt.index, entry: decodeEntry(item.bytes) }))
  checkOrder(entries)
  pass(`Its ${entries.length} entries are well formed.`, `其中 ${entries.length} 个条目格式正确。`)

  rejectIf(whyNotOneAction(entries))
  pass("They are all about one action.", "所有条目都属于同一行为。")

  const logKey = oneKey(items.map(({ receipt }) => receipt))
  const { key, trusted } = findKey({ logKey }, trust)
  checkSignatures(key, trust)
  if (trusted) pass(`You trust the key of ${key.name}.`, `您信任 ${key.name} 的密钥。`)
  else
    pass(
      `Nobody vouches for the key of ${key.name}: compare it yourself.`,
      `${key.name} 的密钥未经确认，请自行核对。`,
    )

  const size = await checkInclusion(items)
  pass(
    `Every entry is in that log as it signed itself at size ${size}, unchanged.`,
    `每个条目都在该账本所签署的规模为 ${size} 的状态中且未被改动。`,
  )

  rejectIf(whyNotAuthorised(entries))
  pass("What was done is what was permitted.", "所做的与所准许的一致。")
  return { ok: true, steps, trusted, entries, origin: key.name, size }
}

function oneKey(receipts: readonly CoseReceipt[]): string {
  const [first, ...others] = receipts.map(({ key }) => formatVkey(key))
  if (first === undefined || others.some((other) => other !== first))
    return reject("The receipts are of different logs.", "各回执属于不同的账本。")
  return first
}

/** A COSE receipt carries one signature, and whoever asks for more must not be told that it is there. */
function checkSignatures({ name }: VerifierKey, { trustedKeys = [], minWitnesses = 0 }: ReceiptTrust): void {
  const asksForSecond = trustedKeys
    .map(parseVkey)
    .some((key) => key.name === name && key.algorithm === "ml-dsa-44")
  if (asksForSecond)
    reject(
      "A COSE receipt has no second signature by ML-DSA-44: use the receipt in JSON.",
      "COSE 回执不含第二签名（ML-DSA-44）：请使用 JSON 回执。",
    )
  if (minWitnesses > 0)
    reject(
      "A COSE receipt has no cosignature of a witness: use the receipt in JSON.",
      "COSE 回执不含见证方联署：请使用 JSON 回执。",
    )
}

/** INVARIANT: all entries are in one signed tree, or entries of two forks of a log could stand in one file. */
async function checkInclusion(
  items: readonly { readonly bytes: Uint8Array; readonly receipt: CoseReceipt }[],
): Promise<number> {
  const states = items.map(({ bytes, receipt: { size, index, path } }) => ({
    size,
    root: rootFromInclusion({ index, size, leaf: leafHash(bytes), proof: path }),
  }))
  const [first] = states
  for (const [at, { receipt, bytes }] of items.entries()) {
    if (!(await verifyCoseReceipt(receipt, bytes)))
      reject(
        `Entry ${receipt.index} is not in the log that signed.`,
        `条目 ${receipt.index} 不在签名的账本中。`,
      )
    const root = states[at]?.root
    const isSame = first?.root && root && first.size === receipt.size && equalBytes(first.root, root)
    if (!isSame)
      reject("The entries are proved by different states of the log.", "各条目由账本的不同状态证明。")
  }
  return first?.size ?? 0
}

function rejectIf(reason: Sentence | null): void {
  if (reason) throw new Rejected(reason)
}
