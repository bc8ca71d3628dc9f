import type { JsonObject } from "../json/json-value.ts"
import { cover } from "../mandate/cover.ts"
import type { Mandate } from "../mandate/mandate.ts"
import type { Effect } from "../words.ts"
import type { ProofClaims } from "./mandate-token.ts"
import { type ChainFault, type ChainTrust, verifyTokenChain } from "./verify-chain.ts"
import { type ProofFault, verifyProof } from "./verify-proof.ts"

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
      readonly fault: ChainFault | ProofFault | "replayed" | "not_covered"
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
  const proven = await verifyProof(proof, chain, call)
  if (!proven.ok) return proven
  const { covers, asks } = coverage(chain.mandates, proven.arguments, call)
  if (!covers || asks) return { ok: false, fault: "not_covered" }
  if (call.isReplayed(proven.proof.jti)) return { ok: false, fault: "replayed" }
  return { ok: true, mandates: chain.mandates, proof: proven.proof }
}

function coverage(
  mandates: readonly Mandate[],
  args: JsonObject,
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
    args,
    budgetLeft: nothing,
    above: () => ({ links, beside: [], left: nothing }),
  })
}
