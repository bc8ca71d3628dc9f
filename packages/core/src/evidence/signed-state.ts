import { Failure, failureCodes } from "../failure.ts"
import { type Checkpoint, verifyTwiceSigned } from "./checkpoint.ts"
import type { Sentence } from "./receipt-authority.ts"
import type { VerifiedBy, VerifyMlDsa44 } from "./signed-note.ts"
import { parseVkey, type VerifierKey } from "./vkey.ts"
import { witnessedBy, type Witnessed } from "./witness-policy.ts"

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

/** Stops a verification at the current step. */
export class Rejected extends Error {
  readonly reason: Sentence

  constructor(reason: Sentence) {
    super(reason.en)
    this.reason = reason
  }
}

/** The log's key that evidence names, and whether the reader trusts it. */
export function findKey(
  receipt: { readonly logKey: string },
  trust: ReceiptTrust,
): { key: VerifierKey; trusted: boolean } {
  const key = parseVkey(receipt.logKey)
  if (key.algorithm !== "ed25519") reject("The key is not a log's key.", "该密钥不是账本密钥。")
  if (!trust.trustedKeys) return { key, trusted: false }
  if (!trust.trustedKeys.includes(receipt.logKey)) {
    reject(`You do not trust the key of ${key.name}.`, `您不信任 ${key.name} 的密钥。`)
  }
  return { key, trusted: true }
}

/** The one signed state of the log that evidence rests on. */
export async function readCheckpoint(
  proofs: readonly { readonly checkpoint: string }[],
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
  const verdict = await verifyTwiceSigned(note, { key, seconds }, known, mlDsa44 ? { mlDsa44 } : {})
  if (!verdict.ok) throw new Rejected(checkpointReasons[verdict.reason])
  const { witnesses } = verdict
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
  const signatures = keys.length === 1 ? "1 signature" : `${keys.length} signatures`
  return {
    en: ` Not checked here: ${signatures} by ML-DSA-44; \`hufu verify\` on the command line does.`,
    zh: `此处未校验 ${keys.length} 个 ML-DSA-44 签名，请用命令行的 \`hufu verify\` 校验。`,
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
  no_second_signature: {
    en: "The log's second signature, by ML-DSA-44, is missing.",
    zh: "缺少账本的第二签名（ML-DSA-44）。",
  },
  bad_second_signature: {
    en: "The log's second signature, by ML-DSA-44, is forged or damaged.",
    zh: "账本的第二签名（ML-DSA-44）系伪造或已损坏。",
  },
} as const

/** Stops with a reason. */
export function reject(en: string, zh: string): never {
  throw new Rejected({ en, zh })
}

/** Why a verification stopped, in words. */
export function reasonOf(error: unknown): Sentence {
  if (error instanceof Rejected) return error.reason
  if (error instanceof Failure)
    return { en: `Not acceptable: ${error.message}.`, zh: `${failureCodes[error.code].zh}。` }
  throw error
}
