import { type ReceiptVerdict, receiptSteps } from "@hufu/core/evidence/verify-receipt"
import { VerifiedSteps } from "../../part/verified-steps.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { receiptWords } from "./words.ts"

/** How the check of a receipt ended, and each step with what it found. */
export function VerdictOfReceipt({ verdict }: { readonly verdict: ReceiptVerdict }) {
  const words = useWords(receiptWords)
  const lang = useLanguage()
  return (
    <VerifiedSteps
      isSound={verdict.ok}
      title={verdict.ok ? words.sound : words.unsound}
      what={verdict.ok ? words.soundWhat : verdict.reason[lang]}
      order={receiptSteps}
      names={words.names}
      steps={verdict.steps}
    />
  )
}
