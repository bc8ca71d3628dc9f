import { Failure } from "@hufu/core/failure"
import { isLiveAt } from "@hufu/core/mandate/grant-covers"
import { draftOf, type Mandate, type MandateDraft } from "@hufu/core/mandate/mandate"
import { draftOfPart, type MandatePart } from "@hufu/core/mandate/mandate-part"
import { isPartOf } from "@hufu/core/mandate/narrow"
import type { Difference } from "@hufu/core/mandate/narrow-grant"
import { boundBy } from "@hufu/core/mandate/passed-on"
import { setAside } from "@hufu/core/mandate/set-aside"
import type { Clock } from "../clock.ts"
import type { Tx } from "../store/store.ts"
import type { AgentAuthority } from "./agents.ts"
import type { Budgets } from "./budgets.ts"
import { type Chains, maxChain } from "./chains.ts"

/** Which part of a mandate goes to whom, for which task of theirs. */
export interface ToPass {
  readonly to: string
  readonly task: string
  readonly part: MandatePart
  /** The agent that passes it on, or the person on its behalf. */
  readonly by: string
}

/** What is in the way of passing this on: nothing, or what the principal has to approve. */
export interface Weighed {
  /** What the receiving agent would hold. */
  readonly draft: MandateDraft
  /** How that is more than what it is passed on from, field by field. */
  readonly differences: readonly Difference[]
}

/** The principal approved that it is more: by which question, and the single use of their answer. */
export interface Widened {
  readonly hold: string
  readonly write: (tx: Tx) => void
}

/** How it comes to be passed on, where an agent does not simply ask the node. */
export interface HowPassed {
  readonly widened?: Widened
  /** Digest of the token that says so: it holds for calls that present it, and for no others. */
  readonly token?: string
}

export interface Passer {
  /** Throws where nobody's approval would help; so does `pass`. */
  weigh(id: string, pass: ToPass): Weighed
  /** Throws Failure("not_narrower") with every difference when it is no part of the mandate and the principal has not approved it. */
  pass(id: string, pass: ToPass, how?: HowPassed): Promise<Mandate>
}

export interface PassingParts {
  readonly clock: Clock
  readonly agents: Pick<AgentAuthority, "records">
  readonly budgets: Budgets
  readonly chains: Chains
  readonly need: (id: string) => Mandate
  /** What an agent holds that was passed on to it. */
  readonly receivedBy: (agent: string) => readonly Mandate[]
  readonly build: (
    draft: MandateDraft,
    ids: { agent: string; principal: string; parent: string; widened?: string },
  ) => Mandate
  /** Makes it durable, together with the end of others and the use of an approval. */
  readonly commit: (
    mandate: Mandate,
    by: string,
    also: { readonly ended: readonly Mandate[]; readonly write: (tx: Tx) => void; readonly token?: string },
  ) => Promise<void>
  readonly revoke: (mandate: Mandate) => Promise<unknown>
}

const maxChildren = 32
const maxBelow = 256
const maxReceived = 100

