import { isJsonObject, type JsonObject } from "../json/json-value.ts"
import { keyOf } from "./ed25519-jwk.ts"
import { isSignedBy, parseJws } from "./jws.ts"
import { ProofClaims, proofType, tokenBounds } from "./mandate-token.ts"
import type { VerifiedChain } from "./verify-chain.ts"

/** The one call for which a proof is good. */
export interface ProvenCall {
  readonly audience: string
  readonly server: string
  readonly tool: string
  /** Seconds since 1970. */
  readonly now: number
}

export type ProofFault = "proof_malformed" | "proof_forged" | "proof_for_another" | "proof_late"

export type VerifiedProof =
  | { readonly ok: true; readonly proof: ProofClaims; readonly arguments: JsonObject }
  | { readonly ok: false; readonly fault: ProofFault }

/** Whether the holder of the last token of a chain signed this very call, just now. UNTRUSTED input. */
export async function verifyProof(
  text: string,
  chain: VerifiedChain & { readonly ok: true },
  call: ProvenCall,
): Promise<VerifiedProof> {
  const jws = parseJws(text, tokenBounds.tokenBytes)
  const proof = ProofClaims.safeParse(jws?.payload).data
  if (jws === undefined || proof === undefined || !isJsonObject(proof.hta))
    return { ok: false, fault: "proof_malformed" }
  if (!(await isSignedBy(jws, proofType, keyOf(chain.holder)))) return { ok: false, fault: "proof_forged" }
  const isThis =
    proof.aat_id === chain.id &&
    proof.aat_aud === call.audience &&
    proof.aat_tool === `${call.server}/${call.tool}`
  if (!isThis) return { ok: false, fault: "proof_for_another" }
  if (!(Math.abs(call.now - proof.iat) <= tokenBounds.skewSeconds)) return { ok: false, fault: "proof_late" }
  return { ok: true, proof, arguments: proof.hta }
}
