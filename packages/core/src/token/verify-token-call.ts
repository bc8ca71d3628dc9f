import { isJsonObject } from "../json/json-value.ts"
import { cover } from "../mandate/cover.ts"
import type { Mandate } from "../mandate/mandate.ts"
import type { Effect } from "../words.ts"
import { keyOf } from "./ed25519-jwk.ts"
import { isSignedBy, parseJws } from "./jws.ts"
import { ProofClaims, proofType, tokenBounds } from "./mandate-token.ts"
import { type ChainFault, type ChainTrust, verifyTokenChain } from "./verify-chain.ts"

/** What the one who is called knows of a call; the effect is never the caller's to say. */
export interface TokenCall extends ChainTrust {
  readonly audience: string
  readonly server: string
  readonly tool: string
  readonly effect: Effect
  readonly reviewed: boolean
  /** Whether this proof was used before; asked last, so that only what holds is remembered. */
  readonly isReplayed: (jti: string) => boolean
}

export type TokenRuling =
  | { readonly ok: true; readonly mandates: readonly Mandate[]; readonly proof: ProofClaims }
  | {
      readonly ok: false
      readonly fault:
        | ChainFault
        | "proof_malformed"
        | "proof_forged"
        | "proof_for_another"
        | "proof_late"
        | "replayed"
        | "not_covered"
    }

/**
 * Whether one call goes by a chain of tokens alone: the holder signed it, and every mandate of the chain lets it go without asking. Budgets
 * cannot be counted without the node, so that what draws on one is not covered.
 */
export async function verifyTokenCall(
  tokens: readonly string[],
  proof: string,
  call: TokenCall,
): Promise<TokenRuling> {
  const chain = await verifyTokenChain(tokens, call)
  if (!chain.ok) return { ok: false, fault: chain.fault }
  const jws = parseJws(proof, tokenBounds.tokenBytes)
  const claims = ProofClaims.safeParse(jws?.payload).data
  if (jws === undefined || claims === undefined || !isJsonObject(claims.hta))
    return { ok: false, fault: "proof_malformed" }
  if (!(await isSignedBy(jws, proofType, keyOf(chain.holder)))) return { ok: false, fault: "proof_forged" }
  const isThis =
    claims.aat_id === chain.id &&
    claims.aat_aud === call.audience &&
    claims.aat_tool === `${call.server}/${call.tool}`
  if (!isThis) return { ok: false, fault: "proof_for_another" }
  if (!(Math.abs(call.now - claims.iat) <= tokenBounds.skewSeconds)) return { ok: false, fault: "proof_late" }
  const { covers, asks } = coverage(chain.mandates, claims, call)
  if (!covers || asks) return { ok: false, fault: "not_covered" }
  if (call.isReplayed(claims.jti)) return { ok: false, fault: "replayed" }
  return { ok: true, mandates: chain.mandates, proof: claims }
}

function coverage(
  mandates: readonly Mandate[],
  { hta }: ProofClaims,
  { effect, server, tool, reviewed, now }: TokenCall,
) {
  const nothing = () => ({ count: 0, amount: 0 })
  // The node answers for what is above the root of a token: here it is the first.
  const [leaf, ...links] = mandates
    .map((mandate, at) => (at === 0 ? { ...mandate, parent: null } : mandate))
    .toReversed()
  return cover(leaf ? [leaf] : [], {
    effect,
    server,
    tool,
    reviewed,
    now: now * 1000,
    args: isJsonObject(hta) ? hta : {},
    budgetLeft: nothing,
    above: () => ({ links, beside: [], left: nothing }),
  })
}
