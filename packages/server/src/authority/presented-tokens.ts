import { createHash } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { MandatePart } from "@hufu/core/mandate/mandate-part"
import { tokenBounds } from "@hufu/core/token/mandate-token"
import { type ChainFault, type VerifiedChain, verifyTokenChain } from "@hufu/core/token/verify-chain"
import { type ProofFault, verifyProof } from "@hufu/core/token/verify-proof"
import type { Clock } from "../clock.ts"
import type { Caller } from "../gateway/governor.ts"
import type { MandateAuthority } from "./mandates.ts"
import type { TaskAuthority } from "./tasks.ts"
import type { TokenAuthority } from "./tokens.ts"

/** What an agent presents with one call: tokens that say what it may do, and a proof that it may use them for this call. */
export interface Presented {
  /** Who presents them, by its own credential: a token identifies nobody. UNTRUSTED: the tokens, the principal's own first. */
  readonly caller: Pick<Caller, "agent" | "principal" | "presents">
  readonly server: string
  readonly tool: string
  readonly arguments: JsonObject
}

/** Tokens as the authority of a call. */
export interface PresentedTokens {
  /**
   * The mandate that the tokens are, for this call. What was passed on without the node is passed on in it, by the same comparison and the
   * same bounds, so that budgets, revocations and receipts are as for every other. Throws Failure("token_refused").
   */
  take(presented: Presented): Promise<string>
}

interface Parts {
  readonly clock: Clock
  readonly mandates: MandateAuthority
  readonly tasks: Pick<TaskAuthority, "records">
  readonly tokens: TokenAuthority
}

const mostProofs = 50_000
const mostKnown = 10_000

export function presentedTokens({ clock, mandates, tasks, tokens }: Parts): PresentedTokens {
  const startedAt = clock.now()
  /** Proofs that were used, until they are too old to be used again. */
  const used = new Map<string, number>()
  /** Mandates of tokens that came, by the digest of the token. */
  const known = new Map<string, Promise<string>>()
  /** The calls that proofs were taken for: a request that waits is asked about again, as the same call. */
  const proven = new WeakMap<object, string>()

  async function take({ caller, ...call }: Presented): Promise<string> {
    const { tokens: given = [], proof = "" } = caller.presents ?? {}
    const { issuer, key } = tokens
    if (issuer === undefined || key === undefined) throw refused("unknown_issuer")
    const now = Math.floor(clock.now() / 1000)
    const chain = await verifyTokenChain(given, {
      issuers: new Map([[issuer, key]]),
      now,
      statusOf: (uri, idx) => tokens.statusAt(uri, idx),
    })
    if (!chain.ok) throw refused(chain.fault)
    const { agent, principal } = chain.leaf
    if (agent !== caller.agent || principal !== caller.principal) throw refused("of_another_agent")
    await prove(caller, { ...call, proof, audience: issuer, now }, chain)
    let mandate = chain.mandates[0]?.id ?? ""
    for (const [at, token] of given.entries()) {
      const link = chain.mandates[at]
      if (at > 0 && link !== undefined) mandate = await passedOn(mandate, link, token)
    }
    // What was revoked while the rest was looked at holds nothing.
    if (mandates.find(mandate) === undefined) throw refused("revoked")
    return mandate
  }

  async function prove(
    caller: Presented["caller"],
    call: Omit<Presented, "caller"> & { proof: string; audience: string; now: number },
    chain: VerifiedChain & { readonly ok: true },
  ): Promise<void> {
    const name = canonicalize([chain.id, call.server, call.tool, call.arguments])
    if (proven.get(caller) === name) return
    const found = await verifyProof(call.proof, chain, call)
    if (!found.ok) throw refused(found.fault)
    if (canonicalize(found.arguments) !== canonicalize(call.arguments)) throw refused("proof_for_another")
    useOnce(`${chain.id} ${found.proof.jti}`, found.proof.iat)
    proven.set(caller, name)
  }

  /** INVARIANT: no await between looking and taking, so that two calls with one proof are one call. */
  function useOnce(proof: string, iat: number): void {
    const now = clock.now()
    // Which proofs an earlier run took is not known any more.
    if (iat * 1000 < startedAt - 1000) throw refused("proof_late")
    for (const [each, until] of used) {
      if (until > now) break
      used.delete(each)
    }
    if (used.has(proof)) throw refused("replayed")
    if (used.size >= mostProofs)
      throw new Failure("overloaded", "too many calls with tokens at this moment: try again in a minute")
    used.set(proof, now + 2 * tokenBounds.skewSeconds * 1000)
  }

  function passedOn(parent: string, link: Mandate, token: string): Promise<string> {
    const digest = createHash("sha256")
      .update(token.slice(0, token.lastIndexOf(".")))
      .digest("hex")
    const name = `${parent} ${digest}`
    const found = known.get(name)
    if (found !== undefined) return found
    const made = passOn(parent, link, digest)
    if (known.size >= mostKnown) known.clear()
    known.set(name, made)
    made.catch(() => known.delete(name))
    return made
  }

  async function passOn(parent: string, link: Mandate, digest: string): Promise<string> {
    const before = mandates.ofToken(digest)
    if (before !== undefined) return before
    const outer = mandates.find(parent)
    if (outer === undefined) throw refused("revoked")
    const task = link.task === null ? undefined : tasks.records.get(link.task)
    if (task?.agent !== link.agent || task.state !== "live") throw refused("no_such_task")
    const made = await mandates.pass(
      parent,
      { to: link.agent, task: task.id, part: partOf(link, outer), by: outer.agent },
      { token: digest },
    )
    return made.id
  }

  return { take }
}

