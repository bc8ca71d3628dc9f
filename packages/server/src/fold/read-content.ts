import { isFailure } from "@hufu/core/failure"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonValue } from "@hufu/core/json/json-value"
import { isJsonObject } from "@hufu/core/json/json-value"
import { commitNatively } from "../ledger/native-commitment.ts"
import type { Vault } from "../ledger/vault.ts"
import type { ContentRef, Member } from "./member.ts"

/**
 * What a content is at this moment. `gone`: it is not in the vault; `forged`: the ledger commits to something else; `damaged`: it
 * does not open.
 */
export type Content =
  | { readonly is: "value"; readonly value: JsonValue }
  | { readonly is: "gone" | "forged" | "damaged" }

/** A member as far as it can be known. */
export type Resolved =
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "unstated" }
  | { readonly is: "gone" | "forged" | "damaged"; readonly of: ContentRef }

export interface ContentReader {
  read(of: ContentRef): Content
  /** What the intent of an action says that it draws from budgets. */
  readDraw(of: ContentRef): Content
  resolve(member: Member): Resolved
  /** Something was erased: nothing of it is remembered. */
  forget(): void
}

const maxRemembered = 16

/** Opens contents of statements, and checks each against what the ledger commits to. */
export function contentReader(vault: Pick<Vault, "get" | "opening" | "salt">): ContentReader {
  /** The members of a record stand in few contents, one after another. */
  const remembered = new Map<string, Content>()

  function read(of: ContentRef): Content {
    const known = remembered.get(of.id)
    if (known !== undefined) return known
    const content = found(() => open(vault, of))
    if (remembered.size >= maxRemembered) remembered.clear()
    if (content.is === "value") remembered.set(of.id, content)
    return content
  }

  function resolve(member: Member): Resolved {
    if (member.is !== "content") return member
    const content = read(member.of)
    if (content.is !== "value") return { is: content.is, of: member.of }
    const value = at(content.value, member.path)
    if (value === undefined && !member.isOptional) return { is: "unstated" }
    return { is: "value", value }
  }

  const readDraw = (of: ContentRef) => found(() => openDraw(vault, of))

  return { read, readDraw, resolve, forget: () => remembered.clear() }
}

function found(read: () => Content): Content {
  try {
    return read()
  } catch (error) {
    if (isFailure(error, "not_found")) return { is: "gone" }
    if (isFailure(error, "vault_damaged")) return { is: "damaged" }
    throw error
  }
}

function open(vault: Pick<Vault, "opening">, { id, digest }: ContentRef): Content {
  const { salt, value } = vault.opening(id)
  if (digest !== null && commitNatively(salt, value) !== digest) return { is: "forged" }
  // The tag says that we wrote it, from a JsonValue.
  return { is: "value", value: JSON.parse(value) as JsonValue }
}

function openDraw(vault: Pick<Vault, "get" | "salt">, { id, subject, digest }: ContentRef): Content {
  const value = at(vault.get(id), ["spent"])
  if (value === undefined || commitNatively(vault.salt(subject, id, "spent"), canonicalize(value)) !== digest)
    return { is: "forged" }
  return { is: "value", value }
}

function at(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value
  for (const name of path) found = found !== undefined && isJsonObject(found) ? found[name] : undefined
  return found
}
