import { contract } from "@hufu/core/contract/contract"
import type { Operations } from "./operations.ts"

/** All of the contract at once, for whatever need not load it piece by piece. */
export const wholeContract: Operations = { routes: contract, outputOf: (id) => contract[id].output }
