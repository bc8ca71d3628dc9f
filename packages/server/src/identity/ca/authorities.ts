import { createPrivateKey, createPublicKey, hash, type KeyObject, X509Certificate } from "node:crypto"
import { AuthorityRecord, type RotationReason, type ShownAuthority } from "@hufu/core/contract/ca"
import { Failure, isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { KeySuite } from "@hufu/core/identity/key-suite"
import { z } from "zod"
import { type Declare, saidTime } from "../../authority/declare.ts"
import { openRecords, type RecordKind } from "../../authority/records.ts"
import type { Clock } from "../../clock.ts"
import type { Store, Tx } from "../../store/store.ts"
import { distinguishedName } from "../x509/distinguished-name.ts"
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoint,
  keyUsage,
  subjectKeyIdentifier,
} from "../x509/extensions.ts"
import { toPem } from "../x509/pem.ts"
import { signCertificate } from "../x509/sign-certificate.ts"
import { generateKey, type Signer, signerOf, spkiOf } from "../x509/suite-keys.ts"
import type { CaAddresses } from "./ca-addresses.ts"
import { serialOf } from "./serial-number.ts"

const Stored = AuthorityRecord.extend({
  /** DER in base64. */
  certificate: z.string(),
  cross: z.string().nullable(),
})
type Stored = z.infer<typeof Stored>

export const authorityKind: RecordKind<Stored> = {
  kind: "authority",
  schema: Stored,
  state: ({ state }) => state,
  at: ({ until }) => until,
  sealed: { members: ["name", "certificate", "cross"], subject: ({ id }) => id, blank: undefined },
}

/** An authority, with what it signs by. */
export interface Authority {
  readonly id: string
  readonly role: AuthorityRecord["role"]
  readonly parent: string
  readonly state: AuthorityRecord["state"]
  readonly until: number
  readonly changedAt: number
  /** Its name, as certificates write it. */
  readonly subject: Uint8Array
  readonly certificate: Uint8Array
  /** Its key, signed by the root before it. */
  readonly cross: Uint8Array | undefined
  readonly publicKey: KeyObject
  /** Throws Failure("vault_damaged") where its key is lost. */
  signer(): Signer
}

/** The keys that sign certificates: made, kept, replaced. */
export interface Authorities {
  /** Makes the first root and the first intermediate; once. */
  init(draft: { name: string; suite: KeySuite; by: string }): Promise<void>
  /** Makes the next key of a role. A new root has a new intermediate under it. */
  rotate(draft: {
    role: AuthorityRecord["role"]
    reason: RotationReason
    suite: KeySuite | undefined
    by: string
  }): Promise<void>
  /** The one that issues now; throws Failure("not_found") before there is one. */
  active(role: AuthorityRecord["role"]): Authority
  find(id: string): Authority | undefined
  all(): Authority[]
  shown(): ShownAuthority[]
  /** Told at once, before it is durable, when one that signed certificates holds no more. */
  onRevoked(listener: () => void): void
  /** Told when another signs now, or another is trusted. */
  onChanged(listener: () => void): () => void
  /** Changes with every change of what is here. */
  readonly revision: number
}

/** A new key with its certificate, and how both are written. */
interface Made {
  readonly stored: Stored
  readonly signer: Signer
  readonly write: (tx: Tx, by: string) => void
}

const dayMs = 86_400_000
const rootDays = 20 * 365
const intermediateDays = 5 * 365
/** A clock that is behind takes what was issued just now. */
const backdateMs = 60_000
const maxAuthorities = 200

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly declare: Declare
  readonly addresses: () => CaAddresses
}

