import { isJsonObject, type JsonObject } from "../json/json-value.ts"

/**
 * Names the member of a command by which it says on whose authority it comes, beside what AIP has: an object with `principal`, `task`,
 * `mandate` and `action`, each an id. Only agents of this node are told. One that asks others because of it gives `action` back in the same
 * place.
 */
export const authorityMember = "hufu"

/** A command without what its sender says of the order that it acts under, and the action of that. UNTRUSTED. */
export function withoutUnder(command: JsonObject): { raw: JsonObject; under: string | undefined } {
  const { [authorityMember]: said, ...raw } = command
  if (said === undefined) return { raw: command, under: undefined }
  return { raw, under: isJsonObject(said) && typeof said["action"] === "string" ? said["action"] : "" }
}
