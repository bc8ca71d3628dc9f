import { Failure } from "@hufu/core/failure"
import { createFoldRuns } from "../fold/fold-runs.ts"
import type { Rebuilt } from "../fold/rebuild-state.ts"
import type { StateFound } from "../fold/state-at.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/**
 * What the ledger alone says: whether the tables agree with it, and what was in force at a moment. What reads it is loaded when
 * somebody asks: a start does without.
 */
export function stateOperations({ store, clock }: OperationParts) {
  const rebuilds = createFoldRuns<Rebuilt>(clock)
  const looks = createFoldRuns<StateFound>(clock)
  return {
    "state.rebuild": async ({ run }) => {
      const { rebuildState } = await import("../fold/rebuild-state.ts")
      const step = await rebuilds.step(run, () => rebuildState(store))
      return { ...step.run, report: step.result?.report ?? null }
    },
    "state.at": async ({ run, at, index, agent }) => {
      if (at !== undefined && index !== undefined)
        throw new Failure("invalid_input", "a moment is a time or the index of an entry: give one of them")
      if (at !== undefined && at > clock.now())
        throw new Failure("invalid_input", "that moment has not come yet: give one that is past")
      const { stateAt } = await import("../fold/state-at.ts")
      const step = await looks.step(run, () => stateAt(store, { at, index, agent }))
      const { result } = step
      const fault = result?.ok === false ? { en: result.fault.en, zh: result.fault.zh } : null
      return { ...step.run, state: result?.ok === true ? result.state : null, fault }
    },
  } satisfies Partial<Operations>
}
