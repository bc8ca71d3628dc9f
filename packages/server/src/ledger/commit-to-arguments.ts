import { hash } from "node:crypto"
import { argumentListText, argumentTexts } from "@hufu/core/evidence/argument-list"
import { commitNatively } from "./native-commitment.ts"
import type { Vault } from "./vault.ts"

/** The commitments to each argument of a call, and what opens them. */
export interface ArgumentCommitments {
  /** What the intent logs. */
  readonly commitment: string
  readonly leaves: readonly string[]
  readonly texts: readonly string[]
  readonly salts: readonly Uint8Array[]
}

/** Commits to each argument of an action by itself, so that one can be shown without the others. */
export function commitToArguments(
  vault: Pick<Vault, "salts">,
  { task, action, members }: { task: string; action: string; members: readonly string[] },
): ArgumentCommitments {
  const texts = argumentTexts(members)
  const salts = vault.salts(task, action, "arguments", texts.length)
  const leaves = texts.map((text, at) => commitNatively(salts[at] ?? new Uint8Array(), text))
  return { commitment: hash("sha256", argumentListText(leaves), "hex"), leaves, texts, salts }
}