export function openAuthorities({ store, clock, declare, addresses }: Parts): Authorities {
  const records = openRecords(store, authorityKind)
  const opened = new Map<string, Authority>()
  const listeners = new Set<() => void>()
  const changed = new Set<() => void>()
  let [revision, isChanging] = [0, false]

  function open(stored: Stored): Authority {
    const { id, role, parent, state, until, changedAt, suite } = stored
    const known = opened.get(id)
    if (known?.state === state && known.changedAt === changedAt) return known
    const certificate = Buffer.from(stored.certificate, "base64")
    let signer: Signer | undefined
    const authority: Authority = {
      id,
      role,
      parent,
      state,
      until,
      changedAt,
      certificate,
      subject: nameOf(stored),
      cross: stored.cross === null ? undefined : Buffer.from(stored.cross, "base64"),
      publicKey: new X509Certificate(certificate).publicKey,
      // A root's key is in memory only while it signs.
      signer: () =>
        role === "root"
          ? signerOf(keyOf(stored), suite)
          : (signer ??= known === undefined ? signerOf(keyOf(stored), suite) : known.signer()),
    }
    opened.set(id, authority)
    return authority
  }

  function keyOf({ id, role, certificate }: Stored): KeyObject {
    const lost = (cause: unknown) =>
      new Failure(
        "vault_damaged",
        `the key of the certificate authority's ${role} is lost: restore a backup, or make another with \`hufu ca rotate ${role}\``,
        { cause },
      )
    try {
      const text = z.string().parse(store.vault.get(keyName(id)))
      const key = createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" })
      const own = new X509Certificate(Buffer.from(certificate, "base64")).publicKey
      if (!createPublicKey(key).equals(own)) throw new Error("another key stands in its place")
      return key
    } catch (error) {
      throw lost(error)
    }
  }

  const activeOf = (role: AuthorityRecord["role"]) =>
    [...records.all()].find((each) => each.role === role && each.state === "active")

  function needActive(role: AuthorityRecord["role"]): Stored {
    const found = activeOf(role)
    if (found !== undefined) return found
    throw new Failure(
      "not_found",
      "this node has no certificate authority: a person makes one with `hufu ca init`",
    )
  }

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    if (isChanging)
      throw new Failure("stale", "the certificate authority is being changed: try again in a moment")
    isChanging = true
    try {
      return await work()
    } finally {
      isChanging = false
    }
  }

  /** A key and its certificate, and how both are written. */
  async function make(of: {
    role: AuthorityRecord["role"]
    name: string
    suite: KeySuite
    parent: { stored: Stored; signer: Signer } | undefined
  }): Promise<Made> {
    const key = await generateKey(of.suite)
    const now = clock.now()
    const id = newId("authority", now)
    const signer = signerOf(key, of.suite)
    const days = of.role === "root" ? rootDays : intermediateDays
    const from = seconds(now - backdateMs)
    const until = Math.min(seconds(now + days * dayMs), of.parent?.stored.until ?? Number.MAX_SAFE_INTEGER)
    const draft: Stored = {
      id,
      role: of.role,
      parent: of.parent?.stored.id ?? id,
      name: of.name,
      suite: of.suite,
      state: "active",
      from,
      until,
      createdAt: now,
      changedAt: now,
      certificate: "",
      cross: null,
    }
    const certificate = certify(draft, signer.publicKey, {
      id,
      stored: of.parent?.stored ?? draft,
      signer: of.parent?.signer ?? signer,
    })
    const stored: Stored = { ...draft, certificate: Buffer.from(certificate).toString("base64") }
    const secret = Buffer.from(key.export({ format: "der", type: "pkcs8" })).toString("base64")
    return {
      stored,
      signer,
      write(tx, by) {
        records.put(tx, stored)
        store.vault.keep(tx, { id: keyName(id), subject: id, text: JSON.stringify(secret) })
        declare(tx, {
          fact: "authority.created",
          subject: id,
          by,
          refs: {
            role: of.role,
            parent: stored.parent,
            suite: of.suite,
            key: hash("sha256", spkiOf(signer.publicKey), "hex"),
            from: saidTime(from),
            until: saidTime(until),
          },
          content: { name: of.name, certificate: stored.certificate },
        })
      },
    }
  }

  /** The certificate of a key under a root; of a root under an earlier one, where `id` is another serial number. */
  function certify(
    of: Stored,
    publicKey: KeyObject,
    by: { id: string; stored: Stored; signer: Signer },
  ): Uint8Array {
    const isSelf = by.stored.id === of.id
    const at = addresses()
    return signCertificate(
      {
        serial: serialOf(by.id),
        issuer: nameOf(by.stored),
        subject: nameOf(of),
        from: of.from,
        until: Math.min(of.until, by.stored.until),
        publicKey,
        extensions: [
          basicConstraints({ ca: true, below: of.role === "root" ? null : 0 }),
          keyUsage("keyCertSign", "crlSign"),
          subjectKeyIdentifier(publicKey),
          ...(isSelf
            ? []
            : [
                authorityKeyIdentifier(by.signer.publicKey),
                crlDistributionPoint(at.crl(by.stored.id)),
                authorityInfoAccess({ issuer: at.issuer(by.stored.id) }),
              ]),
        ],
      },
      by.signer,
    )
  }

  function tell(): void {
    revision += 1
    for (const listener of changed) listener()
  }

  async function init({ name, suite, by }: Parameters<Authorities["init"]>[0]): Promise<void> {
    await alone(async () => {
      if (activeOf("root") !== undefined)
        throw new Failure(
          "already_exists",
          "this node has a certificate authority already: `hufu ca rotate` replaces its keys",
        )
      const root = await make({ role: "root", name, suite, parent: undefined })
      const under = await make({ role: "intermediate", name, suite, parent: root })
      await store.commit((tx) => {
        root.write(tx, by)
        under.write(tx, by)
      })
      for (const { stored } of [root, under]) records.set(stored)
      tell()
    })
  }

  async function rotate(draft: Parameters<Authorities["rotate"]>[0]): Promise<void> {
    await alone(async () => {
      if (records.size >= maxAuthorities)
        throw new Failure(
          "too_many",
          `an authority has had ${maxAuthorities} keys at most: it keeps the last`,
        )
      const before = { root: needActive("root"), intermediate: needActive("intermediate") }
      if (draft.role === "root") return rotateRoot(before, draft)
      const suite = draft.suite ?? before.intermediate.suite
      const parent = { stored: before.root, signer: signerOf(keyOf(before.root), before.root.suite) }
      const made = await make({ role: "intermediate", name: before.root.name, suite, parent })
      return replace([before.intermediate], [made], draft)
    })
  }

  async function rotateRoot(
    before: { root: Stored; intermediate: Stored },
    draft: Parameters<Authorities["rotate"]>[0],
  ): Promise<void> {
    const suite = draft.suite ?? before.root.suite
    const { name } = before.root
    const root = await make({ role: "root", name, suite, parent: undefined })
    const under = await make({ role: "intermediate", name, suite, parent: root })
    // Whoever trusts only the root before it still reaches the new one, unless nobody should trust that.
    const cross = draft.reason === "superseded" ? crossOf(root.stored, before.root, root.signer) : null
    if (cross === null) return replace([before.root, before.intermediate], [root, under], draft)
    const crossed = { ...root, stored: { ...root.stored, cross } }
    return replace([before.root, before.intermediate], [crossed, under], draft, (tx) => {
      records.put(tx, crossed.stored)
      declare(tx, {
        fact: "authority.crossed",
        subject: root.stored.id,
        by: draft.by,
        refs: { parent: before.root.id },
        content: { cross },
      })
    })
  }

  function crossOf(root: Stored, before: Stored, { publicKey }: Signer): string | null {
    try {
      const signer = signerOf(keyOf(before), before.suite)
      const id = newId("authority", clock.now())
      return Buffer.from(certify(root, publicKey, { id, stored: before, signer })).toString("base64")
    } catch (error) {
      // A root whose key is lost signs nothing more.
      if (isFailure(error, "vault_damaged")) return null
      throw error
    }
  }

  async function replace(
    gone: readonly Stored[],
    made: readonly Made[],
    { reason, by }: { reason: RotationReason; by: string },
    also?: (tx: Tx) => void,
  ): Promise<void> {
    const changedAt = clock.now()
    const state = reason === "superseded" ? ("retired" as const) : ("revoked" as const)
    const replaced = gone.map((each): Stored => ({ ...each, state, changedAt }))
    // What narrows, first in memory: nothing that a broken key signed holds from now on.
    if (state === "revoked") for (const each of replaced) records.set(each)
    revision += 1
    if (state === "revoked") for (const listener of listeners) listener()
    await store.commit((tx) => {
      for (const each of made) each.write(tx, by)
      also?.(tx)
      for (const each of replaced) {
        records.put(tx, each)
        declare(tx, {
          fact: state === "retired" ? "authority.retired" : "authority.revoked",
          subject: each.id,
          by,
          refs: { at: saidTime(changedAt) },
        })
      }
    })
    for (const each of [...replaced, ...made.map(({ stored }) => stored)]) records.set(each)
    tell()
  }

  function hasKey(stored: Stored): boolean {
    try {
      keyOf(stored)
      return true
    } catch (error) {
      if (isFailure(error, "vault_damaged")) return false
      throw error
    }
  }

  return {
    init,
    rotate,
    active: (role) => open(needActive(role)),
    find(id) {
      const stored = records.get(id)
      return stored && open(stored)
    },
    all: () => [...records.all()].map(open),
    onRevoked: (listener) => void listeners.add(listener),
    onChanged(listener) {
      changed.add(listener)
      return () => void changed.delete(listener)
    },
    shown: () =>
      [...records.all()].map(({ certificate, cross, ...record }) => ({
        ...record,
        fingerprint: hash("sha256", Buffer.from(certificate, "base64"), "hex"),
        hasKey: hasKey({ certificate, cross, ...record }),
        pem: toPem("CERTIFICATE", Buffer.from(certificate, "base64")),
        crossPem: cross === null ? null : toPem("CERTIFICATE", Buffer.from(cross, "base64")),
      })),
    get revision() {
      return revision
    },
  }
}

/** Each key has a name of its own, so that no two authorities are taken for one another. */
function nameOf({ name, role, id }: Pick<Stored, "name" | "role" | "id">): Uint8Array {
  return distinguishedName({ organization: name, commonName: `${name} ${role} ${id.slice(-8)}` })
}

function keyName(id: string): string {
  return `${id}/key`
}

/** Certificates know whole seconds. */
function seconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
