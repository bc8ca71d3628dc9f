import type { MadeAction } from "./made-rules.ts"

/** Something that decides by rules; what it is asked is prepared before, as each engine wants it. */
export interface Engine {
  readonly name: string
  /** How long it took to load the rules. */
  readonly loadMs: number
  /** Something that answers whether the action may go by itself. */
  prepare(action: MadeAction): () => boolean
}
