import type { Output } from "@hufu/core/contract/contract"
import { EffectBadge, VerdictBadge } from "../../part/badge.tsx"
import { Facts } from "../../part/facts.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Section } from "../../part/section.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useOperation } from "../../data/use-operation.ts"
import { useWords } from "../../words/use-words.ts"
import { RollOut } from "./roll-out.tsx"
import { draftedWords } from "./drafted-words.ts"

/** The draft that the configuration names: what it changes, and what it would have decided otherwise. */
export function DraftedRules() {
  const words = useWords(draftedWords)
  const diff = useOperation("rules.diff", {})
  const shadow = useOperation("rules.shadow", { limit: 50 })
  return (
    <Section title={words.title}>
      <Loaded query={diff} rows={2}>
        {(difference) =>
          difference.to === null ? (
            <p className="text-soft">
              <Sentence text={words.none} />
            </p>
          ) : (
            <div className="grid gap-3">
              <RollOut />
              <Difference {...difference} />
              <Loaded query={shadow} rows={3}>
                {(report) => <WouldHave {...report} />}
              </Loaded>
            </div>
          )
        }
      </Loaded>
    </Section>
  )
}

function Difference({ added, removed, changed }: Output<"rules.diff">) {
  const words = useWords(draftedWords)
  if (added.length + removed.length + changed.length === 0) return <p className="text-soft">{words.same}</p>
  return (
    <ul aria-label={words.difference} className="card divide-y divide-line">
      {added.map(({ id, text }) => (
        <Rule key={id} id={id} what={words.added} texts={[text]} />
      ))}
      {changed.map(({ id, before, after }) => (
        <Rule key={id} id={id} what={words.changed} texts={[before, after]} />
      ))}
      {removed.map(({ id, text }) => (
        <Rule key={id} id={id} what={words.removed} texts={[text]} />
      ))}
    </ul>
  )
}

function Rule({
  id,
  what,
  texts,
}: {
  readonly id: string
  readonly what: string
  readonly texts: readonly string[]
}) {
  const words = useWords(draftedWords)
  return (
    <li className="px-4 py-2">
      <details>
        <summary className="min-h-6 cursor-pointer">
          <code className="font-mono text-sm break-all">{id}</code>{" "}
          <span className="text-sm text-soft">{what}</span>
        </summary>
        {texts.map((text, at) => (
          <div key={text} className="mt-2">
            {texts.length > 1 ? (
              <p className="text-sm text-soft">{at === 0 ? words.before : words.after}</p>
            ) : null}
            <pre
              // A region that scrolls must be reachable by keyboard.
              tabIndex={0}
              aria-label={`${id}: ${texts.length > 1 ? (at === 0 ? words.before : words.after) : what}`}
              className="overflow-x-auto rounded bg-sunk p-3 font-mono text-sm"
            >
              {text}
            </pre>
          </div>
        ))}
      </details>
    </li>
  )
}

function WouldHave({ looked, changed, items }: Output<"rules.shadow">) {
  const words = useWords(draftedWords)
  return (
    <>
      <Facts
        of={[
          [words.looked, looked],
          [words.otherwise, changed],
        ]}
      />
      {items.length === 0 ? null : (
        <ul aria-label={words.wouldHave} className="card divide-y divide-line">
          {items.map(({ action, server, tool, effect, was, would }) => (
            <li key={action} className="flex flex-wrap items-center gap-2 px-4 py-2">
              <span className="min-w-0 break-all">
                {visibleName(server)} · {visibleName(tool)}
              </span>
              <EffectBadge effect={effect} />
              <VerdictBadge verdict={was.verdict} />
              <span className="text-soft">{words.wouldBe}</span>
              <VerdictBadge verdict={would.verdict} />
              <code className="font-mono text-sm break-all text-soft">{would.rules.join(", ")}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
