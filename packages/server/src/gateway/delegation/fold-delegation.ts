import type { Product } from "@hufu/core/delegation/part"
import type { Delegation } from "./delegations.ts"
import type { DelegationRow, StoredEntry } from "./delegation-rows.ts"

const mostSaid = 200

/** A delegation before anything happened to it. */
export function newDelegation({ id, server, facts, createdAt }: DelegationRow): Delegation {
  return {
    id,
    server,
    context: facts.context,
    task: facts.name,
    state: "submitted",
    stateAt: createdAt,
    createdAt,
    changedAt: createdAt,
    said: undefined,
    history: [],
    products: [],
    ruled: undefined,
    original: undefined,
    reply: undefined,
    lastSeq: 0,
  }
}

/** As it stands after one more entry. */
export function foldDelegation(was: Delegation, { seq, at, entry }: StoredEntry): Delegation {
  const now = { ...was, lastSeq: seq, changedAt: at }
  if (entry.kind === "asked") {
    const { said } = entry
    return said === undefined ? now : { ...now, history: grown(was.history, { from: "asker", said }) }
  }
  const { happening, ruled } = entry
  if (happening.kind === "reply")
    return {
      ...now,
      reply: happening.said,
      history: grown(was.history, { from: "partner", said: happening.said }),
    }
  if (happening.kind === "product") return { ...now, products: withProduct(was.products, happening) }
  const { state, said, original = was.original } = happening
  return {
    ...now,
    state,
    stateAt: at,
    said,
    original,
    ruled,
    // What is said of a delivery stands also with its being taken.
    history:
      said === undefined || was.said?.id === said.id
        ? was.history
        : grown(was.history, { from: "partner", said }),
  }
}

function grown<T>(list: readonly T[], item: T): readonly T[] {
  return [...list, item].slice(-mostSaid)
}

function withProduct(
  products: readonly Product[],
  { product, append }: { readonly product: Product; readonly append: boolean },
): readonly Product[] {
  const at = products.findIndex(({ id }) => id === product.id)
  const known = products[at]
  if (known === undefined) return [...products, product]
  return products.with(at, append ? grownProduct(known, product) : product)
}

/** A further piece adds to what there is; what came with the first piece alone stays. */
function grownProduct(known: Product, piece: Product): Product {
  const metadata = piece.metadata === undefined ? {} : { metadata: { ...known.metadata, ...piece.metadata } }
  const { original: _original, ...said } = piece
  return { ...known, ...said, parts: [...known.parts, ...piece.parts], ...metadata }
}
