import { useMutation } from "@tanstack/react-query"
import { client } from "../../data/client.ts"
import { EffectBadge } from "../../part/badge.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { draftedWords } from "./drafted-words.ts"

/** Which rules past actions met: worked out when somebody asks, because every decision is made again for it. */
export function RulesCoverage() {
  const words = useWords(draftedWords)
  const look = useMutation({ mutationFn: () => client.rules.coverage({}) })
  const { data } = look
  return (
    <Section title={words.coverage}>
      <div className="card grid gap-3 px-4 py-3">
        <p className="text-soft">{words.coverageWhat}</p>
        <div>
          <button type="button" className="button" disabled={look.isPending} onClick={() => look.mutate()}>
            {words.coverageGo}
          </button>
        </div>
        {look.error ? <Failed error={look.error} /> : null}
        <div role="status" className="grid gap-3">
          {data ? (
            <>
              <Facts
                of={[
                  [words.decided, data.decided],
                  [words.undecidable, data.undecidable === 0 ? null : data.undecidable],
                  [
                    words.neverHit,
                    data.neverHit.length === 0
                      ? words.noRule
                      : data.neverHit.map((id) => (
                          <code key={id} className="block font-mono text-sm break-all">
                            {id}
                          </code>
                        )),
                  ],
                  [
                    words.unspoken,
                    data.unspoken.length === 0
                      ? words.noAction
                      : data.unspoken.map(({ server, tool, effect, count }) => (
                          <span
                            key={`${server} ${tool} ${effect}`}
                            className="flex flex-wrap items-center gap-2"
                          >
                            <span className="min-w-0 break-all">
                              {visibleName(server)} · {visibleName(tool)}
                            </span>
                            <EffectBadge effect={effect} />
                            <span className="text-soft">{words.times(count)}</span>
                          </span>
                        )),
                  ],
                ]}
              />
              {data.next === null ? null : <p className="text-soft">{words.notAll}</p>}
            </>
          ) : null}
        </div>
      </div>
    </Section>
  )
}
