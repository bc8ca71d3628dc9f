import { Failure } from "@hufu/core/failure"
import type { Operations } from "@hufu/sdk"

/** The contract's own routes, which the build writes in here: all that is needed to ask. */
declare const CONTRACT_ROUTES: Operations["routes"]

/** Questions are asked at once; the schemas come meanwhile, and no answer is taken without them. */
export const operations: Operations = {
  routes: CONTRACT_ROUTES,
  outputOf: async (id) => (await loadContract()).contract[id].output,
}

/** Begins to load the schemas, which nothing needs before the first answer. */
export function loadContract() {
  return import("@hufu/core/contract/contract").catch((cause: unknown) => {
    throw new Failure("node_unavailable", "a part of this page could not be loaded: reload the page", {
      cause,
    })
  })
}
