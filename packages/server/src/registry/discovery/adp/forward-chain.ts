import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"
import { fromBase64Url, toBase64Url } from "@hufu/core/evidence/base64"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import { verifyEd25519 } from "@hufu/core/evidence/ed25519"
import type { Ed25519Jwk } from "@hufu/core/token/ed25519-jwk"
import { AdpError } from "./adp-error.ts"
import type { DiscoveryRequest } from "./discovery-request.ts"

/** What every discovery server on the way signs: the way so far, whom to trust, and what is asked. */
export interface SignedPart {
  readonly chain: readonly string[]
  readonly trusted: readonly string[]
  readonly requestId: string
  readonly type: string
  readonly query: string
  readonly filter: JsonValue | undefined
}

/** The bytes that a signature is of: the canonical JSON of the part, after a label that no other signature of the key has. */
export function signedBytes({ chain, trusted, requestId, type, query, filter }: SignedPart): Uint8Array {
  const text = canonicalize({
    forwardChain: [...chain],
    forwardTrustedServers: [...trusted],
    requestId,
    type,
    query,
    filter: filter ?? null,
  })
  return new TextEncoder().encode(`acps-adp-v2 forward\n${text}`)
}

/** The key by which this node signs what it passes on; made from a secret of its own, so that it is always the same. */
export interface ForwardKey {
  readonly jwk: Ed25519Jwk
  sign(bytes: Uint8Array): string
}

export function forwardKey(secret: KeyObject): ForwardKey {
  // PKCS #8 of an Ed25519 key is this prefix and its seed (RFC 8410).
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex")
  const key = createPrivateKey({
    key: Buffer.concat([prefix, secret.export().subarray(0, 32)]),
    format: "der",
    type: "pkcs8",
  })
  const { x = "" } = createPublicKey(key).export({ format: "jwk" })
  return {
    jwk: { kty: "OKP", crv: "Ed25519", x },
    sign: (bytes) => toBase64Url(sign(null, bytes, key)),
  }
}

export interface ChainParts {
  /** This server's own code; undefined where it has none and passes nothing on. */
  readonly own: string | undefined
  /** The keys of the discovery servers that the operator has named. */
  readonly keyOf: (aic: string) => Ed25519Jwk | undefined
  /** The code in the certificate of whoever asks, where they have shown one. */
  readonly caller: string | undefined
}

/**
 * Refuses a request whose way here is not what it says: one that was here before, that is longer than it may be, that was sent by
 * somebody else than the last of the chain, or one of whose signatures is missing or wrong. UNTRUSTED: chain, signatures, everything.
 * The last of the chain has to be a server that the operator has named, because it vouches for the rest.
 */
export async function checkChain(
  request: DiscoveryRequest,
  { own, keyOf, caller }: ChainParts,
): Promise<void> {
  const { chain, signatures, depthLimit } = request
  if (own !== undefined && chain.includes(own))
    throw new AdpError("ForwardLoopDetected", "this server is in `forwardChain` already")
  if (new Set(chain).size < chain.length)
    throw new AdpError("ForwardLoopDetected", "a server is in `forwardChain` twice")
  if (chain.length > depthLimit)
    throw new AdpError("ForwardDepthExceeded", "`forwardChain` is longer than `forwardDepthLimit`")
  const last = chain.at(-1)
  if (last === undefined) {
    if (signatures.length > 0)
      throw new AdpError("ForwardSignatureInvalid", "`forwardSignatures` has no `forwardChain` to be of")
    return
  }
  if (caller !== undefined && caller !== last)
    throw new AdpError(
      "ForwardChainTampered",
      "the last code of `forwardChain` is not the one of the certificate",
    )
  if (keyOf(last) === undefined)
    throw new AdpError(
      "ForwardChainTampered",
      "the last server of `forwardChain` is not one from which this one takes requests",
    )
  if (signatures.length !== chain.length)
    throw new AdpError(
      "ForwardSignatureInvalid",
      "`forwardSignatures` has one signature for each code of `forwardChain`",
    )
  for (const [at, aic] of chain.entries()) {
    const key = keyOf(aic)
    // Those whose keys are not known here are vouched for by the last.
    if (key !== undefined && !(await isSigned(request, at, key)))
      throw new AdpError(
        "ForwardSignatureInvalid",
        `signature ${at + 1} of \`forwardSignatures\` does not hold`,
      )
  }
}

async function isSigned(request: DiscoveryRequest, at: number, key: Ed25519Jwk): Promise<boolean> {
  const { chain, trusted = [], requestId = "", type, query, rawFilter, signatures } = request
  const bytes = signedBytes({
    chain: chain.slice(0, at + 1),
    trusted,
    requestId,
    type,
    query,
    filter: rawFilter,
  })
  try {
    return await verifyEd25519(fromBase64Url(key.x), bytes, fromBase64Url(signatures[at] ?? ""))
  } catch {
    return false
  }
}
