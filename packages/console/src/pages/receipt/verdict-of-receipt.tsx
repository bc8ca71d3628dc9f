import { type ReceiptVerdict, receiptSteps } from "@hufu/core/evidence/verify-receipt"
import { CircleCheck, CircleDashed, CircleX } from "lucide-react"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { receiptWords } from "./words.ts"

/** How a check ended, and each step with what it found. */
export function VerdictOfReceipt({ verdict }: { readonly verdict: ReceiptVerdict }) {
  const words = useWords(receiptWords)
  const lang = useLanguage()
  return (
    <>
      <div
        role="status"
        data-sound={verdict.ok}
        className={`flex items-start gap-3 rounded-lg border p-4 ${verdict.ok ? "border-allow bg-allow-wash" : "border-deny bg-deny-wash"}`}
      >
        {verdict.ok ? (
          <CircleCheck size={24} aria-hidden className="shrink-0 text-allow" />
        ) : (
          <CircleX size={24} aria-hidden className="shrink-0 text-deny" />
        )}
        <div>
          <p className={`font-semibold ${verdict.ok ? "text-allow" : "text-deny"}`}>
            {verdict.ok ? words.sound : words.unsound}
          </p>
          <p>{verdict.ok ? words.soundWhat : verdict.reason[lang]}</p>
        </div>
      </div>
      <ol aria-label={words.steps} className="card mt-3 divide-y divide-line">
        {receiptSteps.map((id) => {
          const step = verdict.steps.find((each) => each.id === id)
          const [Icon, ink, word] = lookOf(step?.ok, words)
          return (
            <li key={id} className="flex gap-3 px-4 py-2">
              <Icon size={20} aria-hidden className={`mt-0.5 shrink-0 ${ink}`} />
              <div className="min-w-0">
                <p className={step ? "" : "text-soft"}>
                  <span className="font-semibold">{words.names[id]}</span>{" "}
                  <span className={`text-sm ${ink}`}>{word}</span>
                </p>
                {step ? <p className="break-words text-soft">{step.says[lang]}</p> : null}
              </div>
            </li>
          )
        })}
      </ol>
    </>
  )
}

function lookOf(ok: boolean | undefined, words: (typeof receiptWords)["en"]) {
  if (ok === undefined) return [CircleDashed, "text-soft", words.unreached] as const
  return ok
    ? ([CircleCheck, "text-allow", words.passed] as const)
    : ([CircleX, "text-deny", words.failed] as const)
}
