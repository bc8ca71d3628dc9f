import type { IndexChange } from "./search-index.ts"

/** How long an agent has been heard of; nothing where nobody listens. */
export interface Liveness {
  readonly alive: boolean
  readonly lastSeenAt: number
}

/** What discovery needs of the registrations. */
export interface RegistrationSource {
  /** What has changed after a change, each registration once as it stands now, in the order of the changes, and up to which change that is. */
  changes(after: number, most: number): { readonly changes: readonly IndexChange[]; readonly cursor: number }
  /**
   * Whether an agent may be used at this moment: its registration is approved, and it is neither suspended nor recalled. This is asked
   * of every result before it is shown, so that a stop bites at once however far the index is behind.
   */
  isUsable(registration: string): boolean
  /** Whether the registry knows a code at all, and would not have its agent used. */
  isRefused(aic: string): boolean
  /** Tells of every change; returns how to stop it. */
  onChange(listener: () => void): () => void
  /** Undefined where nothing is known. */
  liveness?(registration: string): Liveness | undefined
  /** How well it did what it was trusted with, from 0 to 100; undefined where nothing is known. */
  credit?(registration: string): number | undefined
}
