import type { Request } from "@hufu/core/contract/contract"
import type { HoldRecord } from "@hufu/core/contract/records"
import type { JsonObject } from "@hufu/core/json/json-value"
import { Untrusted } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { words as approvalWords } from "./words.ts"

export interface Chosen {
  readonly for: "once" | "task" | "until" | "proposed"
  readonly untilMs: number
}

const plain = ["once", "task", "until"] as const
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const spans = [hourMs, 8 * hourMs, dayMs, 7 * dayMs, 30 * dayMs]

/** What is sent to the node, with the digest of what was shown. A plain decision widens nothing and edits nothing. */
export function choiceOf(
  hold: HoldRecord,
  chosen: Chosen,
  edited: JsonObject | undefined,
): Request<"hold.approve"> & { readonly isPlain: boolean } {
  const isUntil = chosen.for === "until" || chosen.for === "proposed"
  return {
    hold: hold.id,
    digest: hold.digest,
    for: chosen.for === "proposed" ? "until" : chosen.for,
    ...(isUntil ? { until: Date.now() + chosen.untilMs } : {}),
    ...(chosen.for === "proposed" && hold.proposal ? { proposed: hold.proposal.digest } : {}),
    ...(edited ? { arguments: edited } : {}),
    isPlain: chosen.for === "once" && edited === undefined && hold.mode !== "user-only",
  }
}

/** Once, for the task, until a time, or what Hufu proposes, with the sentence of what that would allow. */
export function Choice({
  hold,
  chosen,
  change,
}: {
  readonly hold: HoldRecord
  readonly chosen: Chosen
  readonly change: (chosen: Chosen) => void
}) {
  const words = useWords(approvalWords).choice
  const lang = useLanguage()
  if (hold.passing !== null) return <p className="text-soft">{words.passing}</p>
  if (hold.mode === "user-only") return <p className="text-soft">{words.userOnly}</p>
  if (hold.standing === null) return <p className="text-soft">{words.noStanding}</p>
  const { proposal } = hold
  const offered = proposal === null ? plain : ([...plain, "proposed"] as const)
  const adds = chosen.for === "proposed" && proposal ? proposal : hold.standing
  return (
    <fieldset>
      <legend className="mb-1 font-semibold">{words.legend}</legend>
      <div className="grid gap-0.5">
        {offered.map((each) => (
          <label key={each} className="flex min-h-8 items-center gap-2">
            <input
              type="radio"
              name="for"
              className="size-4 accent-seal"
              checked={chosen.for === each}
              onChange={() => change({ ...chosen, for: each })}
            />
            {each === "proposed" ? words.proposed(proposal?.times ?? 0) : words[each]}
          </label>
        ))}
      </div>
      {chosen.for === "until" || chosen.for === "proposed" ? (
        <select
          className="field mt-1"
          aria-label={words.howLong}
          value={chosen.untilMs}
          onChange={(event) => change({ ...chosen, untilMs: Number(event.target.value) })}
        >
          {spans.map((span) => (
            <option key={span} value={span}>
              {span < dayMs ? words.hours(span / hourMs) : words.days(span / dayMs)}
            </option>
          ))}
        </select>
      ) : null}
      {chosen.for === "once" ? null : (
        <p className="mt-2 rounded-md bg-ask-wash px-3 py-2">
          <span className="font-semibold text-ask">{words.adds} </span>
          <Untrusted text={adds[lang]} prose isSpelled />
        </p>
      )}
    </fieldset>
  )
}
