import type { HoldRecord } from "@hufu/core/contract/records"
import { type KeyboardEvent, useRef } from "react"
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
      <Facts hold={hold} />
      <div className="border-line p-4 max-lg:border-t lg:border-l">
        {hold.state === "waiting" ? <Decide ref={decide} hold={hold} /> : <Decided hold={hold} />}
      </div>
    </section>
  )
}
