import { hash, type KeyObject } from "node:crypto"
import {
  CertificateRecord,
  type RevocationReason,
  revocationReasons,
  type ShownCertificate,
} from "@hufu/core/contract/ca"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { KeySuite } from "@hufu/core/identity/key-suite"
import { z } from "zod"
import { type Declare, saidTime } from "../../authority/declare.ts"
import { openRecords, type RecordKind, writeRecord } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { Store } from "../../store/store.ts"
import { serialIn } from "../x509/serial-in.ts"
import { signCertificate } from "../x509/sign-certificate.ts"
import type { CertificateStatus } from "../x509/ocsp-response.ts"
import type { Authorities, Authority } from "./authorities.ts"
import type { CaAddresses } from "./ca-addresses.ts"
import { certificateNames, type NamesOf, profileOf } from "./certificate-profile.ts"
import type { Holder, Holders } from "./holders.ts"
import { certificateOfSerial, serialHex, serialOf } from "./serial-number.ts"

const Stored = CertificateRecord.extend({
  aic: z.string(),
  /** DER in base64. */
  certificate: z.string(),
})
type Stored = z.infer<typeof Stored>

/**
 * What was issued and not revoked lets nothing happen by its row alone, so that only revoked ones are held in memory and counted at a
 * start: a row that is put back as it was before its revocation is noticed, and one that is gone is a certificate that nobody knows.
 */
export const certificateKind: RecordKind<Stored> = {
  kind: "certificate",
  schema: Stored,
  states: ["revoked"],
  state: ({ state }) => state,
  at: ({ until }) => until,
  sealed: {
    members: ["aic", "certificate"],
    subject: ({ holder }) => holder,
    blank: { aic: "", certificate: "" },
  },
}

/** What the node issues to itself, beside its agents. */
export const nodeHolder = "node"

export interface IssueDraft {
  readonly holder: Holder | typeof nodeHolder
  readonly usage: CertificateRecord["usage"]
  readonly publicKey: KeyObject
  readonly suite: KeySuite
  readonly names: NamesOf
  readonly days: number | undefined
  readonly account: string | null
  readonly by: string
  /** By which authority; the one that issues now by default. */
  readonly issuer?: Authority
}

export interface IssuedCertificate {
  readonly record: CertificateRecord
  /** Empty once it was erased with its agent. */
  readonly aic: string
  readonly certificate: Uint8Array
}

/** Certificates: issued, found, revoked. */
export interface Certificates {
  /** Durable, with its statement, before anybody has it. */
  issue(draft: IssueDraft): Promise<IssuedCertificate>
  /** Bites in memory before it is durable. Throws Failure("already_exists") when it is revoked already. */
  revoke(id: string, of: { reason: RevocationReason; by: string }): Promise<IssuedCertificate>
  /** Every one of a holder that still holds. */
  revokeAll(holder: string, of: { reason: RevocationReason; by: string }): Promise<IssuedCertificate[]>
  /** Writes down of a holder's certificates that those hold no more which ended for good with something else, such as their version. */
  settle(holder: string, by: string): Promise<IssuedCertificate[]>
  find(id: string): IssuedCertificate | undefined
  need(id: string): IssuedCertificate
  /** The newest first. */
  of(holder: string, limit?: number): IssuedCertificate[]
  list(limit: number): IssuedCertificate[]
  /** UNTRUSTED: what is true of a serial number under an authority at this moment. */
  statusOf(serial: Uint8Array, issuer: Authority): CertificateStatus
  /**
   * The certificate that these bytes are, if it lets its agent act at this moment; else why not. One that is on hold alone because
   * another version runs than is registered proves who its agent is, and lets it do nothing but say what runs.
   */
  admit(
    certificate: Uint8Array,
  ): { record: CertificateRecord; holder: Holder; isOnHold: boolean } | { refused: string }
  /** Whether one that let a connection in still holds. */
  isLive(id: string): boolean
  shown(of: IssuedCertificate): ShownCertificate
  /** Everything of an authority that does not hold and has not run out. */
  revokedBy(issuer: Authority): { serial: Uint8Array; at: number; reason: number }[]
  /** Told at once, before it is durable. */
  onRevoked(listener: (id: string) => void): () => void
  /** What an agent was called goes with it; that its certificates do not hold stays. */
  forgetContent(holder: string): void
  readonly revokedCount: number
  /** Changes with every revocation. */
  readonly revision: number
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly authorities: Authorities
  readonly holders: Holders
  readonly addresses: () => CaAddresses
}

