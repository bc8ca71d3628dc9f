import { failureCodes, isFailureCode } from "@hufu/core/failure"
import { useLanguage } from "../words/language.ts"

/** What a failure's code means; the code itself where this console is older than the node. */
export function FailureTitle({ code }: { readonly code: string }) {
  const lang = useLanguage()
  return <>{isFailureCode(code) ? failureCodes[code][lang] : code}</>
}
