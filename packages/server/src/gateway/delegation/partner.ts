import type { DelegationOrder, DelegationState } from "@hufu/core/delegation/delegation-state"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Ticket } from "../ticket.ts"

/** How many connections to one partner there are at most: each delegation that is under way holds one for as long as the partner speaks. */
export const partnerConnections = 4096

/** How a partner knows a delegation. */
export interface PartnerView {
  /** Hufu's id of it, which never leaves. */
  readonly delegation: string
  /** As the asking agent calls the conversation and, where it may choose that (AIP), the task. */
  readonly context: string
  readonly task: string
  /** What the partner itself calls them, once it has said so. */
  readonly partnerContext: string | undefined
  readonly partnerTask: string | undefined
  /** Where it stands when the order is given. */
  readonly state: DelegationState
}

/** What goes to a partner. It passed the pipeline. */
export interface PartnerOrder {
  readonly order: DelegationOrder
  readonly view: PartnerView
  /** Absent where nothing is said with it. */
  readonly said?: Said | undefined
  /** Whose doing it is: its AIC where it has one. */
  readonly sender: { readonly agent: string; readonly aic: string | undefined }
  /** On whose authority, by ids: for a partner that understands what stands behind it. */
  readonly authority: {
    readonly principal: string
    readonly task: string
    readonly mandate: string | undefined
    readonly action: string
  }
  /** What the protocol of the door has beside the message: A2A's `configuration`, AIP's `commandParams`. */
  readonly parameters?: JsonObject | undefined
}

/** Something that a partner said, and what it calls the delegation. UNTRUSTED, bounded by the adapter. */
export interface FromPartner {
  readonly happening: Happening
  readonly partnerTask?: string
  readonly partnerContext?: string
  /** The partner's own sequence number of it, where it counts (AIP's `eventSeq`). */
  readonly seq?: number
}

/**
 * An agent elsewhere with whom agents here work, in whatever protocol it speaks. An adapter knows its protocol and nothing of verdicts:
 * whoever calls it has the permit. It throws Failure("upstream_unavailable") when nothing left, Failure("upstream_lost") when something
 * may have, and Failure("invalid_input") for an answer that does not fit its protocol. It leaves the settling of the ticket to its caller.
 */
export interface Partner {
  readonly protocol: "a2a" | "aip" | "mcp"
  /** Whether it waits for the asking agent to take what it delivered. */
  readonly confirms: boolean
  /** How it describes itself, where it does. UNTRUSTED. */
  readonly describes?: (signal: AbortSignal) => Promise<readonly string[]>
  /**
   * Gives an order, and yields what comes of it until the partner has no more to say for now. The signal ends it at once.
   *
   * @param ticket right before the first byte leaves `ticket.leave()` is called; where that is false nothing leaves and nothing is yielded
   */
  order(order: PartnerOrder, ticket: Ticket, signal: AbortSignal): AsyncIterable<FromPartner>
  /** How it stands now, as the partner says; yields one state and every product. */
  look(view: PartnerView, sender: PartnerOrder["sender"], signal: AbortSignal): AsyncIterable<FromPartner>
  /** What happens from now on, or after a sequence number of the partner's; ends when the delegation rests. */
  follow(
    view: PartnerView,
    sender: PartnerOrder["sender"],
    after: number | undefined,
    signal: AbortSignal,
  ): AsyncIterable<FromPartner>
}
