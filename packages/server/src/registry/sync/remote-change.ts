import type { OwnershipProof } from "@hufu/core/registration/developer"
import type { Registration } from "@hufu/core/registration/registration"

/** What a peer says of one registration of its own, as far as it was checked. */
export interface RemoteChange {
  readonly seq: number
  /** What the peer calls it. */
  readonly origin: string
  /** Null for what it does not say any more. */
  readonly aic: string | null
  readonly usable: boolean
  readonly shown: Pick<
    Registration,
    "ontology" | "revision" | "createdAt" | "changedAt" | "approvedAt" | "grade" | "content"
  > | null
  /** What its own registry verified of it. */
  readonly proofs: readonly OwnershipProof[]
  /** It is there no more. */
  readonly gone: boolean
}

/** One line of an answer: a change, one that cannot be taken in, or what makes the peer incredible. */
export type CheckedLine =
  | { readonly is: "change"; readonly change: RemoteChange }
  | { readonly is: "left"; readonly change: RemoteChange; readonly why: string }
  | { readonly is: "nothing" }
