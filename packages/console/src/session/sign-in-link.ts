import { useSyncExternalStore } from "react"
import { ask } from "../data/client.ts"
import { keepBrowserToken } from "./session.ts"

export type SignIn =
  | { readonly state: "none" | "exchanging" | "in" }
  | { readonly state: "failed"; readonly error: unknown }

const listeners = new Set<() => void>()
let current: SignIn = { state: "none" }

/** What became of the sign-in link with which this page was opened. */
export function useSignIn(): SignIn {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** Takes the code out of the address before anything else can see it, and exchanges it, once; answers whether that let us in. */
export async function takeSignInCode(): Promise<boolean> {
  const code = /^#signin=([A-Za-z0-9_-]{1,200})$/.exec(location.hash)?.[1]
  if (code === undefined) return false
  history.replaceState(null, "", location.pathname + location.search)
  change({ state: "exchanging" })
  try {
    keepBrowserToken((await ask("signin.exchange", { code })).token)
    change({ state: "in" })
    return true
  } catch (error) {
    change({ state: "failed", error })
    return false
  }
}

function change(next: SignIn): void {
  current = next
  for (const listener of listeners) listener()
}
