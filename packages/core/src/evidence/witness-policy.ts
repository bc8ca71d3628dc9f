import type { VerifiedBy } from "./signed-note.ts"
import type { VerifierKey } from "./vkey.ts"

/** Which witnesses a reader knows, and how many of them make a state of a log *witnessed*. */
export interface WitnessPolicy {
  witnesses: readonly VerifierKey[]
  required: number
  /** Now, by the reader's clock: a cosignature from later than this counts for nothing. Without it no time is judged. */
  nowSeconds?: number
}

/** How a state of a log stands with the witnesses that a reader knows. */
export interface Witnessed {
  /** The names of those that saw it. */
  by: string[]
  /** How many are known. */
  of: number
  required: number
  /** Whether enough saw it: at least as many as required, and at least one. */
  isWitnessed: boolean
}

/** How far a witness's clock may be ahead of the reader's. */
export const MAX_AHEAD_SECONDS = 300

/** Judges cosignatures that verified. A witness with two keys, of either algorithm, is one witness. */
export function witnessedBy(cosignatures: readonly VerifiedBy[], policy: WitnessPolicy): Witnessed {
  const latest = (policy.nowSeconds ?? Number.POSITIVE_INFINITY) + MAX_AHEAD_SECONDS
  const counted = cosignatures.filter(
    ({ key, atSeconds }) =>
      atSeconds !== undefined && atSeconds <= latest && policy.witnesses.some((known) => isSame(known, key)),
  )
  const by = [...new Set(counted.map(({ key }) => key.name))]
  return {
    by,
    of: new Set(policy.witnesses.map(({ name }) => name)).size,
    required: policy.required,
    isWitnessed: by.length >= Math.max(1, policy.required),
  }
}

/** The same in words. */
export function saysWitnessed({ by, of, isWitnessed }: Witnessed): { en: string; zh: string } {
  if (by.length === 0)
    return of === 0
      ? { en: "unwitnessed: no witness is known", zh: "未经见证：未指定见证方" }
      : { en: `unwitnessed: none of ${of} witnesses`, zh: `未经见证：${of} 个见证方均未见证` }
  return isWitnessed
    ? { en: `witnessed by ${by.length} of ${of}`, zh: `${of} 个见证方中 ${by.length} 个已见证` }
    : {
        en: `unwitnessed: only ${by.length} of ${of} witnesses`,
        zh: `未经见证：${of} 个见证方中仅 ${by.length} 个见证`,
      }
}

function isSame(a: VerifierKey, b: VerifierKey): boolean {
  return a.name === b.name && a.id === b.id && a.algorithm === b.algorithm
}