const maxPerHolder = 100
/** Of those that hold, how many are kept at hand. */
const maxHeld = 10_000
const onHold = 6

export function openCertificates({
  store,
  clock,
  declare,
  authorities,
  holders,
  addresses,
}: Parts): Certificates {
  const revoked = openRecords(store, certificateKind)
  const held = new Map<string, Stored>()
  const listeners = new Set<(id: string) => void>()
  let revision = 0

  function stored(id: string): Stored | undefined {
    const known = revoked.get(id) ?? held.get(id)
    if (known !== undefined) return known
    const [read] = revoked.read("AND id = ?", [id])
    return read && hold(read)
  }

  /** The oldest makes room. */
  function hold(of: Stored): Stored {
    if (of.state === "revoked") return of
    const [oldest] = held.size >= maxHeld ? held.keys() : []
    if (oldest !== undefined) held.delete(oldest)
    held.set(of.id, of)
    return of
  }

  async function issue(draft: IssueDraft): Promise<IssuedCertificate> {
    const { holder, usage, publicKey, suite } = draft
    const issuer = draft.issuer ?? authorities.active("intermediate")
    const now = clock.now()
    const id = newId("certificate", now)
    const profile = profileOf(usage, { now, days: draft.days, issuer })
    const certificate = signCertificate(
      {
        serial: serialOf(id),
        issuer: issuer.subject,
        subject: certificateNames(draft.names).subject,
        from: profile.from,
        until: profile.until,
        publicKey,
        extensions: profile.extensions({ publicKey, names: draft.names, issuer, addresses: addresses() }),
      },
      issuer.signer(),
    )
    const of: Stored = {
      id,
      serial: serialHex(serialOf(id)),
      holder: holder === nodeHolder ? nodeHolder : holder.id,
      version: holder === nodeHolder ? null : holder.version,
      issuer: issuer.id,
      account: draft.account,
      usage,
      suite,
      from: profile.from,
      until: profile.until,
      fingerprint: hash("sha256", certificate, "hex"),
      state: "issued",
      revokedAt: null,
      reason: null,
      createdAt: now,
      aic: holder === nodeHolder ? "" : holder.aic,
      certificate: Buffer.from(certificate).toString("base64"),
    }
    await store.commit((tx) => {
      // What was so when the request came may have been stopped since.
      requireIssuable(draft, issuer)
      writeRecord(store, certificateKind, tx, of)
      declare(tx, {
        fact: "certificate.issued",
        subject: of.holder,
        by: draft.by,
        refs: {
          certificate: id,
          ...(of.version === null ? {} : { version: of.version }),
          issuer: of.issuer,
          ...(of.account === null ? {} : { account: of.account }),
          usage,
          suite,
          from: saidTime(of.from),
          until: saidTime(of.until),
          fingerprint: of.fingerprint,
        },
        content: { aic: of.aic, certificate: of.certificate },
      })
    })
    return issued(hold(of))
  }

  function requireIssuable({ holder, issuer: named }: IssueDraft, issuer: Authority): void {
    if (named === undefined && authorities.active("intermediate").id !== issuer.id)
      throw new Failure("stale", "the authority's key was replaced meanwhile: ask again")
    if (holder === nodeHolder) return
    const now = holders.find(holder.id)
    if (now === undefined || now.state !== "live")
      throw new Failure(
        now?.state === "suspended" ? "agent_suspended" : "agent_revoked",
        "this agent is out of service, so it gets no certificate: a person has to resume it, or to make a new one",
      )
    if (now.version !== holder.version || now.aic !== holder.aic)
      throw new Failure("version_changed", "another version of this agent was declared meanwhile: ask again")
    if (now.mismatchedAt !== undefined)
      throw new Failure(
        "version_changed",
        "this agent was seen running another version than is registered: run the registered one again, or register the one that runs",
      )
    if (liveOf(holder.id, maxPerHolder).length >= maxPerHolder)
      throw new Failure(
        "too_many",
        `an agent has ${maxPerHolder} certificates at once at most: revoke some first`,
      )
  }

  function liveOf(holder: string, limit: number): Stored[] {
    const where = "AND subject = ? AND state = 'issued' AND at > ? ORDER BY id DESC LIMIT ?"
    return revoked.read(where, [holder, clock.now(), limit]).filter(({ id }) => revoked.get(id) === undefined)
  }

  async function revoke(
    id: string,
    { reason, by }: { reason: RevocationReason; by: string },
  ): Promise<IssuedCertificate> {
    const before = needStored(id)
    if (before.state === "revoked")
      throw new Failure("already_exists", `certificate \`${id}\` is revoked already`)
    const revokedAt = clock.now()
    const after: Stored = { ...before, state: "revoked", revokedAt, reason }
    revoked.set(after)
    held.delete(id)
    revision += 1
    for (const listener of listeners) listener(id)
    await store.commit((tx) => {
      revoked.put(tx, after)
      declare(tx, {
        fact: "certificate.revoked",
        subject: after.holder,
        by,
        refs: { certificate: id, reason, at: saidTime(revokedAt) },
      })
    })
    return issued(after)
  }

  function needStored(id: string): Stored {
    const found = stored(id)
    if (found !== undefined) return found
    throw new Failure(
      "not_found",
      `there is no certificate \`${id.slice(0, 80)}\`: \`hufu ca list\` shows what there is`,
    )
  }

  /** What does not hold, though no statement revoked it by itself. */
  function endedWith(of: Stored): { at: number; reason: number } | undefined {
    const issuer = authorities.find(of.issuer)
    const root = issuer && authorities.find(issuer.parent)
    for (const each of [root, issuer])
      if (each?.state === "revoked") return { at: each.changedAt, reason: codeOf("ca-compromise") }
    if (of.holder === nodeHolder) return undefined
    const holder = holders.find(of.holder)
    if (holder === undefined) return { at: of.createdAt, reason: codeOf("cessation-of-operation") }
    // A certificate belongs to a version: with another it holds no more, also where nobody has written that down yet.
    // So it does where its agent has another code by now, such as that of a registration.
    const isOther = holder.version !== of.version || (of.aic !== "" && holder.aic !== of.aic)
    if (isOther) return { at: clock.now(), reason: codeOf("superseded") }
    if (holder.state === "revoked")
      return { at: holder.stateChangedAt, reason: codeOf("cessation-of-operation") }
    if (holder.state === "suspended") return { at: holder.stateChangedAt, reason: onHold }
    // It holds again once the registered version runs; a newly registered one supersedes it.
    return holder.mismatchedAt === undefined ? undefined : { at: holder.mismatchedAt, reason: onHold }
  }

  function statusOfStored(of: Stored): CertificateStatus {
    if (of.state === "revoked")
      return { is: "revoked", at: of.revokedAt ?? of.createdAt, reason: codeOf(of.reason ?? "unspecified") }
    const ended = endedWith(of)
    return ended === undefined ? { is: "good" } : { is: "revoked", ...ended }
  }

  function statusOf(serial: Uint8Array, issuer: Authority): CertificateStatus {
    const id = certificateOfSerial(serial)
    const of = id === undefined ? undefined : stored(id)
    return of?.issuer === issuer.id ? statusOfStored(of) : { is: "unknown" }
  }

  function admit(certificate: Uint8Array): ReturnType<Certificates["admit"]> {
    const fingerprint = hash("sha256", certificate, "hex")
    const id = certificateOfSerial(serialIn(certificate))
    const of = id === undefined ? undefined : stored(id)
    // INVARIANT: what this node did not issue is nobody's, whoever signed it: its very bytes have to be ours.
    if (of?.fingerprint !== fingerprint) return { refused: "certificate_unknown" }
    const why = refusalOf(of)
    const holder = holders.find(of.holder)
    const isOnHold = why === "certificate_revoked" && isHeldByMismatch(of, holder)
    if (why !== undefined && !isOnHold) return { refused: why }
    return holder === undefined ? { refused: "agent_unknown" } : { record: recordOf(of), holder, isOnHold }
  }

  function isHeldByMismatch(of: Stored, holder: Holder | undefined): boolean {
    return (
      of.state === "issued" &&
      holder?.mismatchedAt !== undefined &&
      holder.state === "live" &&
      endedWith(of)?.reason === onHold
    )
  }

  function refusalOf(of: Stored): string | undefined {
    const now = clock.now()
    if (of.usage !== "client") return "certificate_for_other_use"
    if (now >= of.until || now < of.from) return "certificate_expired"
    return statusOfStored(of).is === "good" ? undefined : "certificate_revoked"
  }

  function revokedBy(issuer: Authority): ReturnType<Certificates["revokedBy"]> {
    const now = clock.now()
    const ended = [...holders.outOfService()].flatMap(({ id }) => liveOf(id, maxPerHolder * 2))
    return [...revoked.all(), ...ended].flatMap((of) => {
      if (of.issuer !== issuer.id || of.until <= now) return []
      const status = statusOfStored(of)
      if (status.is !== "revoked") return []
      return [{ serial: Buffer.from(of.serial, "hex"), at: status.at, reason: status.reason }]
    })
  }

  return {
    issue,
    revoke,
    async revokeAll(holder, of) {
      const live = liveOf(holder, maxPerHolder)
      return Promise.all(live.map(({ id }) => revoke(id, of)))
    },
    async settle(holder, by) {
      const over = liveOf(holder, maxPerHolder).flatMap((of) => {
        const reason = revocationReasons[endedWith(of)?.reason ?? onHold]
        return reason === undefined ? [] : [{ id: of.id, reason }]
      })
      return Promise.all(over.map(({ id, reason }) => revoke(id, { reason, by })))
    },
    find(id) {
      const of = stored(id)
      return of && issued(of)
    },
    need: (id) => issued(needStored(id)),
    of: (holder, limit = maxPerHolder) =>
      revoked.read("AND subject = ? ORDER BY id DESC LIMIT ?", [holder, limit]).map(issued),
    list: (limit) => revoked.read("ORDER BY id DESC LIMIT ?", [limit]).map(issued),
    statusOf,
    admit,
    isLive(id) {
      const of = stored(id)
      return of !== undefined && refusalOf(of) === undefined
    },
    shown({ record, aic }) {
      const of = stored(record.id)
      const status = of === undefined ? undefined : statusOfStored(of)
      const isHeld = status?.is === "revoked" && status.reason === onHold
      const isOver = record.until <= clock.now()
      return {
        ...record,
        aic: aic === "" ? null : aic,
        status: isHeld ? "on-hold" : status?.is !== "good" ? "revoked" : isOver ? "expired" : "good",
      }
    },
    revokedBy,
    onRevoked(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    forgetContent(holder) {
      for (const of of revoked.all())
        if (of.holder === holder) revoked.set({ ...of, aic: "", certificate: "" })
      for (const of of held.values()) if (of.holder === holder) held.delete(of.id)
    },
    get revokedCount() {
      return revoked.size
    },
    get revision() {
      return revision
    },
  }
}

export function codeOf(reason: RevocationReason): number {
  return revocationReasons.indexOf(reason)
}

function recordOf({ aic: _aic, certificate: _certificate, ...record }: Stored): CertificateRecord {
  return record
}

function issued(of: Stored): IssuedCertificate {
  return { record: recordOf(of), aic: of.aic, certificate: Buffer.from(of.certificate, "base64") }
}
