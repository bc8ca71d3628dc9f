import type { Sentence } from "@hufu/core/evidence/receipt-authority"
import { CircleCheck, CircleDashed, CircleX } from "lucide-react"
import { bilingual } from "../words/bilingual.ts"
import { useLanguage } from "../words/language.ts"
import { useWords } from "../words/use-words.ts"

const stepWords = bilingual(
  { steps: "Checked, step by step", passed: "passed", failed: "failed", unreached: "not reached" },
  { steps: "逐步校验", passed: "通过", failed: "未通过", unreached: "未到此步" },
)

/** How a check of evidence ended, and each step with what it found. */
export function VerifiedSteps<Step extends string>({
  isSound,
  title,
  what,
  order,
  names,
  steps,
}: {
  readonly isSound: boolean
  readonly title: string
  readonly what: string
  readonly order: readonly Step[]
  readonly names: Readonly<Record<Step, string>>
  /** Those that were reached. */
  readonly steps: readonly { readonly id: Step; readonly ok: boolean; readonly says: Sentence }[]
}) {
  const words = useWords(stepWords)
  const lang = useLanguage()
  return (
    <>
      <div
        role="status"
        data-sound={isSound}
        className={`flex items-start gap-3 rounded-lg border p-4 ${isSound ? "border-allow bg-allow-wash" : "border-deny bg-deny-wash"}`}
      >
        {isSound ? (
          <CircleCheck size={24} aria-hidden className="shrink-0 text-allow" />
        ) : (
          <CircleX size={24} aria-hidden className="shrink-0 text-deny" />
        )}
        <div>
          <p className={`font-semibold ${isSound ? "text-allow" : "text-deny"}`}>{title}</p>
          <p>{what}</p>
        </div>
      </div>
      <ol aria-label={words.steps} className="card mt-3 divide-y divide-line">
        {order.map((id) => {
          const step = steps.find((each) => each.id === id)
          const [Icon, ink, word] = lookOf(step?.ok, words)
          return (
            <li key={id} className="flex gap-3 px-4 py-2">
              <Icon size={20} aria-hidden className={`mt-0.5 shrink-0 ${ink}`} />
              <div className="min-w-0">
                <p className={step ? "" : "text-soft"}>
                  <span className="font-semibold">{names[id]}</span>{" "}
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

function lookOf(ok: boolean | undefined, words: (typeof stepWords)["en"]) {
  if (ok === undefined) return [CircleDashed, "text-soft", words.unreached] as const
  return ok
    ? ([CircleCheck, "text-allow", words.passed] as const)
    : ([CircleX, "text-deny", words.failed] as const)
}
