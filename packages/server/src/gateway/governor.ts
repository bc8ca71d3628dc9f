import type { OauthScope } from "@hufu/core/contract/oauth"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { OutcomeKind } from "@hufu/core/words"
import type { Obliged } from "../fence/rules/obligation.ts"
import type { MessageFacts } from "../fence/rules/schema.ts"

/** The doors through which an action may come; a verdict never depends on which. */
export type Door =
  | "mcp-http"
  | "mcp-mtls"
  | "mcp-guard"
  | "a2a-http"
  | "a2a-mtls"
  | "aip-http"
  | "aip-mtls"
  | "aip-mq"
  /** A person who acts as one of their agents. */
  | "console"
  | "api"
  | "sdk"

/** The access token that a caller came with. */
export interface CallerToken {
  readonly scopes: ReadonlySet<OauthScope>
  /** Where a client finds out how to ask for more. */
  readonly metadata: string
}

/** Who is calling, as a door has established it: never from what the client says of itself. */
export interface Caller {
  readonly agent: string
  readonly version: string
  readonly principal: string
  readonly credential: string | null
  readonly door: Door
  readonly connection: string
  /** UNTRUSTED: tokens that came with the request as authority of the call in it; they identify nobody. */
  readonly presents?: { readonly tokens: readonly string[]; readonly proof: string }
  /** It bounds what may be done beside the mandates; absent where the caller came without one. */
  readonly token?: CallerToken
}

/** One thing that an agent tries to do, before anything is known of its effect. */
export interface Attempt {
  readonly caller: Caller
  /** Name of the registered tool server. */
  readonly server: string
  /** Tool name for tools/call, else the protocol method itself (`resources/read`, `sampling/createMessage`). */
  readonly tool: string
  /** UNTRUSTED: whatever the agent sent. */
  readonly arguments: JsonObject
  /** UNTRUSTED: where the client says that it is. */
  readonly position?: JsonValue
  /** Present for a message of a conversation. */
  readonly spoken?: Spoken
  /**
   * What a partner said because of an order that was let out, or the end of that order: the order's authority covers it, and it draws on no
   * budget of its own. INVARIANT: never from what a client or a partner says; only for a partner that was given an order of this agent's.
   */
  readonly answers?: true
  /**
   * UNTRUSTED: the action by which another agent asked the caller for this, as the caller says. It has to be an open order to the caller, and
   * takes from what the caller may do: whoever asked has to be allowed it too.
   */
  readonly under?: string
  /** A hold that the client says it is rejoining; it must be this agent's, this task's and of this very action. */
  readonly hold?: string
}

/** What a conversation knows of a message beside its arguments. */
export interface Spoken {
  readonly facts: MessageFacts
  readonly conversation: string
  /** The very same message came before. */
  readonly isAgain: boolean
}

/** Why, for a person or a model to read. UNTRUSTED parts are already bounded and in backticks. */
export interface Reason {
  readonly rule: string
  readonly en: string
  readonly zh: string
}

export interface Outcome {
  readonly outcome: OutcomeKind
  /** A fixed word: `stopped`, `timeout`, `upstream_error`, `tool_error`, `cancelled`, `replaced` (by another order), `connection_lost`. */
  readonly reason?: string
  /** The result as it came back, for the commitment and for labels; may be left out when it is too large. */
  readonly result?: unknown
}

/** Permission to perform one action, once. */
export interface Permit {
  readonly kind: "go"
  readonly action: string
  /** The mandate that covers it; left out where a person approved it by itself. */
  readonly mandate?: string
  /** What the door does with a message beside passing it on. */
  readonly obligations?: readonly Obliged[]
  /** The arguments to forward when a person approved narrower ones; otherwise forward what came. */
  readonly edited?: JsonObject
  /** Present where a rule has something taken out of the result; gives nothing for what could not be looked through. */
  readonly redact?: (value: JsonObject) => JsonObject | undefined
  /** Fires when the agent, the server or everything is stopped: cancel upstream as best possible. */
  readonly signal: AbortSignal
  /**
   * Call synchronously right before the first byte leaves. `false`: standing was lost since the verdict; forward nothing,
   * the outcome is already recorded. After `true`, `conclude` must be called exactly once.
   */
  leave(): boolean
  /** Records the outcome; durable within 20 ms, not awaited by the reply. A permit that was never left needs `abandon`. */
  conclude(outcome: Outcome): void
  /** The call never left (the client went away, the upstream could not be reached): budget is given back. */
  abandon(reason: string): void
}

/** The action waits for a person. */
export interface Held {
  readonly kind: "held"
  readonly action: string
  readonly hold: string
  readonly expiresAt: number
  readonly reasons: readonly Reason[]
  readonly obligations?: readonly Obliged[]
}

export interface Refused {
  readonly kind: "refused"
  /** `denied`, `refused_by_person`, `hold_expired`, `hold_cancelled`, `stopped`, `agent_suspended`, `no_mandate`, … */
  readonly code: string
  readonly action?: string
  readonly reasons: readonly Reason[]
  readonly obligations?: readonly Obliged[]
}

export type Ruling = Permit | Held | Refused

export type HoldState = "waiting" | "approved" | "refused" | "expired" | "cancelled" | "used"

/** A held action as it stands now, for a client that comes back to it. */
export interface HeldAction {
  readonly state: HoldState
  readonly server: string
  readonly tool: string
  /** As the agent sent them; left out when they were erased. */
  readonly arguments?: JsonObject
  readonly createdAt: number
  readonly expiresAt: number
  readonly decidedAt: number | null
  /** How it ended, if it left and that is recorded. */
  readonly outcome?: OutcomeKind
}

/**
 * The pipeline as the doors see it: identify → standing → ground → decide → ask → intend, then the door performs, then conclude.
 * Throws Failure when it could not decide (store unavailable, clock stepped back): the door answers with it and forwards nothing.
 */
export interface Governor {
  admit(attempt: Attempt): Promise<Ruling>
  /** Resolves when the hold is decided, or with `waiting` when the signal fires. Refuses another agent's or task's hold with Failure("not_found"). */
  awaitHold(caller: Caller, hold: string, signal: AbortSignal): Promise<HoldState>
  /**
   * Takes back what the caller asked for, as far as nobody has decided it; what is decided stays as it is.
   * Refuses another agent's or task's hold as `awaitHold` does.
   *
   * @returns the state after it
   */
  withdraw(caller: Caller, hold: string): Promise<HoldState>
  /** What waits, or waited, under a hold; refuses another agent's or task's as `awaitHold` does. */
  heldAction(caller: Caller, hold: string): HeldAction
  /** Which of these tools the caller may see: only what a mandate could allow or ask. Order is kept. */
  visible(caller: Caller, server: string, tools: readonly string[]): ReadonlySet<string>
  /** Pins or compares the definitions that a server offers now; called with every tools/list result before it is filtered. */
  observe(server: string, definitions: readonly JsonObject[]): Promise<void>
  /** Whether the caller may hold a connection at all; throws Failure with the reason if not. */
  standing(caller: Caller): void
  /** Live connections register here to be closed when their agent is stopped; the returned function unregisters. */
  onStop(caller: Caller, close: (reason: string) => void): () => void
}
