import type { JsonObject } from "@hufu/core/json/json-value"
import type { Clock } from "../../clock.ts"
import type { Governor } from "../governor.ts"
import type { LocalTasks } from "./local-tasks.ts"
import type { Log } from "./log.ts"
import type { McpConfig } from "./config.ts"
import type { Observer } from "./observer.ts"
import type { OpenActions } from "./open-actions.ts"
import type { ParamHeaders } from "./param-headers.ts"
import type { Presence } from "./presence.ts"
import type { Sealer } from "./sealed-state.ts"
import type { Turnstile } from "./turnstile.ts"
import type { HttpEras } from "./upstream/http-eras.ts"
import type { HttpUpstreams } from "./upstream/http-upstreams.ts"
import type { LinkPool } from "./upstream/link-pool.ts"
import type { ServerDirectory } from "./upstream/server-definition.ts"

/** What every part of the MCP doors works with; built once, in `open-desk.ts`. */
export interface Desk {
  readonly governor: Governor
  readonly servers: ServerDirectory
  readonly config: McpConfig
  readonly clock: Clock
  readonly log: Log
  readonly upstreams: HttpUpstreams
  readonly httpEras: HttpEras
  readonly links: LinkPool
  readonly paramHeaders: ParamHeaders
  readonly observer: Observer
  readonly presence: Presence
  readonly sealer: Sealer
  readonly openActions: OpenActions
  readonly tasks: LocalTasks
  readonly turnstile: Turnstile
  /** Told of what a tool server says of itself whenever a conversation with it begins. UNTRUSTED: what it says. */
  readonly onMet: (server: string, discovered: JsonObject) => void
}
