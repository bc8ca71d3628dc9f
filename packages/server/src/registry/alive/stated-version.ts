import type { IncomingMessage } from "node:http"
import type { Running } from "./log-record.ts"

/** By which an agent says with a call which version of it calls; what it says raises caution and never lowers it. */
export const versionHeader = "hufu-agent-version"
const maxText = 128

/** UNTRUSTED. */
export function statedIn({ headers }: IncomingMessage): Running {
  const value = headers[versionHeader]
  const isText = typeof value === "string" && value !== "" && value.length <= maxText
  return { version: isText ? value : undefined, parts: {}, instance: undefined }
}
