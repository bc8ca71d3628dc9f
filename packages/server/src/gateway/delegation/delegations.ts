import type { DelegationOrder, DelegationState } from "@hufu/core/delegation/delegation-state"
import type { Happening, Said } from "@hufu/core/delegation/happening"
import type { Original, Product } from "@hufu/core/delegation/part"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Caller, Reason } from "../governor.ts"

/** Which delegation an agent means. A task's name counts among those of this agent with this partner only. */
export interface DelegationRef {
  readonly server: string
  /** As the asking agent calls it. */
  readonly task: string
}

/** What an asking agent wants of a partner. */
export interface Ask {
  readonly order: DelegationOrder
  readonly said?: Said | undefined
  /** UNTRUSTED: the action by which another agent asked the asking agent for it, as that one says. */
  readonly under?: string | undefined
  /** The conversation that it belongs to, as the asking agent calls it. */
  readonly context: string
  /** As the asking agent calls it; left out to start one whose name Hufu makes. */
  readonly task?: string
  /** Whether the asking agent's protocol has it take what was delivered (AIP), or takes it at once (A2A). */
  readonly confirms: boolean
  /** Whether more may be said while the partner is at work (A2A), and not only when it waits (AIP). */
  readonly anyTime?: boolean
  readonly parameters?: JsonObject | undefined
  /** What the asking agent bounds of a delegation that it starts. */
  readonly limits?: { readonly timeoutMs?: number | undefined; readonly productBytes?: number | undefined }
  /** Where to tell of it, from its first state on. */
  readonly notice?: NewNotice
}

/** Something that happened, with its place in the order of all that did. */
export interface Event {
  /** Strictly increasing within a delegation, from 1. */
  readonly seq: number
  readonly at: number
  readonly happening: Happening
}

/** Why a delegation waits for a person, or why Hufu refused it. */
export interface Ruled {
  readonly reasons: readonly Reason[]
  /** The held action, and until when somebody can decide. */
  readonly hold?: { readonly id: string; readonly expiresAt: number } | undefined
  readonly code?: string | undefined
}

/** A delegation as it stands. */
export interface Delegation {
  readonly id: string
  readonly server: string
  readonly context: string
  readonly task: string
  readonly state: DelegationState
  readonly stateAt: number
  readonly createdAt: number
  readonly changedAt: number
  /** What came with the state. */
  readonly said: Said | undefined
  /** Everything said so far by both sides, oldest first, at most as many as are kept. */
  readonly history: readonly { readonly from: "asker" | "partner"; readonly said: Said }[]
  readonly products: readonly Product[]
  readonly ruled: Ruled | undefined
  /** As it came with the latest state that had one. */
  readonly original: Original | undefined
  /** An answer without a task, where the partner gave one. */
  readonly reply: Said | undefined
  readonly lastSeq: number
}

/** Where somebody wants to be told by HTTP of what happens. */
export interface Notice {
  readonly id: string
  readonly url: string
  readonly token?: string | undefined
  /** The states that are told of; everything that happens where it is empty. */
  readonly states: readonly DelegationState[]
  /** It tells how the notice is written. */
  readonly protocol: "a2a" | "aip"
  /** What that protocol has beside. */
  readonly about: JsonObject
}
export type NewNotice = Omit<Notice, "id"> & { readonly id?: string }

/** Writes a notice as its protocol has it; nothing for what that protocol does not tell. */
export type WriteNotice = (
  notice: Notice,
  delegation: Delegation,
  event: Event,
) => { readonly headers: Readonly<Record<string, string>>; readonly body: string } | undefined

/**
 * Delegations as the doors of A2A and AIP see them: one pipeline and one memory for every pair of protocols. What the pipeline refuses is a
 * state (`rejected`), what it holds for a person is a state (`auth-required`), after which it goes on by itself.
 */
export interface Delegations {
  /**
   * Gives an order. An order that does not fit the state changes nothing and gives the delegation as it stands, and so does the same
   * message again; throws Failure("not_found") where there is none.
   *
   * @returns as it stands once the verdict is known; `follow` tells the rest
   */
  ask(caller: Caller, server: string, ask: Ask): Promise<Delegation>
  /** Says something of what Hufu itself sees beside a task that is under way, to whoever asked for it. Throws Failure("not_found"). */
  remark(caller: Caller, ref: DelegationRef, reason: Reason): Promise<void>
  /** Throws Failure("not_found") also for another agent's. */
  look(caller: Caller, ref: DelegationRef): Promise<Delegation>
  /** This agent's with this partner, the one that changed last first. */
  list(
    caller: Caller,
    server: string,
    filter: {
      readonly context?: string
      readonly states?: readonly DelegationState[]
      readonly changedAfter?: number
      readonly limit: number
      readonly offset: number
    },
  ): { readonly total: number; readonly delegations: readonly Delegation[] }
  /**
   * Every event after a sequence number, first those that are kept. It ends when the delegation rests, or only when it has ended, and when
   * the signal fires. Throws Failure("not_found"); Failure("stale", { extra: { lastAvailableSeq } }) for a number that nothing has yet.
   */
  follow(
    caller: Caller,
    ref: DelegationRef,
    after: number,
    until: "rest" | "end",
    signal: AbortSignal,
  ): AsyncIterable<Event>
  notices: {
    /** Also for a task that is not there yet: it counts from the first state on. */
    set(caller: Caller, ref: DelegationRef, notice: NewNotice): Promise<Notice>
    list(caller: Caller, ref: DelegationRef): readonly Notice[]
    remove(caller: Caller, ref: DelegationRef, id: string | undefined): Promise<boolean>
  }
}
