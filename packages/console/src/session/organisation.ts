import type { CallId, Output, Request } from "@hufu/core/contract/contract"
import { Failure, isFailure } from "@hufu/core/failure"
import { useSyncExternalStore } from "react"
import { ask, askAs } from "../data/client.ts"
import { queries } from "../data/use-operation.ts"
import type { Acting } from "./acting-as.ts"
import { issuerAnswer } from "./issuer-answer.ts"

/**
 * Whether an organisation is signed in on this page. Its token is in memory alone, as a person's session is: closing the page, or
 * loading it anew, ends it.
 */
export type OrganisationState =
  | { readonly state: "out"; readonly hasEnded?: boolean; readonly error?: unknown }
  | { readonly state: "finishing" }
  | { readonly state: "in"; readonly acting: Acting; readonly until: number }

/** In the tab that began, until it comes back: whoever leads another here has it not. */
const kept = "hufu.organisation"
const listeners = new Set<() => void>()
let ending: ReturnType<typeof setTimeout> | undefined
let current: OrganisationState = { state: "out" }

export function useOrganisation(): OrganisationState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** Leads to an issuer's own page. */
export async function beginAt(issuer: string): Promise<void> {
  const { url, binding } = await ask("organisation.begin", { issuer })
  // UNTRUSTED: the issuer says where its page is.
  if (!/^https?:\/\//.test(url))
    throw new Failure("upstream_unavailable", "the issuer has no page on which to sign in")
  try {
    sessionStorage.setItem(kept, binding)
  } catch {
    throw new Failure(
      "forbidden",
      "this browser keeps nothing for this page, so that it would not know you when you come back: allow it site data, and begin again",
    )
  }
  location.assign(url)
}

export async function signOut(): Promise<void> {
  const before = current
  if (before.state !== "in") return
  try {
    await before.acting.ask("organisation.end", {})
  } catch (error) {
    // One that has ended is what was wanted.
    if (!isFailure(error, "unauthenticated")) throw error
  }
  leave({ state: "out" })
}

async function finish(address: string): Promise<void> {
  change({ state: "finishing" })
  try {
    const binding = takeBinding()
    if (binding === null)
      throw new Failure("sign_in_refused", "this sign-in did not begin in this tab: begin again", {
        extra: { reason: "begun-elsewhere" },
      })
    const { token, expiresAt, developer } = await ask("organisation.finish", { binding, address })
    ending = setTimeout(() => leave({ state: "out", hasEnded: true }), Math.max(0, expiresAt - Date.now()))
    change({ state: "in", acting: actingBy(token, developer.id), until: expiresAt })
  } catch (error) {
    change({ state: "out", error })
  }
}

/** Once, whatever comes of it. */
function takeBinding(): string | null {
  try {
    const binding = sessionStorage.getItem(kept)
    sessionStorage.removeItem(kept)
    return binding
  } catch {
    return null
  }
}

function actingBy(token: string, key: string): Acting {
  return {
    key,
    async ask<Id extends CallId>(id: Id, input: Request<Id>): Promise<Output<Id>> {
      try {
        return await askAs(token, id, input)
      } catch (error) {
        if (isFailure(error, "unauthenticated") && error.extra["needs"] === "organisation")
          leave({ state: "out", hasEnded: true })
        throw error
      }
    },
  }
}

/** Nothing that was read in an organisation's name stays. */
function leave(next: OrganisationState): void {
  clearTimeout(ending)
  const before = current
  change(next)
  if (before.state === "in")
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[2] === before.acting.key })
}

function change(next: OrganisationState): void {
  current = next
  for (const listener of listeners) listener()
}

// What an issuer answered, if it led here just now.
const answer = issuerAnswer()
if (answer !== undefined) void finish(answer)
