import type { HoldRecord } from "@hufu/core/contract/records"
import { ArrowDown } from "lucide-react"
import { type KeyboardEvent, useRef } from "react"
import { Left } from "../../part/time.tsx"
import { isForPage, useSingleKeys } from "../../shell/keys.ts"
import { useWords } from "../../words/use-words.ts"
import { Decide, type DecideHandle } from "./decide.tsx"
import { Decided } from "./decided.tsx"
import { Facts } from "./facts.tsx"
import { words as approvalWords } from "./words.ts"

/** Everything that a person needs to decide, and the decision beside it. */
export function ApprovalCard({ hold }: { readonly hold: HoldRecord }) {
  const words = useWords(approvalWords)
  const hasKeys = useSingleKeys()
  const decide = useRef<DecideHandle>(null)
  function press(event: KeyboardEvent): void {
    if (!hasKeys || event.repeat || !isForPage(event.nativeEvent)) return
    if (event.key === "a") decide.current?.approve()
    else if (event.key === "r") decide.current?.refuse()
    else return
    event.preventDefault()
  }
  return (
    <section
      className="card grid lg:grid-cols-[1fr_22rem]"
      aria-label={words.card}
      tabIndex={0}
      onKeyDown={press}
      data-hold={hold.id}
    >
      <div className="min-w-0">
        <Facts hold={hold} />
        {hold.state === "waiting" ? <WayToDecide hold={hold} go={() => decide.current?.show()} /> : null}
      </div>
      <div className="border-line p-4 max-lg:border-t lg:border-l">
        {/* However long the arguments are, the decision stays in view. */}
        <div className="lg:sticky lg:top-16 lg:-m-1 lg:max-h-[calc(100vh-5rem)] lg:overflow-y-auto lg:p-1">
          {hold.state === "waiting" ? <Decide ref={decide} hold={hold} /> : <Decided hold={hold} />}
        </div>
      </div>
    </section>
  )
}

/** On a narrow screen the decision is below the arguments: the way there stays in view, however long they are. */
function WayToDecide({ hold, go }: { readonly hold: HoldRecord; readonly go: () => void }) {
  const words = useWords(approvalWords)
  return (
    <div className="sticky bottom-14 z-10 flex items-center justify-between gap-3 border-t border-line bg-paper px-4 py-2 md:bottom-0 lg:hidden">
      <span className="text-sm text-soft">
        {words.facts.deadline}{" "}
        <strong className="text-ask">
          <Left until={hold.expiresAt} />
        </strong>
      </span>
      <button type="button" className="button" onClick={go}>
        <ArrowDown size={18} aria-hidden />
        {words.toDecide}
      </button>
    </div>
  )
}
