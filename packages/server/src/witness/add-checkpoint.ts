import { parseCheckpoint, type Checkpoint } from "@hufu/core/evidence/checkpoint"
import { verifyConsistency } from "@hufu/core/evidence/consistency"
import { emptyRoot, equalBytes } from "@hufu/core/evidence/merkle"
import { cosignNote, parseNote, verifyNote } from "@hufu/core/evidence/signed-note"
import { parseWitnessRequest, type WitnessRequest } from "@hufu/core/evidence/witness-request"
import { verifyMlDsa44 } from "../ledger/ml-dsa.ts"
import { nativeHash } from "../ledger/native-hash.ts"
import type { WitnessKeys } from "./witness-keys.ts"
import type { Cosigned, KeptCosignature, WitnessState } from "./witness-state.ts"

/** How a witness answers, by C2SP tlog-witness; 503 is ours, where the witness cannot trust its own clock. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503
  readonly type: "text/plain; charset=utf-8" | "text/x.tlog.size"
  readonly body: string
}

export interface WitnessParts {
  readonly state: WitnessState
  readonly keys: WitnessKeys
  /** The wall clock, in milliseconds. */
  readonly now: () => number
}

/** A step back of more than this is a wrong clock; a smaller one states the time before again. */
const maxStepBackSeconds = 60
/** No witness of this program ran before, and none is trusted to run after. */
const earliestSeconds = Date.UTC(2026, 0, 1) / 1000
const latestSeconds = Date.UTC(2100, 0, 1) / 1000

/** Checks a log's request and cosigns what follows from what this witness cosigned before. UNTRUSTED text. */
export async function addCheckpoint(text: string, parts: WitnessParts): Promise<WitnessAnswer> {
  const request = tryTo(() => parseWitnessRequest(text))
  if (request === null) return plain(400, "the request is malformed")
  const note = tryTo(() => parseNote(request.note))
  if (note === null) return plain(400, "the checkpoint is malformed")
  const log = parts.state.log(note.text.split("\n", 1)[0] ?? "")
  if (log === null) return plain(404, "this witness does not watch that log")
  const verdict = await verifyNote(request.note, log.keys, { mlDsa44: verifyMlDsa44 })
  if (!verdict.ok) return plain(403, "no key of that log signed the checkpoint")
  const checkpoint = tryTo(() => parseCheckpoint(verdict.text))
  if (checkpoint === null) return malformedCheckpoint(verdict.text)
  if (request.old > checkpoint.size) return plain(400, "the old size is larger than the new one")
  // INVARIANT: from here to the commit nothing waits, and the transaction excludes other processes too.
  return parts.state.decide(log.origin, (latest) => judge({ request, checkpoint, latest }, parts))
}

interface Case {
  readonly request: WitnessRequest
  readonly checkpoint: Checkpoint
  readonly latest: Cosigned | null
}

function judge(
  { request, checkpoint, latest }: Case,
  { state, keys, now }: WitnessParts,
): { answer: WitnessAnswer; keep?: KeptCosignature } {
  const { old, proof } = request
  const { size, root } = checkpoint
  const seen = latest?.size ?? 0
  if (old !== seen) return { answer: { status: 409, type: "text/x.tlog.size", body: `${seen}\n` } }
  const before = latest?.root ?? emptyRoot(nativeHash)
  if (!follows({ old, before, size, root, proof }))
    return { answer: plain(422, "the checkpoint does not follow from what this witness cosigned last") }
  const atSeconds = timeToState(state, Math.floor(now() / 1000))
  if (atSeconds === null)
    return { answer: plain(503, "the witness's clock is wrong: nothing is cosigned until it is set") }
  const own = signedByLog(request.note)
  const note = keys.signers.reduce((each, signer) => cosignNote(each, signer, atSeconds), own)
  return { answer: plain(200, note.slice(own.length)), keep: { size, root, note, atSeconds } }
}

function follows(claim: {
  old: number
  before: Uint8Array
  size: number
  root: Uint8Array
  proof: readonly Uint8Array[]
}): boolean {
  const { old, before, size, root, proof } = claim
  // Nothing is to be proved from an empty tree, nor of a tree to itself.
  if (old === size) return proof.length === 0 && equalBytes(before, root)
  if (old === 0) return proof.length === 0
  return verifyConsistency({ size1: old, size2: size, root1: before, root2: root, proof }, nativeHash)
}

/** The time of a cosignature: never before one that was stated, and none at all by a clock that is wrong. */
function timeToState(state: WitnessState, nowSeconds: number): number | null {
  const last = state.lastAt()
  if (nowSeconds < last - maxStepBackSeconds) return null
  if (nowSeconds < earliestSeconds || nowSeconds > latestSeconds) return null
  return Math.max(nowSeconds, last)
}

/** The note with the lines of the log alone: whatever else it carries came unchecked, and is not ours to pass on. */
function signedByLog(note: string): string {
  const { text } = parseNote(note)
  const origin = text.split("\n", 1)[0] ?? ""
  const lines = note.slice(text.length + 1, -1).split("\n")
  return `${text}\n${lines.filter((line) => line.startsWith(`\u2014 ${origin} `)).join("\n")}\n`
}

function malformedCheckpoint(text: string): WitnessAnswer {
  // Size 0 with another root than that of the empty tree has a status of its own.
  if (text.split("\n")[1] === "0") return plain(422, "an empty tree has the root of the empty tree")
  return plain(400, "the checkpoint is malformed")
}

function plain(status: Exclude<WitnessAnswer["status"], 409>, body: string): WitnessAnswer {
  return { status, type: "text/plain; charset=utf-8", body: body.endsWith("\n") ? body : `${body}\n` }
}

function tryTo<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
