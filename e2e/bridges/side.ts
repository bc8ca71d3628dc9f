import type { Happening, Seen, Standing } from "./outcome.ts"
import type { PartnerKind } from "./model.ts"
import type { Piece, Turn } from "./script.ts"

/** Something that an asker is told while it listens. */
export type Told = Happening | { readonly stands: Standing } | { readonly message: readonly Piece[] }

/** A message with an id of its own, which may be sent again. */
export interface Message {
  readonly turn: string
  readonly id: string
  readonly pieces: readonly Piece[]
  readonly isFirst: boolean
}

/** One task, as an asker of one protocol has it with one partner. Whatever is answered with an error throws Answered. */
export interface Side {
  /** Says something and listens; whoever stops reading stops listening. */
  listen(message: Message): AsyncIterable<Told>
  /** Says something and gets how it stands once it rests, or at once. */
  say(message: Message, wait: boolean): Promise<Pick<Seen, "standing" | "message">>
  look(): Promise<Standing>
  /** Listens to what is under way. */
  listenAgain(): AsyncIterable<Told>
  cancel(): Promise<Standing>
  /** Undefined where the protocol has no word for it. */
  readonly complete: (() => Promise<Standing>) | undefined
  /** Says something of a task that nobody knows. */
  sayOfUnknown(): Promise<void>
}

/** An error that an asker was answered with. */
export class Answered extends Error {
  readonly code: number

  constructor(code: number, words: string) {
    super(`${code}: ${words}`)
    this.code = code
  }
}

/** What is said so that a partner does a turn. */
export function piecesFor(turn: Turn, partner: PartnerKind, isCall: boolean): Piece[] {
  const please: Piece = { kind: "text", text: "please" }
  if (partner !== "mcp") return [please, { kind: "data", data: { script: turn.name } }, ...turn.says]
  return isCall
    ? [please, { kind: "data", data: { tool: "act", arguments: { number: turn.number } } }]
    : [please]
}
