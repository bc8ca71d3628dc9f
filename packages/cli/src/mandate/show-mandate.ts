import type { Mandate } from "@hufu/core/mandate/mandate"
import { sayMandate } from "@hufu/core/mandate/say"
import type { Language } from "@hufu/core/words"
import { printLines } from "../terminal/print.ts"

/** Shows a mandate as the sentences that it means. */
export function showMandate(mandate: Mandate, language: Language): void {
  printLines(mandate.id, ...sayMandate(mandate, language))
}
