import type { CallId, Output, Request } from "@hufu/core/contract/contract"
import { createContext } from "react"

/** Somebody else than whoever uses this browser: below its provider everything is asked in their name. */
export interface Acting {
  /** Tells what was read in their name from what others read. No secret. */
  readonly key: string
  readonly ask: <Id extends CallId>(id: Id, input: Request<Id>) => Promise<Output<Id>>
}

export const ActingAs = createContext<Acting | null>(null)
