import type { Output } from "@hufu/core/contract/contract"
import { RollOutStage } from "@hufu/core/contract/roll-out"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { CopyButton } from "../../part/copy-button.tsx"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { draftedWords } from "./drafted-words.ts"

/** How far the draft is in force, and where the person moves it: it takes a proof of them, because it may widen. */
export function RollOut() {
  const rollOut = useOperation("rules.rollout", {})
  return (
    <Loaded query={rollOut} rows={2}>
      {(now) =>
        now.draft === null ? null : <Move key={`${now.stage} ${now.at}`} now={now} draft={now.draft} />
      }
    </Loaded>
  )
}

function Move({ now, draft }: { readonly now: Output<"rules.rollout">; readonly draft: string }) {
  const words = useWords(draftedWords).stage
  const [stage, choose] = useState(now.stage)
  const [agents, chooseAgents] = useState<readonly string[]>(now.agents)
  const [share, chooseShare] = useState(now.share)
  const change = useWidening("rules.stage", ["rules.rollout", "rules.shadow", "rules.diff", "rules.list"])
  const isSome = stage === "some"
  const isSame = stage === now.stage && (!isSome || (share === now.share && isSameList(agents, now.agents)))
  const isEmpty = isSome && agents.length === 0 && share === 0
  return (
    <form
      className="card grid gap-3 px-4 py-3"
      aria-label={words.title}
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate({ draft, stage, ...(isSome ? { agents: [...agents], share } : {}) })
      }}
    >
      <p>{words.is[now.stage]}</p>
      {now.from === "kept" ? <p className="text-ask">{words.kept}</p> : null}
      <p className="flex min-w-0 items-center gap-2">
        <span className="shrink-0 text-soft">{words.draft}</span>
        <code className="font-mono text-sm break-all">{draft}</code>
        <CopyButton text={draft} />
      </p>
      <fieldset className="grid gap-0.5">
        <legend className="mb-1 font-semibold">{words.move}</legend>
        {RollOutStage.options.map((each) => (
          <label key={each} className="flex min-h-8 items-center gap-2">
            <input
              type="radio"
              name="stage"
              className="size-4 accent-seal"
              checked={stage === each}
              onChange={() => choose(each)}
            />
            {words.to[each]}
          </label>
        ))}
      </fieldset>
      {isSome ? (
        <>
          <label className="flex flex-wrap items-center gap-2">
            <span className="text-soft">{words.share}</span>
            <input
              type="number"
              className="field w-24"
              min={0}
              max={99}
              value={share}
              onChange={(event) =>
                chooseShare(Math.min(99, Math.max(0, Math.trunc(Number(event.target.value)))))
              }
            />
          </label>
          <Agents chosen={agents} choose={chooseAgents} />
        </>
      ) : null}
      <div>
        <button type="submit" className="button" disabled={isSame || isEmpty || change.isPending}>
          {words.go}
        </button>
      </div>
      {change.error ? <Failed error={change.error} /> : null}
    </form>
  )
}

function Agents({
  chosen,
  choose,
}: {
  readonly chosen: readonly string[]
  readonly choose: (agents: readonly string[]) => void
}) {
  const words = useWords(draftedWords).stage
  const { data } = useOperation("agent.list", {})
  return (
    <fieldset className="grid gap-0.5">
      <legend className="mb-1 text-soft">{words.agents}</legend>
      {data?.items.map(({ id, name }) => {
        // The configuration may name them either way.
        const isChosen = chosen.includes(id) || chosen.includes(name)
        const others = chosen.filter((each) => each !== id && each !== name)
        return (
          <label key={id} className="flex min-h-8 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-seal"
              checked={isChosen}
              onChange={() => choose(isChosen ? others : [...others, id])}
            />
            {visibleName(name)}
          </label>
        )
      })}
    </fieldset>
  )
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}
