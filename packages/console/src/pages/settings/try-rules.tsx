import type { JsonObject } from "@hufu/core/json/json-value"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, type ReactNode, useId, useState } from "react"
import { client } from "../../data/client.ts"
import { useOperation } from "../../data/use-operation.ts"
import { EffectBadge, VerdictBadge } from "../../part/badge.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { readJsonObject } from "../../part/plain-json.ts"
import { Sentence } from "../../part/sentences.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { settingsWords } from "./words.ts"

/** Says what would happen to an action under the rules in force, or with a draft beside them. */
export function TryRules({ rules }: { readonly rules: string | undefined }) {
  const words = useWords(settingsWords)
  const lang = useLanguage()
  const [asked, setAsked] = useState({ agent: "", server: "", tool: "" })
  const [args, setArgs] = useState("{}")
  const agents = useOperation("agent.list", {}).data?.items ?? []
  const servers = useOperation("server.list", {}).data?.items ?? []
  const tools = useOperation("tool.list", { server: asked.server }, { enabled: asked.server !== "" })
  const explain = useMutation({
    mutationFn: (given: JsonObject) =>
      client.decision.explain({ ...asked, arguments: given, ...(rules === undefined ? {} : { rules }) }),
  })
  const given = readJsonObject(args)
  const isReady = given !== undefined && asked.agent !== "" && asked.server !== "" && asked.tool !== ""
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (given && isReady) explain.mutate(given)
  }
  return (
    <form onSubmit={submit} className="grid gap-3 border-t border-line pt-3">
      <h3 className="font-semibold">{words.tryIt}</h3>
      <div className="grid gap-3 sm:grid-cols-3">
        <Choice
          label={words.agent}
          value={asked.agent}
          of={agents.map(({ name }) => name)}
          choose={(agent) => setAsked({ ...asked, agent })}
        />
        <Choice
          label={words.server}
          value={asked.server}
          of={servers.map(({ name }) => name)}
          choose={(server) => setAsked({ ...asked, server, tool: "" })}
        />
        <Choice
          label={words.tool}
          value={asked.tool}
          of={tools.data?.items.map(({ tool }) => tool) ?? []}
          choose={(tool) => setAsked({ ...asked, tool })}
        />
      </div>
      <label>
        {words.arguments}
        <textarea
          dir="ltr"
          className="field mt-1 min-h-20 font-mono text-sm"
          spellCheck={false}
          value={args}
          aria-invalid={given === undefined}
          onChange={(event) => setArgs(event.target.value)}
        />
      </label>
      <p role="status" className="text-deny">
        {given === undefined ? words.badArguments : ""}
      </p>
      <div>
        <button type="submit" className="button" disabled={!isReady || explain.isPending}>
          {words.tryGo}
        </button>
      </div>
      {explain.error ? <Failed error={explain.error} /> : null}
      <div role="status">
        {explain.data ? (
          <Facts
            of={[
              [words.verdict, <VerdictBadge key="verdict" verdict={explain.data.verdict} />],
              [words.effect, <EffectBadge key="effect" effect={explain.data.effect} />],
              [
                words.why,
                explain.data.reasons.map((reason) => (
                  <span key={reason.rule} className="block">
                    <Sentence text={makeVisible(reason[lang])} />{" "}
                    <code className="font-mono text-sm text-soft">{reason.rule}</code>
                  </span>
                )),
              ],
            ]}
          />
        ) : null}
      </div>
    </form>
  )
}

function Choice({
  label,
  value,
  of,
  choose,
}: {
  readonly label: ReactNode
  readonly value: string
  readonly of: readonly string[]
  readonly choose: (value: string) => void
}) {
  const words = useWords(settingsWords)
  const field = useId()
  return (
    <div>
      <label htmlFor={field}>{label}</label>
      <select
        id={field}
        className="field mt-1"
        value={value}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{words.choose}</option>
        {of.map((each) => (
          <option key={each} value={each}>
            {visibleName(each)}
          </option>
        ))}
      </select>
    </div>
  )
}
