import { isJsonObject } from "../json/json-value.ts"
import type { A2aMessage } from "./a2a-content.ts"

/**
 * Names the extension of A2A by which a message says on whose authority it comes: in its metadata, under this name, an object with
 * `principal`, `task`, `mandate` and `action`, each an id. It proves nothing by itself; a receipt does. An agent that was asked with it, and
 * asks others because of that, gives `action` back in the same place.
 */
export const delegationExtension = "https://hufu.dev/a2a/delegation/v1"

/** A message without what its sender says of the order that it acts under, and the action of that. UNTRUSTED. */
export function withoutUnder(message: A2aMessage): { message: A2aMessage; under: string | undefined } {
  const { [delegationExtension]: said, ...metadata } = message.metadata ?? {}
  if (said === undefined) return { message, under: undefined }
  const { metadata: _, ...rest } = message
  const under = isJsonObject(said) && typeof said["action"] === "string" ? said["action"] : ""
  return { message: Object.keys(metadata).length === 0 ? rest : { ...rest, metadata }, under }
}
