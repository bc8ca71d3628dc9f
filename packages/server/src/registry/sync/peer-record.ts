import { PeerFault } from "@hufu/core/contract/sync-operations"
import { idSchema } from "@hufu/core/id"
import { z } from "zod"
import type { RecordKind } from "../../authority/records.ts"

/** Another registry that is mirrored here. */
export const PeerRecord = z.object({
  id: idSchema("peer"),
  url: z.string(),
  trust: z.enum(["ledger", "word"]),
  vkey: z.string().nullable(),
  addedAt: z.int().nonnegative(),
})
export type PeerRecord = z.infer<typeof PeerRecord>

export const peerKind: RecordKind<PeerRecord> = {
  kind: "peer",
  schema: PeerRecord,
  at: ({ addedAt }) => addedAt,
  sealed: { members: ["url", "vkey"], subject: ({ id }) => id, blank: undefined },
}

/** How far a peer is: written in the commit of what was taken in, so that nothing is taken in twice and nothing left out. */
export const PeerPosition = z.object({
  /** Up to which place all of its changes are taken in. */
  seq: z.int().nonnegative(),
  /** How often everything was read anew. */
  round: z.int().nonnegative(),
  /** Where everything is being read anew, how far that is. */
  snapshot: z.object({ id: z.string(), seq: z.int(), chunk: z.int(), chunks: z.int() }).nullable(),
  /** Whether everything has to be read anew, and counts however new what is here seems: its ledger is another one. */
  isAnew: z.boolean().default(false),
  /** The state of its ledger that was verified last. */
  size: z.int().nonnegative(),
  root: z.string(),
  /** As the peer signed it: of two that contradict each other, both are the evidence. */
  note: z.string(),
  left: z.int().nonnegative(),
  fault: PeerFault.nullable(),
  why: z.string(),
  seenAt: z.int().nonnegative().nullable(),
})
export type PeerPosition = z.infer<typeof PeerPosition>

export const startPosition: PeerPosition = {
  seq: 0,
  round: 0,
  snapshot: null,
  isAnew: false,
  size: 0,
  root: "",
  note: "",
  left: 0,
  fault: null,
  why: "",
  seenAt: null,
}
