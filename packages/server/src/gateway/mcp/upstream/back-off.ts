import { Failure } from "@hufu/core/failure"
import { setTimeout as sleep } from "node:timers/promises"

const firstMs = 250
const longestMs = 60_000
/** A wait that a caller can be asked to sit out; beyond it the caller is told instead. */
const patienceMs = 2000
const healthyMs = 30_000

/** Spaces out the starts of tool servers that keep failing, so that a broken one does not eat the machine. */
export interface BackOff {
  /** Waits until the server may be started again; Failure("upstream_unavailable") when that is too long. */
  ready(server: string): Promise<void>
  failed(server: string, livedMs: number): void
  forget(server: string): void
}

/** No failures yet. */
export function createBackOff(now: () => number): BackOff {
  const failures = new Map<string, { delayMs: number; until: number }>()
  return {
    async ready(server) {
      const waitMs = (failures.get(server)?.until ?? 0) - now()
      if (waitMs <= 0) return
      if (waitMs <= patienceMs) return sleep(waitMs)
      const seconds = Math.ceil(waitMs / 1000)
      throw new Failure(
        "upstream_unavailable",
        `the tool server \`${server}\` keeps failing; try again in ${seconds} s`,
      )
    },
    failed(server, livedMs) {
      const before = livedMs > healthyMs ? 0 : (failures.get(server)?.delayMs ?? 0)
      const delayMs = Math.min(longestMs, Math.max(firstMs, before * 2))
      failures.set(server, { delayMs, until: now() + delayMs })
    },
    forget: (server) => void failures.delete(server),
  }
}
