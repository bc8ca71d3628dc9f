import { fromBase64 } from "@hufu/core/evidence/base64"
import { type Checkpoint, verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { verifyConsistency } from "@hufu/core/evidence/consistency"
import { toHex } from "@hufu/core/evidence/hex"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { nativeHash } from "../../ledger/native-hash.ts"
import { PeerRefused } from "./check-proven-line.ts"
import { SharedCheckpoint } from "./shared-registration.ts"
import type { Envelope } from "./envelope.ts"

/** The state of a peer's ledger as it was verified before; of size 0 before there was any. */
export interface VerifiedState {
  readonly size: number
  readonly root: string
}

/**
 * Checks the state of its ledger that a peer shows: its key signed it, and the one that was verified before is how it began.
 * UNTRUSTED: the line.
 *
 * @throws PeerRefused with what the peer did
 */
export async function verifyPeerCheckpoint(
  { payload }: Envelope,
  vkey: string,
  before: VerifiedState,
): Promise<{ readonly checkpoint: Checkpoint; readonly note: string }> {
  const read = SharedCheckpoint.safeParse(payload)
  if (!read.success)
    throw new PeerRefused("bad_checkpoint", "it shows the state of its ledger in no form that is known")
  const { note, consistency } = read.data
  const verdict = await verifyCheckpoint(note, parseVkey(vkey))
  if (!verdict.ok)
    throw new PeerRefused(
      "bad_checkpoint",
      `it shows a state of its ledger that its key did not sign (${verdict.reason})`,
    )
  const { checkpoint } = verdict
  const { size, root } = checkpoint
  if (size < before.size)
    throw new PeerRefused(
      "rolled_back",
      `its ledger had ${before.size} entries before, and now has ${size}: it was rolled back`,
    )
  if (before.size > 0 && !goesOn(before, checkpoint, consistency))
    throw new PeerRefused(
      "forked",
      `its ledger of ${size} entries does not go on from the one of ${before.size} that was verified before (root ${before.root.slice(0, 16)}…, now ${toHex(root).slice(0, 16)}…): it shows two histories`,
    )
  return { checkpoint, note }
}

function goesOn(before: VerifiedState, { size, root }: Checkpoint, consistency: readonly string[]): boolean {
  if (before.size === size) return toHex(root) === before.root
  try {
    const proof = consistency.map(fromBase64)
    const root1 = Uint8Array.from(Buffer.from(before.root, "hex"))
    return verifyConsistency({ size1: before.size, size2: size, root1, root2: root, proof }, nativeHash)
  } catch {
    return false
  }
}
