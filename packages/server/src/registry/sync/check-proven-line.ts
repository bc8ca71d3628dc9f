import type { PeerFault } from "@hufu/core/contract/sync-operations"
import { fromBase64 } from "@hufu/core/evidence/base64"
import type { Checkpoint } from "@hufu/core/evidence/checkpoint"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Fact, StatementEntry } from "@hufu/core/evidence/entry"
import { verifyInclusion } from "@hufu/core/evidence/inclusion"
import { leafHash } from "@hufu/core/evidence/merkle"
import { isFailure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { OwnershipProof } from "@hufu/core/registration/developer"
import { commitNatively } from "../../ledger/native-commitment.ts"
import { nativeHash } from "../../ledger/native-hash.ts"
import { digestOfContent } from "../digest-of-content.ts"
import { refuseUnready } from "../review-content.ts"
import { entryOf } from "./registration-changes.ts"
import type { CheckedLine } from "./remote-change.ts"
import {
  ApprovedContent,
  type Opened,
  ProvedContent,
  type Proven,
  SharedRegistration,
} from "./shared-registration.ts"
import type { Envelope } from "./envelope.ts"

/** Why a peer is believed no more. */
export class PeerRefused extends Error {
  readonly fault: PeerFault

  constructor(fault: PeerFault, message: string) {
    super(message)
    this.name = "PeerRefused"
    this.fault = fault
  }
}

/** After which statements an agent may be used, and after which not. */
const opens: ReadonlySet<Fact> = new Set(["registration.approved", "registration.enabled", "agent.resumed"])
const closes: ReadonlySet<Fact> = new Set([
  "registration.disabled",
  "registration.retired",
  "agent.suspended",
  "agent.revoked",
  "subject.erased",
])

/**
 * Compares what a node of Hufu says of a registration with its ledger, whose state was verified before: the statement that it names is
 * there, is about this registration, and says so; and what is shown is what was approved. UNTRUSTED: the line.
 *
 * @throws PeerRefused for what its ledger does not say
 */
export function checkProvenLine({ seq, id, op, payload }: Envelope, checkpoint: Checkpoint): CheckedLine {
  const read = SharedRegistration.safeParse(payload)
  // Of a later Hufu there may be content that is not known here; what it said before counts no more.
  if (!read.success)
    return {
      is: "left",
      change: { seq, origin: id, aic: null, usable: false, shown: null, proofs: [], gone: false },
      why: `what it shows of \`${id}\` is not acceptable here: ${read.error.issues[0]?.path.join("/").slice(0, 200) ?? ""}`,
    }
  const { usable, log, approval, proved, shown } = read.data
  // What is verified of it may have changed since it was said whether it may be used.
  if (Math.max(log.index, proved?.index ?? 0) !== entryOf(seq))
    throw unproven(id, "names another entry than its place is of")
  const said = statementIn(log, checkpoint, id)
  const isAgents = said.fact.startsWith("agent.")
  if (!isAgents && said.subject !== id) throw unproven(id, "names a statement about something else")
  if (!opens.has(said.fact) && !closes.has(said.fact))
    throw unproven(id, "names a statement that changes nothing")
  if (usable && !opens.has(said.fact))
    throw unproven(id, "is shown as usable, and its ledger says the contrary")
  if (usable !== (shown !== null)) throw unproven(id, "is shown in part")
  const approved = approval === null ? undefined : approvedIn(approval, checkpoint, id)
  const change = {
    seq,
    origin: id,
    aic: approved?.aic ?? null,
    usable,
    shown,
    proofs: provedIn({ approval, approved, proved }, checkpoint, id),
    gone: op === "delete",
  }
  if (shown === null) return { is: "change", change: { ...change, usable: false } }
  if (approved === undefined || digestOfContent(shown.content) !== approved.digest)
    throw unproven(id, "is shown with other content than was approved")
  try {
    refuseUnready(shown.content)
  } catch (error) {
    if (!isFailure(error)) throw error
    return { is: "left", change: { ...change, usable: false, shown: null }, why: error.message }
  }
  return { is: "change", change }
}

/** What its registry verified: as its approval names it, or as a later statement does. */
function provedIn(
  {
    approval,
    approved,
    proved,
  }: Pick<SharedRegistration, "approval" | "proved"> & { approved: ApprovedContent | undefined },
  checkpoint: Checkpoint,
  id: string,
): readonly OwnershipProof[] {
  if (proved === undefined || approval === null) return approved?.proofs ?? []
  if (proved.index < approval.index)
    throw unproven(id, "names what was verified before it was approved, which its approval names itself")
  const read = ProvedContent.safeParse(openedIn(proved, { fact: "registration.proved", checkpoint, id }))
  if (!read.success) throw unproven(id, "says in no known form what of it is verified")
  return read.data.proofs
}

function approvedIn(
  approval: NonNullable<SharedRegistration["approval"]>,
  checkpoint: Checkpoint,
  id: string,
): ApprovedContent {
  const read = ApprovedContent.safeParse(
    openedIn(approval, { fact: "registration.approved", checkpoint, id }),
  )
  if (!read.success) throw unproven(id, "was approved without its content")
  return read.data
}

/** What a statement about this registration commits to. */
function openedIn(
  { salt, value, ...proven }: Opened,
  { fact, checkpoint, id }: { fact: Fact; checkpoint: Checkpoint; id: string },
): JsonValue {
  const said = statementIn(proven, checkpoint, id)
  if (said.fact !== fact || said.subject !== id)
    throw unproven(id, `names a statement that is no ${fact} of it`)
  if (said.digest === undefined || commitNatively(bytesIn(salt, id), value) !== said.digest)
    throw unproven(id, "shows something else than its ledger has")
  return parseStrict(value)
}

type ApprovedContent = ReturnType<typeof ApprovedContent.parse>

/** A statement that is in the tree. */
function statementIn({ index, entry, path }: Proven, { size, root }: Checkpoint, id: string): StatementEntry {
  const bytes = bytesIn(entry, id)
  const proof = path.map((hash) => bytesIn(hash, id))
  const leaf = leafHash(bytes, nativeHash)
  if (!verifyInclusion({ index, size, leaf, proof, root }, nativeHash))
    throw unproven(id, `names an entry ${index} that its ledger does not have`)
  const said = tryDecode(bytes)
  if (said?.kind !== "statement") throw unproven(id, "names an entry that is no statement")
  return said
}

function tryDecode(bytes: Uint8Array) {
  try {
    return decodeEntry(bytes)
  } catch (error) {
    if (isFailure(error)) return undefined
    throw error
  }
}

function bytesIn(text: string, id: string): Uint8Array {
  try {
    return fromBase64(text)
  } catch {
    throw new PeerRefused("malformed", `what it shows of \`${id}\` is not encoded as it has to be`)
  }
}

function unproven(id: string, why: string): PeerRefused {
  return new PeerRefused("unproven", `\`${id}\` ${why}`)
}
