import { z } from "zod"
import { fromBase64Url, toBase64Url } from "../../evidence/base64.ts"
import type { Sign } from "../../evidence/ed25519.ts"
import { sha256 } from "../../evidence/sha256.ts"
import { Failure, isFailure } from "../../failure.ts"
import type { PublicJwk } from "../../identity/key-suite.ts"
import { verifySignature } from "../../identity/verify-signature.ts"
import { canonicalize } from "../../json/canonical.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"
import { parseStrict } from "../../json/strict-parse.ts"
import { agentCardMembers, type Member, type Message } from "./agent-card-members.ts"
import { readImport } from "./face.ts"
import { itemsOf } from "./fit.ts"
import { withoutEmptyMembers } from "./jsonish.ts"

/**
 * Signatures of AgentCards (A2A 1.0 section 8.4): a JWS over the canonical JSON of the card without its signatures. The specification keeps
 * required members that are empty; a widespread implementation leaves out whatever is empty, requirements without scopes among it. So
 * a card of ours is signed both ways where the two differ, each with the digest of the whole card in its protected header.
 */

export interface CardSigner {
  /** By which those who verify find the key. */
  readonly keyId: string
  /** Where the key can be had. */
  readonly keySet?: string
  readonly sign: Sign
}

/** The same card with its signatures (Ed25519). */
export function signAgentCard(card: JsonObject, { keyId, keySet, sign }: CardSigner): JsonObject {
  const header = {
    alg: "EdDSA",
    kid: keyId,
    typ: "JOSE",
    ...(keySet === undefined ? {} : { jku: keySet }),
    [wholeDigest]: digestOf(card),
  }
  const protectedHeader = encode(canonicalize(header))
  const forms = new Set([withoutEmpty(card), wholeForm(card)])
  const signatures = Array.from(forms, (form) => ({
    protected: protectedHeader,
    signature: toBase64Url(sign(utf8(`${protectedHeader}.${encode(form)}`))),
  }))
  return { ...withoutSignatures(card), signatures }
}

/** Finds a key by what a signature says of it; undefined for one that is not trusted. Nothing is fetched here. */
export type FindKey = (
  keyId: string,
  keySet: string | undefined,
) => PublicJwk | undefined | Promise<PublicJwk | undefined>

export interface VerifiedCard {
  /** Exactly what was signed. */
  readonly card: JsonObject
  readonly keyId: string
}

/**
 * Throws, unless a key that the caller trusts signed everything that the card says. UNTRUSTED input: members that A2A does not know, or that are there
 * twice, are refused, because what one reader ignores another may act upon.
 */
export async function verifyAgentCard(text: string, findKey: FindKey): Promise<VerifiedCard> {
  const card = readImport(text)
  refuseUnknown(card, agentCardMembers, "")
  const signatures = itemsOf(card["signatures"])
  if (signatures.length === 0) throw refused("it has no signature")
  if (signatures.length > maxSignatures)
    throw new Failure("too_many", `a card has at most ${maxSignatures} signatures: send fewer`)
  const whole = wholeForm(card)
  // What covers everything comes first.
  for (const form of new Set([whole, withoutEmpty(card)]))
    for (const each of signatures) {
      const header = await signedHeader(each, form, findKey)
      if (header === undefined) continue
      const digest = header[wholeDigest]
      if (digest !== undefined && digest !== digestOf(card))
        throw refused("it is not the card that was signed")
      const uncovered = digest === undefined ? uncoveredBy(form, card) : undefined
      if (uncovered !== undefined) throw refused(`its signature does not cover \`${uncovered}\``)
      // Both forms are canonical JSON of an object.
      return { card: parseStrict(digest === undefined ? form : whole) as JsonObject, keyId: header.kid }
    }
  throw refused("none of its signatures is by a key that is trusted here")
}

/** The header of a signature that holds over this form of the card. */
async function signedHeader(
  value: JsonValue,
  form: string,
  findKey: FindKey,
): Promise<z.infer<typeof Header> | undefined> {
  const signature = Signature.safeParse(value).data
  const header = signature && headerOf(signature.protected)
  if (signature === undefined || header === undefined) return undefined
  const key = await findKey(header.kid, header.jku)
  if (key === undefined) return undefined
  const signed = utf8(`${signature.protected}.${encode(form)}`)
  return (await verifySignature(key, header.alg, signed, bytesOf(signature.signature))) ? header : undefined
}

