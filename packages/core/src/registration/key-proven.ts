import { thumbprintText } from "../identity/key-suite.ts"
import type { AgentKey } from "./registration-content.ts"

/** By which a proof names a key: another key under the same id is not what was shown. */
export function keyProven({ id, jwk }: AgentKey): string {
  return `${id} ${thumbprintText(jwk)}`.slice(0, 300)
}
