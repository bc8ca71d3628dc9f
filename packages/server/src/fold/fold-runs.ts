import { randomBytes } from "node:crypto"
import type { Run } from "@hufu/core/contract/state"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import type { Progress } from "./fold-entries.ts"

type Work<T> = AsyncGenerator<Progress, T>

interface Running<T> {
  readonly work: Work<T>
  usedSince: number
  isBusy: boolean
}

/** One step of long work: how far it is, and at its end what it gives. */
export interface Step<T> {
  readonly run: Run
  readonly result: T | null
}

export interface FoldRuns<T> {
  /** Begins, or goes on with the run of that name; works for a second at most. */
  step(run: string | undefined, begin: () => Work<T>): Promise<Step<T>>
}

const stepMs = 1000
const idleMs = 60_000
const maxRuns = 4

/** Long reading for callers who ask again and again: so many at once, each of which ends when nobody asks for it. */
export function createFoldRuns<T>(clock: Clock): FoldRuns<T> {
  const runs = new Map<string, Running<T>>()

  function sweep(): void {
    for (const [name, { work, usedSince, isBusy }] of runs)
      if (!isBusy && clock.monotonic() - usedSince > idleMs) {
        runs.delete(name)
        // It lets its connection go.
        void work.return(undefined as T)
      }
  }

  function find(run: string): Running<T> {
    const found = runs.get(run)
    if (found === undefined)
      throw new Failure("not_found", "this run has ended, or nobody asked for it for a minute: begin again")
    if (found.isBusy) throw new Failure("overloaded", "this run is at work: ask once at a time")
    return found
  }

  function start(begin: () => Work<T>): [string, Running<T>] {
    if (runs.size >= maxRuns)
      throw new Failure("overloaded", `${maxRuns} such readings are under way already: try again in a minute`)
    const name = randomBytes(16).toString("hex")
    const running = { work: begin(), usedSince: clock.monotonic(), isBusy: false }
    runs.set(name, running)
    return [name, running]
  }

  return {
    async step(run, begin) {
      sweep()
      const [name, running] = run === undefined ? start(begin) : [run, find(run)]
      running.isBusy = true
      const until = performance.now() + stepMs
      try {
        for (;;) {
          const step = await running.work.next()
          if (step.done === true) {
            runs.delete(name)
            return { run: { run: null, done: 1, of: 1 }, result: step.value }
          }
          if (performance.now() >= until) return { run: { run: name, ...step.value }, result: null }
          // Others are served meanwhile.
          await new Promise((resolve) => setImmediate(resolve))
        }
      } catch (error) {
        runs.delete(name)
        throw error
      } finally {
        running.isBusy = false
        running.usedSince = clock.monotonic()
      }
    },
  }
}
