import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { metaKeys } from "../era.ts"

const maxText = 128

/** The version that a tool server says it is, of either era. UNTRUSTED: it says so itself, and may say nothing. */
export function serverVersion({ serverInfo, _meta }: JsonObject): string | undefined {
  const info = serverInfo ?? (isJsonObject(_meta) ? _meta[metaKeys.serverInfo] : undefined)
  const version = info !== undefined && isJsonObject(info) ? info["version"] : undefined
  return typeof version === "string" && version !== "" && version.length <= maxText ? version : undefined
}
