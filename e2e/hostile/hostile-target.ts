import type { McpMessage } from "../upstream/mcp-message.ts"
import type { DecidedCall } from "./forwarded.ts"

/** What the hostile run sends to, and how it asks afterwards what was decided. */
export interface HostileTarget {
  pid: number
  door: string
  credential?: string
  otherCredential?: string
  /** The command of a guard in front of a recording upstream over stdio, where the target has guards. */
  guard?: { command: string; args: string[] }
  /** Path of the local socket, where the target has one. */
  socket?: string
  ended(): object | undefined
  errorText(): string
  /** Every call that was allowed to leave since the start; absent where nothing is decided at all. */
  decided?: () => Promise<DecidedCall[]>
  /** Ask everything that a person looks at; whatever cannot be shown any more is an error. */
  look?: () => Promise<unknown>
  /** What reached the upstreams since the last time this was asked. */
  received: () => McpMessage[]
  dispose(): Promise<void>
}