/** What a link says, but for what goes along always. */
function partOf(link: Mandate, outer: Mandate): MandatePart {
  const said = (parts: readonly object[]) => new Set(parts.map((part) => JSON.stringify(part)))
  const [never, userOnly] = [said(outer.never), said(outer.userOnly)]
  return MandatePart.parse({
    words: link.words,
    grants: link.grants,
    never: link.never.filter((part) => !never.has(JSON.stringify(part))),
    userOnly: link.userOnly.filter((part) => !userOnly.has(JSON.stringify(part))),
    otherwise: link.otherwise,
    ...(link.budget === undefined ? {} : { budget: link.budget }),
    ...(link.from === undefined ? {} : { from: link.from }),
    until: link.until,
  })
}

type Fault = ChainFault | ProofFault | "of_another_agent" | "replayed" | "no_such_task"

const sentences: Readonly<Record<Fault, string>> = {
  too_large: "the tokens are too large: pass on fewer grants",
  too_long: "there are no tokens, or more than a chain may have: present 1 to 8, the principal's own first",
  malformed: "one of them is no token of this kind: ask for a new one",
  unknown_issuer: "this node takes tokens that it issued itself, if its operator named it in `tokens.issuer`",
  forged: "a signature does not hold: ask for a new token",
  not_by_parent: "a token was not signed by whoever held the one before it: present them in their order",
  depth: "a token is deeper than the one above it allows: ask for one nearer to the principal",
  not_yet: "a token is of a time to come: set the clock of whoever signed it",
  expired: "a token has expired: ask for a new one",
  lasts_longer: "a token lasts longer than what is above it: ask for a shorter one",
  other_principal: "the tokens are not of one principal: ask for new ones",
  not_narrower: "a token says more than the one above it: ask for a narrower one",
  repeated: "an agent, a key or a mandate stands in the chain twice: pass it on to another one",
  no_status: "the first token does not say where its status is: ask for a new one",
  revoked: "a mandate in the chain was revoked: ask the principal",
  suspended: "an agent in the chain is suspended, or everything is stopped: ask the principal",
  status_unknown: "nobody here knows the status of a token: present one whose status list this node serves",
  proof_malformed: "the proof is none: sign one for this call with the key of the last token",
  proof_forged: "the proof is not by the key of the last token: sign it with that key",
  proof_for_another:
    "the proof is for another call: sign one for this tool, these arguments and this audience",
  proof_late: "the proof is too old or of a time to come: sign a new one",
  of_another_agent: "the last token was passed on to another agent: present your own",
  replayed: "this proof was used already: sign a new one for each call",
  no_such_task: "a token is for a task that its agent does not have: pass it on for a live one",
}

function refused(fault: Fault): Failure {
  return new Failure("token_refused", sentences[fault], { extra: { fault } })
}