/** Passes parts of mandates on. */
export function passer(parts: PassingParts): Passer {
  const { clock, agents, budgets, chains } = parts

  function check(id: string, { to, task, part }: ToPass) {
    const outer = parts.need(id)
    refuseAgents(outer, to)
    const root = rootOf(outer, to)
    const ended = refuseMore(root, outer, to)
    return { outer, ended, draft: draftOfPart(draftOf(outer), part, task) }
  }

  async function pass(id: string, to: ToPass, { widened, token }: HowPassed = {}): Promise<Mandate> {
    const { outer, ended, draft } = check(id, to)
    const inner = parts.build(draft, {
      ...heldBy(outer, to),
      ...(widened === undefined ? {} : { widened: widened.hold }),
    })
    if (widened === undefined) refuseWider(inner, outer)
    // INVARIANT: no await between looking at the budget and setting it aside.
    const settle = chains.announce(inner)
    try {
      await parts.commit(inner, to.by, {
        ended,
        write: (tx) => widened?.write(tx),
        ...(token === undefined ? {} : { token }),
      })
    } finally {
      settle()
    }
    // What it was passed on from was revoked while this was written: then it holds nothing, and says so.
    if (!chains.isHeld(id)) await parts.revoke(inner)
    return inner
  }

  function weigh(id: string, to: ToPass): Weighed {
    const { outer, draft } = check(id, to)
    return { draft, differences: differencesOf(parts.build(draft, heldBy(outer, to)), outer) }
  }

  function heldBy({ id, principal }: Mandate, { to }: ToPass) {
    return { agent: to, principal, parent: id }
  }

  function refuseAgents(outer: Mandate, to: string): void {
    const [giver, receiver] = [outer.agent, to].map((agent) => agents.records.get(agent))
    if (giver?.state !== "live" || receiver?.state !== "live")
      throw new Failure(
        "agent_suspended",
        "both agents have to be in service to pass a mandate on: `hufu agent list` shows how they are",
      )
  }

  /** The mandate that the principal gave, at the top of a chain that holds. */
  function rootOf(outer: Mandate, to: string): Mandate {
    const above = chains.above(outer)
    const links = above && [outer, ...above.links]
    const bound = above && [outer, ...boundBy({ mandate: outer, above })]
    if (links === undefined || !bound?.every((link) => isLiveAt(link, clock.now())))
      throw new Failure(
        "forbidden",
        "this mandate does not hold now, so nothing of it can be passed on: ask the principal for one that does",
      )
    if (links.some((link) => link.agent === to))
      throw new Failure(
        "invalid_input",
        "this agent stands in the chain already: pass the mandate on to another one",
      )
    if (links.length >= maxChain)
      throw new Failure(
        "too_many",
        `a chain has at most ${maxChain} mandates: pass on one nearer to the principal`,
      )
    return links.at(-1) ?? outer
  }

  /** What has expired makes room. */
  function refuseMore(root: Mandate, outer: Mandate, to: string): Mandate[] {
    const now = clock.now()
    // What hangs on one that is over and was widened beyond it is not over with it.
    const isOver = ({ id, until }: Mandate) =>
      until <= now && chains.below(id).every((each) => each.widened === undefined || each.until <= now)
    const below = chains.below(root.id)
    const received = parts.receivedBy(to)
    const counts = [
      [chains.children(outer.id), maxChildren, "a mandate is passed on to"],
      [below, maxBelow, "below one mandate of the principal there are"],
      [received, maxReceived, "an agent receives"],
    ] as const
    for (const [mandates, most, sentence] of counts)
      if (mandates.filter((each) => !isOver(each)).length >= most)
        throw new Failure("too_many", `${sentence} at most ${most} live mandates: revoke some first`)
    // With all that hangs on it: what is over comes back for nobody below.
    const over = [...below, ...received].filter(isOver).flatMap((each) => [each, ...chains.below(each.id)])
    return [...new Map(over.map((each) => [each.id, each])).values()]
  }

  function refuseWider(inner: Mandate, outer: Mandate): void {
    const differences = differencesOf(inner, outer)
    if (differences.length > 0)
      throw new Failure(
        "not_narrower",
        "only a part of a mandate can be passed on: ask the principal for the rest, with `hufu mandate grant`",
        { extra: { differences } },
      )
  }

  function differencesOf(inner: Mandate, outer: Mandate): Difference[] {
    const compared = isPartOf(inner, outer)
    return [...(compared.ok ? [] : compared.differences), ...beyondWhatIsLeft(inner, outer)]
  }

  function beyondWhatIsLeft(inner: Mandate, outer: Mandate): Difference[] {
    return [...outer.grants.keys(), -1].flatMap((grant) => {
      const aside = setAside(inner, outer, grant, () => ({ count: 0, amount: 0 }))
      const left = budgets.left(outer, grant)
      const of = {
        en: grant < 0 ? "in all" : `of grant ${grant + 1}`,
        zh: grant < 0 ? "总计" : `第 ${grant + 1} 项`,
      }
      const found: Difference[] = []
      if (aside.count > left.count)
        found.push({
          en: `it takes ${aside.count} calls, and ${Math.max(0, left.count)} are left ${of.en}`,
          zh: `需要 ${aside.count} 次，而${of.zh}只余 ${Math.max(0, left.count)} 次`,
        })
      if (aside.amount > left.amount)
        found.push({
          en: `it takes ${aside.amount} minor units, and ${Math.max(0, left.amount)} are left ${of.en}`,
          zh: `需要 ${aside.amount} 最小货币单位，而${of.zh}只余 ${Math.max(0, left.amount)}`,
        })
      return found
    })
  }

  return { pass, weigh }
}
