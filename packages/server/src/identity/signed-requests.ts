import { createPublicKey, type KeyObject, verify } from "node:crypto"
import type { IncomingMessage } from "node:http"
import type { CredentialRecord } from "@hufu/core/contract/records"
import { covers, refused } from "@hufu/core/identity/http-signature"
import { readWebBotAuth, type WebBotAuthClaim } from "@hufu/core/identity/web-bot-auth"
import { type CredentialAuthority, nameOf } from "../authority/credentials.ts"
import type { Clock } from "../clock.ts"
import { bodyDigest } from "./body-digest.ts"
import { requestMessage } from "./request-message.ts"
import type { SeenProofs } from "./seen-proofs.ts"

/** Who signed a request, and what its body has to be. */
export interface SignedBy {
  readonly credential: CredentialRecord
  /** Throws Failure("signature_refused") for another body than was signed; absent where there is none. */
  readonly checkBody?: (body: Uint8Array) => void
}

/** Requests that an agent's own key signed (RFC 9421, Web Bot Auth). */
export interface SignedRequests {
  /** Throws Failure("signature_refused") for a signature that does not count, and Failure("unauthenticated") for a key that is not known. */
  identify(request: IncomingMessage): SignedBy
}

interface Parts {
  readonly credentials: Pick<CredentialAuthority, "checkNamed">
  readonly clock: Clock
  readonly seen: SeenProofs
  /** Where others reach this node. */
  readonly origin: string | undefined
}

/** How long a signature may be good here: all of these are remembered. */
const maxLifeSeconds = 300
const aheadSeconds = 30
const maxKeys = 1000
/** What a client that was refused is told to sign. */
export const acceptSignature =
  'sig1=("@method" "@target-uri" "content-digest" "signature-agent";key="sig1");created;expires;keyid;tag="web-bot-auth"'

export function openSignedRequests({ credentials, clock, seen, origin }: Parts): SignedRequests {
  /** Making one of 32 bytes takes half as long as checking a signature with it. */
  const keys = new Map<string, KeyObject>()

  function keyOf(publicKey: string): KeyObject {
    const known = keys.get(publicKey)
    if (known !== undefined) return known
    if (keys.size >= maxKeys) keys.clear()
    const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: publicKey } })
    keys.set(publicKey, key)
    return key
  }

  function requireTimely({ created, expires }: WebBotAuthClaim): void {
    const now = clock.now() / 1000
    if (expires <= now) throw refused("the signature has expired: sign again")
    if (created > now + aheadSeconds)
      throw refused("the signature is from the future: set the agent's clock and sign again")
  }

  return {
    identify(request) {
      const message = requestMessage(request, origin)
      const claim = readWebBotAuth(message, { maxLifeSeconds })
      if (claim === undefined)
        throw refused("none of the signatures is one of `web-bot-auth`: sign with that as `tag`")
      const checkBody = hasBody(request) ? bodyDigest(message) : undefined
      requireCovered(claim, checkBody !== undefined)
      requireTimely(claim)
      // INVARIANT: found by address and key together. By the key alone, whoever publishes a foreign key would be taken for its holder.
      const credential = credentials.checkNamed(
        nameOf({ is: "key", url: claim.url, thumbprint: claim.keyid }),
      )
      if (credential.about?.is !== "key" || !isSigned(claim, keyOf(credential.about.publicKey)))
        throw refused("the signature is not one of this key over this request: sign exactly what is sent")
      if (!seen.take(credential.id, Buffer.from(claim.signature).toString("base64"), claim.expires * 1000))
        throw refused("this signature has come before: sign each request anew")
      return { credential, ...(checkBody === undefined ? {} : { checkBody }) }
    },
  }
}

/** What must not be exchanged under a signature: whom it is for, what is asked, and with which body. */
function requireCovered({ input }: WebBotAuthClaim, withBody: boolean): void {
  if (!covers(input, "@method")) throw refused("the signature has to cover `@method`")
  if (!covers(input, "@target-uri") && !(covers(input, "@authority") && covers(input, "@path")))
    throw refused("the signature has to cover `@target-uri`, or `@authority` and `@path`")
  if (withBody && !covers(input, "content-digest"))
    throw refused(
      "a request with a body has to send `content-digest` (RFC 9530), and its signature to cover that",
    )
}

function isSigned({ base, signature }: WebBotAuthClaim, key: KeyObject): boolean {
  return verify(null, Buffer.from(base), key, signature)
}

function hasBody({ headers, method }: IncomingMessage): boolean {
  if (headers["transfer-encoding"] !== undefined || method === "POST") return true
  return Number(headers["content-length"] ?? 0) > 0
}
