import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import type { Hold } from "./holds.ts"

type Approved = Pick<Hold, "id" | "approval" | "approvedDigest" | "decision" | "decidedAt" | "proof">

/**
 * Says that this node wrote the approval of a hold: a row of the database can be written by whoever has the account, which an
 * agent has too (INVARIANT 4). It is as secret as the vault's key: where that key lies open beside the data, its reader can make one.
 */
export function approvalProof(key: KeyObject, hold: Omit<Approved, "proof">): string {
  const { id, approval, approvedDigest, decision, decidedAt } = hold
  const said = JSON.stringify([id, approval, approvedDigest, decision, decidedAt])
  return createHmac("sha256", key).update(`hufu-approval/1\0${said}`).digest("hex")
}

/** Whether the approval of a stored hold was written by the holder of the key. */
export function isProven(key: KeyObject, hold: Approved): boolean {
  const found = Buffer.from(hold.proof ?? "", "hex")
  const wanted = Buffer.from(approvalProof(key, hold), "hex")
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}
