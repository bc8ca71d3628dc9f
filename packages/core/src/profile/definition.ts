import { type Hash, sha256 } from "../evidence/sha256.ts"
import { toHex } from "../evidence/hex.ts"
import { Failure } from "../failure.ts"
import { canonicalize } from "../json/canonical.ts"
import { type JsonObject, isJsonObject } from "../json/json-value.ts"

/** Larger definitions are refused: no model can use them, and every one is hashed and compared. */
export const MAX_DEFINITION_BYTES = 256 * 1024

const NAME = /^[A-Za-z0-9_.-]{1,128}$/

/** A tool's definition as it is pinned: its name, the members that count, and their one JSON text. */
export interface ToolDefinition {
  readonly name: string
  readonly members: JsonObject
  readonly text: string
}

/**
 * Reads what a tool server says of one tool, or throws when it cannot be pinned.
 *
 * Every member counts except `icons`, unknown members and `_meta` too: an agent or its host may read any of
 * them, so a member that we have not heard of must not be a way to change a tool unseen. Icons are pictures for
 * a host's menu, their addresses change without meaning, and Hufu shows none.
 */
export function readDefinition(tool: unknown): ToolDefinition {
  // The value comes from a JSON parser, so an object holds JSON values.
  const members: JsonObject = { ...(asObject(tool) as JsonObject) }
  const name = members["name"]
  if (typeof name !== "string" || !NAME.test(name)) {
    throw invalid("a tool's name must be 1 to 128 letters, digits, `_`, `.` or `-`; rename it in its server")
  }
  if (!isJsonObject(members["inputSchema"])) {
    throw invalid(`the tool \`${name}\` has no input schema; declare one in its server`)
  }
  delete members["icons"]
  const text = canonicalize(members)
  if (text.length > MAX_DEFINITION_BYTES || new TextEncoder().encode(text).length > MAX_DEFINITION_BYTES) {
    throw invalid(`the definition of \`${name}\` is larger than 256 KiB; shorten it in its server`)
  }
  return { name, members, text }
}

/** SHA-256 of a definition's canonical text in hex: what a profile is pinned to. */
export function definitionDigest(definition: ToolDefinition, hash: Hash = sha256): string {
  return toHex(hash(new TextEncoder().encode(definition.text)))
}

function asObject(tool: unknown): object {
  if (typeof tool === "object" && tool !== null && !Array.isArray(tool)) return tool
  throw invalid("a tool's definition must be an object; correct it in its server")
}

function invalid(detail: string): Failure {
  return new Failure("invalid_definition", detail)
}
