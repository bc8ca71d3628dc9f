import { createHash, sign as signWith } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { signAgentCard } from "@hufu/core/registration/faces/agent-card-signature"
import { type FaceName, faceNames } from "@hufu/core/registration/faces/face-path"
import { faces } from "@hufu/core/registration/faces/faces"
import type { Ed25519Jwk } from "@hufu/core/token/ed25519-jwk"
import type { Clock } from "../clock.ts"
import { signingKey } from "../keys/signing-key.ts"
import type { Store } from "../store/store.ts"
import type { KnownRegistrations } from "./known-registrations.ts"

/** One answer, with what proves that this registry gave it. */
export interface ServedFace {
  readonly body: string
  readonly mediaType: string
  readonly etag: string
  /** Where it is of one registration. */
  readonly changedAt: number | undefined
  /** Of the answer with this status (RFC 9421, RFC 9530). */
  signature(status: number): Readonly<Record<string, string>>
}

export interface ServedFaces {
  /** Throws Failure("not_found") for what is not approved, as for what is not there, and Failure("agent_suspended") for what is out of service. */
  face(ref: string, name: FaceName): ServedFace
  /** Something else of this registry's own, signed in the same way. */
  document(value: JsonObject, mediaType: string): ServedFace
  /** An A2A AgentCard with a signature of this registry put to it. */
  signCard(card: JsonObject): JsonObject
  /** The keys by which this registry signs, as a JWK set. */
  keys(): { readonly keys: readonly (Ed25519Jwk & { readonly kid: string })[] }
}

export const keySetPath = "/registry/keys.json"

interface Parts {
  readonly store: Pick<Store, "keyFor">
  readonly clock: Clock
  readonly registrations: Pick<KnownRegistrations, "find" | "isUsable">
  readonly origin: () => string
}

export function servedFaces({ store, clock, registrations, origin }: Parts): ServedFaces {
  const { privateKey, jwk } = signingKey(store.keyFor("registry-faces"))
  const keyId = createHash("sha256")
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x }))
    .digest("base64url")
  const sign = (bytes: Uint8Array) => new Uint8Array(signWith(null, bytes, privateKey))

  const signCard = (card: JsonObject) =>
    signAgentCard(card, { keyId, keySet: `${origin()}${keySetPath}`, sign })

  function bodyOf(name: FaceName, face: JsonObject): string {
    if (name !== "agent-card") return JSON.stringify(face)
    return JSON.stringify(signCard(face))
  }

  function signed(body: string, mediaType: string): (status: number) => Readonly<Record<string, string>> {
    const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`
    return (status) => {
      const created = Math.floor(clock.now() / 1000)
      const parameters = `("@status" "content-digest" "content-type");created=${created};keyid="${keyId}";alg="ed25519"`
      const base = [
        `"@status": ${status}`,
        `"content-digest": ${digest}`,
        `"content-type": ${mediaType}`,
        `"@signature-params": ${parameters}`,
      ].join("\n")
      const signature = Buffer.from(sign(new TextEncoder().encode(base))).toString("base64")
      return {
        "content-digest": digest,
        "signature-input": `sig1=${parameters}`,
        signature: `sig1=:${signature}:`,
      }
    }
  }

  const served = (body: string, mediaType: string): ServedFace => ({
    body,
    mediaType,
    etag: `"${createHash("sha256").update(body).digest("base64url")}"`,
    changedAt: undefined,
    signature: signed(body, mediaType),
  })

  return {
    face(ref, name) {
      const record = registrations.find(ref)
      const face = faces[name]
      // What is not approved is nobody's business, not even that it is there.
      if (record === undefined || record.state !== "approved" || face.suits?.(record.content) === false)
        throw new Failure("not_found", "there is no such registration in this form here")
      if (!registrations.isUsable(record))
        throw new Failure("agent_suspended", "this agent is out of service at the moment: do not use it")
      const body = bodyOf(name, face.show(record, { origin: origin() }))
      return { ...served(body, face.mediaType), changedAt: record.changedAt }
    },
    document: (value, mediaType) => served(JSON.stringify(value), mediaType),
    signCard,
    keys: () => ({ keys: [{ ...jwk, kid: keyId }] }),
  }
}

/** Whether a word names a form. */
export function isFaceName(word: string): word is FaceName {
  return faceNames.some((name) => name === word)
}
