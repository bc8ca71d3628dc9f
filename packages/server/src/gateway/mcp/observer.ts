import type { JsonObject } from "@hufu/core/json/json-value"
import type { Clock } from "../../clock.ts"
import type { Governor } from "../governor.ts"
import type { ParamHeaders } from "./param-headers.ts"

/** Sees to it that the pipeline knows what a server offers now, before anything is decided about it. */
export interface Observer {
  saw(server: string, tools: readonly JsonObject[]): Promise<void>
  /** Lists the server's tools once if nobody has since it started or said that they changed. */
  ensure(server: string, list: () => Promise<readonly JsonObject[]>): Promise<void>
  isKnown(server: string): boolean
  forget(server: string): void
}

/** A server that cannot say that its tools have changed is looked at again after this time. */
const freshMs = 10 * 60_000
const retryMs = 30_000

/** Nothing seen yet. */
export function createObserver(governor: Governor, paramHeaders: ParamHeaders, clock: Clock): Observer {
  const known = new Map<string, number>()
  const isKnown = (server: string) => (known.get(server) ?? 0) > clock.monotonic()
  const looking = new Map<string, Promise<void>>()

  async function saw(server: string, tools: readonly JsonObject[]): Promise<void> {
    paramHeaders.learn(server, tools)
    await governor.observe(server, tools)
  }

  async function look(server: string, list: () => Promise<readonly JsonObject[]>): Promise<void> {
    try {
      await saw(server, await list())
      known.set(server, clock.monotonic() + freshMs)
    } catch (error) {
      // One that does not answer is not asked again before every call.
      known.set(server, clock.monotonic() + retryMs)
      throw error
    }
  }

  return {
    saw,
    ensure(server, list) {
      if (isKnown(server)) return Promise.resolve()
      const begun = looking.get(server) ?? look(server, list).finally(() => looking.delete(server))
      looking.set(server, begun)
      return begun
    },
    isKnown,
    forget(server) {
      known.delete(server)
      paramHeaders.forget(server)
    },
  }
}
