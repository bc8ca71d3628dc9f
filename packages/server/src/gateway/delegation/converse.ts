import { a2aOfSaid } from "@hufu/core/a2a/a2a-said"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import type { Conversations } from "../conversation/conversations.ts"
import type { Reason, Refused } from "../governor.ts"
import type { Live } from "./delegation-memory.ts"
import { stoppedFailure } from "./delegation-words.ts"
import type { Partner } from "./partner.ts"

/** Where rules speak of persons, what agents say to each other for one is a conversation of that person's. */
export interface DelegationConversations extends Pick<Conversations, "say"> {
  /** Whether a pack that speaks of persons is in force for a partner. */
  isOn(agent: string, server: string): boolean
}

/** What became of something said in a conversation. */
export interface Conversed {
  /** It does not go. */
  readonly refused?: Refused
  /** What the person is told beside it, in the words of rules. */
  readonly told: readonly Reason[]
  /** They have taken leave: the conversation is over, whatever else was decided. */
  readonly ends: boolean
}

/**
 * Passes what one side says through the rules for conversations; undefined where none speaks of them. What waits for a person does not go: a
 * conversation does not stand still.
 */
export async function converse(
  conversations: DelegationConversations | undefined,
  { row, view, caller, stop }: Live,
  partner: Pick<Partner, "describes">,
  { from, said }: { readonly from: "user" | "agent"; readonly said: Said | undefined },
): Promise<Conversed | undefined> {
  if (said === undefined || said.parts.length === 0) return undefined
  if (conversations === undefined || !conversations.isOn(row.agent, row.server)) return undefined
  const ruling = await conversations.say({
    caller,
    server: row.server,
    from,
    persona: { declared: "none", texts: (await partner.describes?.(stop.signal)) ?? [] },
    // Its number makes it one of its own: repetitions never come so far.
    said: a2aOfSaid(
      { id: `${row.id}/${from}/${view.lastSeq}`, parts: said.parts },
      {
        role: from === "user" ? "ROLE_USER" : "ROLE_AGENT",
        contextId: row.facts.context,
        taskId: row.facts.name,
      },
    ),
  })
  const obligations = ruling.obligations ?? []
  const told = obligations.map(({ rule, en, zh }) => ({ rule, en, zh }))
  const ends = obligations.some(({ obligation }) => obligation === "end")
  if (ruling.kind !== "go") {
    const refused: Refused =
      ruling.kind === "refused"
        ? ruling
        : { kind: "refused", code: "denied", action: ruling.action, reasons: ruling.reasons }
    return { refused, told, ends }
  }
  if (!ruling.leave()) throw stoppedFailure()
  ruling.conclude({ outcome: "done" })
  return { told, ends }
}

/** What a partner says to the person with something that happened. */
export function saidIn(happening: Happening): Said | undefined {
  if (happening.kind !== "product") return happening.said
  return { id: happening.product.id, parts: happening.product.parts }
}
