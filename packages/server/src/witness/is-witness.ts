import { parseVkey } from "@hufu/core/evidence/vkey"

/** Whether keys are the cosignature keys of one witness: all of one name, none of them that of a log. */
export function isWitness({ keys }: { readonly keys: readonly string[] }): boolean {
  try {
    const parsed = keys.map(parseVkey)
    return (
      parsed.every(({ algorithm }) => algorithm !== "ed25519") &&
      new Set(parsed.map(({ name }) => name)).size === 1
    )
  } catch {
    return false
  }
}
