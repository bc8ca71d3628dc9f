import { z } from "zod"
import type { Sign } from "../evidence/ed25519.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { Mandate } from "../mandate/mandate.ts"
import { type Ed25519Jwk, thumbprintUri } from "./ed25519-jwk.ts"
import { parseJws, signJws } from "./jws.ts"
import { MandateClaims, proofType, tokenBounds, tokenType } from "./mandate-token.ts"
import { tokenDigest } from "./token-digest.ts"

export interface TokenDraft {
  readonly id: string
  readonly mandate: Mandate
  /** Who may use it, and pass it on. */
  readonly holder: Ed25519Jwk
  /** Seconds since 1970. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly status?: { readonly uri: string; readonly idx: number }
}

const Json = z.record(z.string(), z.json())

/** The first token of a chain, by whom the verifier trusts. */
export function makeRootToken(
  draft: TokenDraft & { readonly issuer: string; readonly maxDepth?: number },
  sign: Sign,
): string {
  const claims = claimsOf(draft, {
    iss: draft.issuer,
    del_depth: 0,
    del_max_depth: draft.maxDepth ?? tokenBounds.links - 1,
  })
  return signJws(tokenType, claims, sign)
}

/** A token below another one, by whoever holds that. What it says is for the verifier to compare. */
export function makeDerivedToken(parent: string, draft: TokenDraft, sign: Sign): string {
  const read = parseJws(parent, tokenBounds.tokenBytes)
  const above = MandateClaims.parse(read?.payload)
  const claims = claimsOf(draft, {
    iss: thumbprintUri(above.cnf.jwk),
    del_depth: above.del_depth + 1,
    del_max_depth: above.del_max_depth,
    par_hash: tokenDigest(read?.signed ?? ""),
  })
  return signJws(tokenType, claims, sign)
}

/** The proof that whoever makes a call holds the key of the last token. */
export function makeProof(
  leaf: string,
  call: {
    readonly id: string
    readonly at: number
    readonly tool: string
    readonly audience: string
    readonly arguments: JsonObject
  },
  sign: Sign,
): string {
  const payload = {
    jti: call.id,
    iat: call.at,
    aat_id: tokenDigest(leaf.slice(0, leaf.lastIndexOf("."))),
    aat_tool: call.tool,
    aat_aud: call.audience,
    hta: call.arguments,
  }
  return signJws(proofType, payload, sign)
}

function claimsOf(
  { id, mandate, holder, issuedAt, expiresAt, status }: TokenDraft,
  more: Pick<MandateClaims, "iss" | "del_depth" | "del_max_depth" | "par_hash">,
): JsonObject {
  return Json.parse({
    ...more,
    jti: id,
    sub: mandate.principal,
    iat: issuedAt,
    exp: expiresAt,
    cnf: { jwk: holder },
    ...(status ? { status: { status_list: status } } : {}),
    authorization_details: [{ type: "urn:hufu:mandate:1", mandate: JSON.parse(JSON.stringify(mandate)) }],
  })
}
