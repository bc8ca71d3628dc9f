import { createPublicKey, type KeyObject, verify } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { KeySuite } from "@hufu/core/identity/key-suite"
import type { AltNames } from "./extensions.ts"
import { oids } from "./object-identifiers.ts"
import { bitsOf, childrenOf, type DerValue, need, oidOf, readDer, textOf, unsignedOf } from "./read-der.ts"
import { algorithmIdentifier, signatureAlgorithms } from "./signature-algorithms.ts"
import { suiteOf } from "./suite-keys.ts"
import { tags } from "./write-der.ts"

/** What somebody asks a certificate for (RFC 2986), with the proof that they have the key. */
export interface SigningRequest {
  readonly publicKey: KeyObject
  readonly suite: KeySuite
  /** Every common name in the subject, and how many other parts it has. */
  readonly commonNames: readonly string[]
  readonly otherParts: number
  /** What it asks to be called beside; undefined where it asks for nothing. */
  readonly altNames: AltNames | undefined
  /** The purposes that it asks for, by their identifiers; undefined where it asks for none. */
  readonly purposes: readonly string[] | undefined
  /** It asks to be an authority itself. */
  readonly wantsAuthority: boolean
}

/** Why a request is refused, for callers that have a code of their own for each. */
export type RequestFault = "malformed" | "algorithm" | "signature"

export class BadRequest extends Failure {
  readonly fault: RequestFault

  constructor(fault: RequestFault, detail: string, cause?: unknown) {
    super("invalid_input", detail, { cause })
    this.fault = fault
  }
}

const maxBytes = 16 * 1024

/** UNTRUSTED: reads a request and checks that whoever made it has the key. Throws BadRequest. */
export function readSigningRequest(bytes: Uint8Array): SigningRequest {
  if (bytes.length > maxBytes)
    throw new BadRequest("malformed", "a certificate request has at most 16 KiB: send less")
  try {
    return read(bytes)
  } catch (error) {
    if (error instanceof BadRequest) throw error
    if (error instanceof Failure) throw new BadRequest("malformed", error.message, error)
    throw error
  }
}

function read(bytes: Uint8Array): SigningRequest {
  const [info, algorithm, signature, ...rest] = childrenOf(readDer(bytes), tags.sequence)
  const [version, subject, spki, attributes, ...more] = childrenOf(info, tags.sequence)
  if (rest.length > 0 || more.length > 0 || info === undefined || spki === undefined)
    throw new BadRequest("malformed", "the certificate request has parts too many: make it anew")
  if ((unsignedOf(version)[0] ?? 1) !== 0)
    throw new BadRequest("malformed", "the certificate request is of another version than 1: make it anew")
  const { publicKey, suite } = keyIn(spki)
  requireOwnSignature({ info, algorithm, signature, publicKey, suite })
  return { publicKey, suite, ...subjectIn(subject), ...extensionsIn(attributes) }
}

function keyIn(spki: DerValue): { publicKey: KeyObject; suite: KeySuite } {
  let publicKey: KeyObject
  try {
    publicKey = createPublicKey({ key: Buffer.from(spki.raw), format: "der", type: "spki" })
  } catch (cause) {
    throw new BadRequest("algorithm", "the key in the request cannot be read: use an Ed25519 key", cause)
  }
  const suite = suiteOf(publicKey)
  if (suite === undefined)
    throw new BadRequest(
      "algorithm",
      "keys are Ed25519, P-256, or RSA of 2048, 3072 or 4096 bits: make one of these",
    )
  return { publicKey, suite }
}

function requireOwnSignature(of: {
  info: DerValue
  algorithm: DerValue | undefined
  signature: DerValue | undefined
  publicKey: KeyObject
  suite: KeySuite
}): void {
  const named = need(of.algorithm, tags.sequence).raw
  const algorithm = signatureAlgorithms.find((each) => Buffer.compare(algorithmIdentifier(each), named) === 0)
  if (algorithm === undefined || !algorithm.suites.includes(of.suite))
    throw new BadRequest(
      "algorithm",
      "the request is signed in a way that is not taken here: sign it by Ed25519, or with SHA-256 or longer",
    )
  if (verify(algorithm.hash, of.info.raw, of.publicKey, bitsOf(of.signature))) return
  throw new BadRequest(
    "signature",
    "the request is not signed by the key that is in it: sign it with that key",
  )
}

function subjectIn(subject: DerValue | undefined): Pick<SigningRequest, "commonNames" | "otherParts"> {
  const parts = childrenOf(subject, tags.sequence, 16)
    .flatMap((set) => childrenOf(set, tags.set, 4))
    .map((part) => childrenOf(part, tags.sequence, 2))
  const common = parts.filter(([id]) => oidOf(id) === oids.commonName)
  return {
    commonNames: common.map(([, value]) => textOf(value)),
    otherParts: parts.length - common.length,
  }
}

const attributesTag = 0xa0

function extensionsIn(
  attributes: DerValue | undefined,
): Pick<SigningRequest, "altNames" | "purposes" | "wantsAuthority"> {
  const wanted = attributes === undefined ? [] : childrenOf(attributes, attributesTag, 8)
  const lists = wanted
    .map((attribute) => childrenOf(attribute, tags.sequence, 2))
    .filter(([id]) => oidOf(id) === oids.extensionRequest)
    .map(([, values]) => childrenOf(values, tags.set, 1)[0])
  if (lists.length > 1)
    throw new BadRequest("malformed", "the request names its extensions twice: name them once")
  const all = lists.flatMap((list) => childrenOf(list, tags.sequence, 16)).map(extensionOf)
  const values = new Map(all.map(({ id, value }) => [id, value]))
  if (values.size !== all.length)
    throw new BadRequest("malformed", "the request has an extension twice: name it once")
  const names = values.get(oids.subjectAltName)
  const purposes = values.get(oids.extendedKeyUsage)
  const constraints = values.get(oids.basicConstraints)
  return {
    altNames: names && altNamesIn(names),
    purposes: purposes && childrenOf(purposes, tags.sequence, 8).map(oidOf),
    wantsAuthority: constraints !== undefined && childrenOf(constraints, tags.sequence, 2).length > 0,
  }
}

function extensionOf(value: DerValue): { id: string; value: DerValue } {
  const parts = childrenOf(value, tags.sequence, 3)
  const last = need(parts.at(-1), tags.octetString)
  return { id: oidOf(parts[0]), value: readDer(last.content) }
}

const nameTags = { dns: 0x82, uri: 0x86, ip: 0x87 } as const

function altNamesIn(value: DerValue): AltNames {
  const names = childrenOf(value, tags.sequence, 64)
  const known = new Set<number>(Object.values(nameTags))
  if (names.some(({ tag }) => !known.has(tag)))
    throw new BadRequest("malformed", "the request asks for names that are no URI, DNS name or address")
  const texts = (tag: number) =>
    names.filter((name) => name.tag === tag).map(({ content }) => Buffer.from(content).toString("latin1"))
  return {
    uri: texts(nameTags.uri),
    dns: texts(nameTags.dns),
    ip: names.filter(({ tag }) => tag === nameTags.ip).map(({ content }) => addressText(content)),
  }
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".")
  if (bytes.length !== 16) throw new BadRequest("malformed", "the request asks for an address that is none")
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0)).toString(16),
  )
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1)
}