const maxSignatures = 8
/** In a protected header: the digest of the whole card. Others pass over it; here it keeps the shorter form from being enough. */
const wholeDigest = "urn:hufu:card-sha256"
const Signature = z.object({ protected: z.string().max(8192), signature: z.string().max(2048) })
const Header = z.object({
  alg: z.string().max(20),
  kid: z.string().min(1).max(500),
  typ: z.string().max(40),
  jku: z.string().max(2000).optional(),
  [wholeDigest]: z.string().max(64).optional(),
  // An extension that has to be understood is not (RFC 7515 section 4.1.11).
  crit: z.undefined().optional(),
})

function headerOf(text: string): z.infer<typeof Header> | undefined {
  try {
    const value = parseStrict(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(text)), {
      maxDepth: 8,
    })
    return Header.safeParse(value).data
  } catch (error) {
    if (isFailure(error) || error instanceof TypeError) return undefined
    throw error
  }
}

function bytesOf(text: string): Uint8Array {
  try {
    return fromBase64Url(text)
  } catch (error) {
    if (isFailure(error)) return new Uint8Array()
    throw error
  }
}

/** The card as it stands. */
function wholeForm(card: JsonObject): string {
  return canonicalize(withoutSignatures(card))
}

function digestOf(card: JsonObject): string {
  return toBase64Url(sha256(utf8(wholeForm(card))))
}

/** Whatever is empty left out, and a default that is no choice of anybody's. */
function withoutEmpty(card: JsonObject): string {
  return canonicalize(withoutEmptyMembers(withoutSignatures(card)))
}

function withoutSignatures(card: JsonObject): JsonObject {
  const { signatures: _, ...rest } = card
  return rest
}

/** The first thing in a card that a form of it leaves out, though it is no required member that is empty. */
function uncoveredBy(form: string, card: JsonObject): string | undefined {
  return uncovered(withoutSignatures(card), parseStrict(form), { of: agentCardMembers }, "")
}

function uncovered(
  whole: JsonValue,
  covered: JsonValue | undefined,
  member: Member,
  path: string,
): string | undefined {
  if (covered === undefined) return member.required === true ? undefined : path
  if (Array.isArray(whole)) {
    const items = itemsOf(covered)
    if (items.length !== whole.length) return path
    return firstOf(whole.entries(), ([at, item]) =>
      uncovered(item, items[at], member.of === undefined ? {} : { of: member.of }, `${path}/${at}`),
    )
  }
  if (!isJsonObject(whole)) return undefined
  return firstOf(Object.entries(whole), ([key, value]) =>
    uncovered(
      value,
      isJsonObject(covered) && Object.hasOwn(covered, key) ? covered[key] : undefined,
      member.map === true ? { ...(member.of && { of: member.of }) } : (member.of?.[key] ?? {}),
      `${path}/${key}`,
    ),
  )
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function refuseUnknown(object: JsonValue, members: Message, path: string): void {
  if (!isJsonObject(object)) return
  for (const [key, value] of Object.entries(object)) {
    const member = Object.hasOwn(members, key) ? members[key] : undefined
    const at = `${path}/${key}`
    if (member === undefined) throw refused(`A2A 1.0 knows no \`${at.slice(0, 200)}\``)
    if (member.of === undefined) continue
    if (member.map === true)
      for (const [name, each] of Object.entries(isJsonObject(value) ? value : {}))
        refuseUnknown(each, member.of, `${at}/${name}`)
    else
      for (const [index, each] of (Array.isArray(value) ? value : [value]).entries())
        refuseUnknown(each, member.of, Array.isArray(value) ? `${at}/${index}` : at)
  }
}

function refused(why: string): Failure {
  return new Failure("invalid_evidence", `the card is not to be believed: ${why}`)
}

function encode(text: string): string {
  return toBase64Url(utf8(text))
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
