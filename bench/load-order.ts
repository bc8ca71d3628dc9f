import type { Era } from "../e2e/upstream/mcp-message.ts"

/** What the load generator is asked to do. */
export interface LoadOrder {
  url: string
  era: Era
  credential?: string
  tool: string
  /** How many clients call at once, each waiting for its reply before its next call. */
  clients: number
  seconds: number
  warmCalls: number
  textBytes: number
}

/** What the load generator measured. */
export interface LoadResult {
  calls: number
  /** Replies that were not a tool's result. */
  wrong: number
  elapsedMs: number
  p50Ms: number
  p99Ms: number
}
