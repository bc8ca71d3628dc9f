import type { Part } from "@hufu/core/delegation/part"

/** What agents say to each other: a text, or parts: texts, data and files. */
export type Content = string | readonly Part[]

/** One message to the agent. UNTRUSTED: whoever asks may have it from anywhere. */
export interface Message {
  /** All its texts. */
  readonly text: string
  readonly parts: readonly Part[]
  /**
   * The action by which Hufu let it through. Whoever asks others or calls tools because of it gives it back: as `_meta["hufu/under"]` in MCP,
   * in A2A's metadata, or as AIP's `hufu` member. Undefined where nobody says.
   */
  readonly action: string | undefined
}

/** What an agent is asked, and how it answers while it works. */
export interface Asked extends Message {
  /** The task, as the agent's own answers name it. */
  readonly task: string
  /** The message that began it, by whoever sent it. */
  readonly message: string
  /** The conversation that it belongs to. */
  readonly context: string
  /** Of the message that came last: Hufu has another action for each. */
  readonly action: string | undefined
  /** Fires when the task is canceled, or has failed, or the agent is closed. What is said after that goes nowhere. */
  readonly signal: AbortSignal
  /** Says how it goes on. Resolves when those who follow have room for more. */
  readonly say: (text: string) => Promise<void>
  /** Hands over a product of several, as soon as it is made. Resolves when those who follow have room for more. */
  readonly product: (name: string, content: Content) => Promise<void>
  /** Asks back, and resolves with the next message of the task. Rejects when nobody will answer any more. */
  readonly ask: (question: Content) => Promise<Message>
}

/** Does what is asked. What it gives back is the last product, and what it throws is why it failed. */
export type Handle = (asked: Asked) => Promise<Content | undefined | void> | Content | undefined | void

export interface AgentLimits {
  /** Bytes of one message. */
  readonly messageBytes: number
  /** Bytes of all products of a task, and as much again of what was said. */
  readonly taskBytes: number
  /** Products of a task, and messages to it. */
  readonly items: number
  /** Tasks that are worked on at once. */
  readonly openTasks: number
  /** Of these, tasks that wait for an answer to a question. */
  readonly waitingTasks: number
  /** How long a question waits for its answer. */
  readonly answerMs: number
  /** Tasks that have ended and can be looked at. */
  readonly endedTasks: number
  /** Bytes of these together. */
  readonly endedBytes: number
  /** Requests at once that are not answered yet. */
  readonly requests: number
  /** Streams at once. */
  readonly streams: number
  /** How long an answer waits for the end of a task, after which it says how that stands. */
  readonly waitMs: number
  /** How long whoever reads nothing of a stream is waited for. */
  readonly slowMs: number
}

export const usualLimits: AgentLimits = {
  messageBytes: 4 * 1024 * 1024,
  taskBytes: 8 * 1024 * 1024,
  items: 200,
  openTasks: 256,
  waitingTasks: 128,
  answerMs: 24 * 3_600_000,
  endedTasks: 1000,
  endedBytes: 256 * 1024 * 1024,
  requests: 128,
  streams: 1024,
  waitMs: 10 * 60_000,
  slowMs: 60_000,
}

export interface AgentOptions {
  /** Under which it is registered: lower-case letters, digits, `.`, `_` and `-`. */
  readonly name: string
  /** What it does, to whoever might ask it. */
  readonly description: string
  readonly version?: string
  /** 0 takes any that is free. */
  readonly port: number
  /** Only this machine reaches it. */
  readonly host?: "127.0.0.1" | "::1"
  /** Whoever asks has to show it. Without one it is random, and another one after each start. */
  readonly secret?: string | undefined
  /** The media types that it takes; `image/*` and `*\/*` mean several. Texts and data, where nothing is said. */
  readonly accepts?: readonly string[]
  readonly limits?: Partial<AgentLimits>
  readonly handle: Handle
}
