import type { CallId, Output, Request } from "@hufu/core/contract/contract"
import { isFailure } from "@hufu/core/failure"
import { useMutation, type UseMutationResult } from "@tanstack/react-query"
import { useContext, useSyncExternalStore } from "react"
import { ask, askAs } from "../data/client.ts"
import { readAgain } from "../data/use-operation.ts"
import { ActingAs } from "./acting-as.ts"
import { session } from "./session.ts"

/** What the proof is for: one decision and nothing else, or a session of the person. */
export type Purpose =
  | { readonly kind: "decision"; readonly choice: Request<"hold.approve"> }
  | { readonly kind: "session" }

export interface Asked {
  readonly purpose: Purpose
  give(token: string): void
  /** The person closed the dialog. */
  leave(): void
}

/** The node wants a proof that is at most a minute old; a little of it goes by on the way. */
const freshMs = 50_000

const listeners = new Set<() => void>()
let current: Asked | null = null

/** What is being asked of the person at this moment; the shell shows the dialog. */
export function useAsked(): Asked | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** Asks the person to prove who they are; null when they would rather not. */
export function prove(purpose: Purpose): Promise<string | null> {
  current?.leave()
  return new Promise((resolve) => {
    const end = (token: string | null) => {
      change(null)
      resolve(token)
    }
    change({ purpose, give: end, leave: () => end(null) })
  })
}

/** Does what widens, after a fresh proof; null when the person would rather not. */
export async function askProven<Id extends CallId>(id: Id, input: Request<Id>): Promise<Output<Id> | null> {
  if (isProven()) {
    try {
      return await ask(id, input)
    } catch (error) {
      // The node's clock decides what is fresh.
      if (!isFailure(error, "unauthenticated")) throw error
    }
  }
  const token = await prove({ kind: "session" })
  return token === null ? null : askAs(token, id, input)
}

/** Whether the person proved who they are just now. */
export function isProven(): boolean {
  const { person } = session()
  return person !== null && Date.now() - person.provenAt < freshMs
}

/**
 * Like `useChange`, for what widens; its data is null when the person gave no proof. Whoever acts as somebody else has shown already that
 * they are.
 */
export function useWidening<Id extends CallId>(
  id: Id,
  changes: readonly CallId[],
): UseMutationResult<Output<Id> | null, Error, Request<Id>> {
  const acting = useContext(ActingAs)
  return useMutation({
    mutationFn: (input: Request<Id>) => (acting === null ? askProven(id, input) : acting.ask(id, input)),
    onSettled: () => readAgain(changes),
  })
}

function change(next: Asked | null): void {
  current = next
  for (const listener of listeners) listener()
}
