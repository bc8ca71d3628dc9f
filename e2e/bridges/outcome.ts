import type { Piece } from "./script.ts"

/** States in words of neither protocol; `delivered` is one that only AIP has. */
export const states = [
  "accepted",
  "working",
  "asking",
  "delivered",
  "completed",
  "failed",
  "canceled",
  "rejected",
] as const
export type State = (typeof states)[number]

/** What a partner made, as an asker sees it. Names that are made up on the way are `*`. */
export interface Product {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly pieces: readonly Piece[]
}

/** A task as it stands. */
export interface Standing {
  readonly state: State
  readonly words: readonly string[]
  readonly products: readonly Product[]
}

/** One thing that happens. */
export type Happening =
  | { readonly state: State; readonly words: readonly string[] }
  | { readonly product: Product; readonly append: boolean; readonly last: boolean }

/** What an asker sees of one thing that it did. */
export interface Seen {
  readonly did: string
  /** The code of the error that it was answered with. */
  readonly error?: number
  /** Everything that happened, where it listened; the first may be how the task stood after some of it. */
  readonly events?: readonly (Happening | { readonly stands: Standing })[]
  readonly standing?: Standing | undefined
  /** A message in place of a task. */
  readonly message?: readonly Piece[]
}

/** The task after something happened to it. */
export function after(was: Standing, happening: Happening): Standing {
  if ("state" in happening) return { ...was, state: happening.state, words: happening.words }
  const { product, append } = happening
  const at = was.products.findIndex(({ id }) => id === product.id)
  const known = was.products[at]
  if (known === undefined) return { ...was, products: [...was.products, product] }
  const now = append ? { ...known, ...product, pieces: [...known.pieces, ...product.pieces] } : product
  return { ...was, products: was.products.with(at, now) }
}

/** Without what says the same state again, at once and in the same words. */
export function withoutRepetition<T extends Happening | { readonly stands: Standing }>(
  events: readonly T[],
): T[] {
  let last: string | undefined
  return events.filter((each) => {
    const now = "stands" in each ? stateText(each.stands) : "state" in each ? stateText(each) : undefined
    const isNew = now === undefined || now !== last
    last = now
    return isNew
  })
}

function stateText({ state, words }: Pick<Standing, "state" | "words">): string {
  return JSON.stringify([state, words])
}
