import { toBase64 } from "@hufu/core/evidence/base64"
import { isFailure } from "@hufu/core/failure"
import { acs } from "@hufu/core/registration/faces/acs"
import type { Ledger } from "../../ledger/ledger.ts"
import type { Vault } from "../../ledger/vault.ts"
import type { SignedCheckpoint } from "../../ledger/checkpointer.ts"
import type { RegistrationRecord } from "../registration-record.ts"
import { registrationOf } from "../registration-of.ts"
import type { Registrations } from "../registrations.ts"
import { entryOf, type RegistrationChange } from "./registration-changes.ts"
import type { Proven, SharedCheckpoint, SharedRegistration } from "./shared-registration.ts"

/** `acs` is what DSP speaks of; the other two are Hufu's own: the whole registration with its proofs, and the state of the ledger. */
export const dspTypes = ["acs", "registration", "checkpoint"] as const
export type DspType = (typeof dspTypes)[number]

export interface LineParts {
  readonly registrations: Pick<Registrations, "find" | "isUsable">
  readonly ledger: Pick<
    Ledger,
    "entry" | "proofs" | "checkpoint" | "consistency" | "awaitCheckpoint" | "vkey" | "size"
  >
  readonly vault: Pick<Vault, "opening">
  readonly origin: () => string
  /** Whether places are written as numbers, as the reference server does, or as texts, as the specification does. */
  readonly seqs: "string" | "number"
}

export interface Page {
  readonly lines: readonly string[]
  /** The last place that is in it. */
  readonly last: number | undefined
  readonly objects: number
}

/** One answer is not much longer. */
const maxPageBytes = 4 * 1024 * 1024

/**
 * What others are told of changes, a line each. With `checkpoint` the first one says which state of the ledger all the others are proven
 * in, and that it goes on from the one that the reader has.
 *
 * @param from how many entries the reader has verified before
 */
export async function changeLines(
  parts: LineParts,
  changes: readonly RegistrationChange[],
  { types, from }: { types: ReadonlySet<DspType>; from: number },
): Promise<Page> {
  const proves = types.has("registration") || types.has("checkpoint")
  const checkpoint = proves ? await covering(parts, changes) : undefined
  const lines: string[] = []
  const line = (of: { seq: number; op?: "delete"; type: DspType; id: string; payload: object }) => {
    const seq = parts.seqs === "number" ? of.seq : String(of.seq)
    lines.push(JSON.stringify({ ...of, seq, version: of.seq }))
  }
  if (checkpoint !== undefined && types.has("checkpoint"))
    line({ seq: 0, type: "checkpoint", id: "ledger", payload: sharedCheckpoint(parts, checkpoint, from) })
  let bytes = 0
  let last: number | undefined
  let objects = 0
  const paths = checkpoint === undefined ? undefined : pathsOf(parts, changes, checkpoint)
  for (const change of changes) {
    const record = parts.registrations.find(change.id)
    const isThere = record !== undefined && record.state !== "retired"
    const { id, seq } = change
    const before = lines.length
    if (types.has("acs"))
      if (isThere && acs.suits?.(record.content) !== false)
        line({ seq, type: "acs", id, payload: cardOf(parts, record) })
      else line({ seq, op: "delete", type: "acs", id, payload: {} })
    if (types.has("registration") && paths !== undefined)
      line({
        seq,
        ...(isThere ? {} : { op: "delete" as const }),
        type: "registration",
        id,
        payload: sharedRegistration(parts, { change, record, paths }),
      })
    for (const each of lines.slice(before)) bytes += each.length
    last = seq
    objects += 1
    if (bytes > maxPageBytes) break
  }
  return { lines, last, objects }
}

function cardOf({ registrations, origin }: LineParts, record: RegistrationRecord) {
  return { ...acs.show(registrationOf(record), { origin: origin() }), active: registrations.isUsable(record) }
}

/** A checkpoint in which every one of these is; signed now, where there is none yet. */
async function covering(
  { ledger }: LineParts,
  changes: readonly RegistrationChange[],
): Promise<SignedCheckpoint> {
  const last = Math.max(-1, ...changes.map(({ seq }) => entryOf(seq)))
  return last < 0 ? ledger.checkpoint() : ledger.awaitCheckpoint(last, { soon: true })
}

function sharedCheckpoint(
  { ledger }: LineParts,
  { note, size }: SignedCheckpoint,
  from: number,
): SharedCheckpoint {
  // Of a reader who has seen more than there is nothing can be proven; it will see that by itself.
  const isLess = from < size
  return {
    note,
    vkey: ledger.vkey,
    from,
    consistency: isLess ? ledger.consistency(from, size).map(toBase64) : [],
  }
}

/** Of every entry that is spoken of, where it is in the tree: neighbours share most of their ways. */
function pathsOf(
  { ledger }: LineParts,
  changes: readonly RegistrationChange[],
  { size }: SignedCheckpoint,
): ReadonlyMap<number, readonly Uint8Array[]> {
  const indices = [
    ...new Set(changes.flatMap(({ said, approved, proved }) => [said, approved, proved ?? approved])),
  ]
  const proofs = ledger.proofs(indices, size)
  return new Map(indices.map((index, at) => [index, proofs[at] ?? []]))
}

interface Sharing {
  readonly change: RegistrationChange
  readonly record: RegistrationRecord | undefined
  readonly paths: ReadonlyMap<number, readonly Uint8Array[]>
}

function sharedRegistration(parts: LineParts, { change, record, paths }: Sharing): SharedRegistration {
  const proven = (index: number): Proven => ({
    index,
    entry: toBase64(parts.ledger.entry(index).bytes),
    path: (paths.get(index) ?? []).map(toBase64),
  })
  const { id } = change
  const opening = openingOf(parts, `${id}/registration.approved/${change.approved}`)
  const proved =
    change.proved === null ? undefined : openingOf(parts, `${id}/registration.proved/${change.proved}`)
  const said = {
    usable: false,
    log: proven(change.said),
    approval: opening === undefined ? null : { ...proven(change.approved), ...opening },
    ...(proved === undefined || change.proved === null
      ? {}
      : { proved: { ...proven(change.proved), ...proved } }),
    shown: null,
  }
  // What cannot be proven is not said to be usable.
  if (record?.approvedAt == null || opening === undefined || !parts.registrations.isUsable(record))
    return said
  const { ontology, revision, createdAt, changedAt, approvedAt, grade, content } = record
  return {
    ...said,
    usable: true,
    shown: { ontology, revision, createdAt, changedAt, approvedAt, grade, content },
  }
}

function openingOf({ vault }: LineParts, id: string): { salt: string; value: string } | undefined {
  try {
    const { salt, value } = vault.opening(id)
    return { salt: toBase64(salt), value }
  } catch (error) {
    if (isFailure(error, "not_found")) return undefined
    throw error
  }
}
