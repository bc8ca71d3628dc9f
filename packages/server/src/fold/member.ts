/** Where the content of a statement is, and what the ledger commits to. */
export interface ContentRef {
  /** Its id in the vault. */
  readonly id: string
  /** With whose key it goes. */
  readonly subject: string
  /** Null where the ledger's entry commits to none: then the vault alone authenticates it. */
  readonly digest: string | null
  /** The entry. */
  readonly index: number
}

/** What the ledger says of one member of a record. */
export type Member =
  | { readonly is: "value"; readonly value: unknown }
  | {
      readonly is: "content"
      readonly of: ContentRef
      readonly path: readonly string[]
      /** A content without it says that there is none; else an earlier version did not say it. */
      readonly isOptional: boolean
    }
  /** No statement carries it: an earlier version did not say it. */
  | { readonly is: "unstated" }

export type Members = Readonly<Record<string, Member>>

export const unstated: Member = { is: "unstated" }

export function stated(value: unknown): Member {
  return { is: "value", value }
}

/** A member that stands in a content, under its own name or a path. */
export function within(of: ContentRef | undefined, ...path: readonly string[]): Member {
  return of === undefined ? unstated : { is: "content", of, path, isOptional: false }
}

export function withinIfAny(of: ContentRef | undefined, ...path: readonly string[]): Member {
  return of === undefined ? unstated : { is: "content", of, path, isOptional: true }
}
