import type { Registration } from "@hufu/core/registration/registration"

/** When an agent was heard of last; nothing where nobody listens. */
export interface Liveness {
  readonly alive: boolean
  readonly lastSeenAt: number
}

/** Whether what is known of a registration is the newest. */
export interface RegistrationVersion {
  readonly id: string
  /** Another one after every change; null where nobody may see it. */
  readonly version: number | null
}

/** What discovery needs of the registrations. */
export interface RegistrationSource {
  /** Every registration in whatever state, in the order of their ids, after one of them; there may be a million. */
  versions(after: string, most: number): readonly RegistrationVersion[]
  find(id: string): { readonly registration: Registration; readonly version: number } | undefined
  /**
   * Whether an agent may be used at this moment: its registration is approved, and it is neither suspended nor recalled. This is asked
   * of every result before it is shown, so that a stop bites at once however far the index is behind.
   */
  isUsable(registration: string): boolean
  /** Whether the registry knows a code at all, and would not have its agent used. */
  isRefused(aic: string): boolean
  /** Tells which registration has changed, or is no more; returns how to stop it. */
  onChange(listener: (registration: string) => void): () => void
  /** Undefined where nothing is known. */
  liveness?(registration: string): Liveness | undefined
  /** How well it did what it was trusted with, from 0 to 100; undefined where nothing is known. */
  credit?(registration: string): number | undefined
}
