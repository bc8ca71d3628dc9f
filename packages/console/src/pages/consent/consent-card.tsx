import type { ConsentRecord } from "@hufu/core/contract/oauth"
import { Name } from "@hufu/core/id"
import { type ReactNode, useEffect, useState } from "react"
import { useChange, useOperation } from "../../data/use-operation.ts"
import { AgentNameField } from "../../part/agent-name-field.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { consentWords } from "./words.ts"

/** What one client asks for, and the person's answer. */
export function ConsentCard({ asked }: { readonly asked: ConsentRecord }) {
  const words = useWords(consentWords)
  const agents = (useOperation("agent.list", {}).data?.items ?? []).filter(({ state }) => state === "live")
  const [agent, setAgent] = useState<string>()
  const [name, setName] = useState(asked.suggested)
  const allow = useWidening("consent.allow", ["agent.list", "agent.show"])
  const refuse = useChange("consent.refuse", [])
  const end = allow.data ?? refuse.data
  useEffect(() => {
    // It is this node's own address: it sends the browser back to the client.
    if (end) location.assign(end.continue)
  }, [end])
  const current = agents.find(({ id }) => id === asked.agent)
  const chosen = agent ?? current?.id ?? ""
  const isBad = chosen === "" && !Name.safeParse(name).success
  const isBusy = allow.isPending || refuse.isPending || Boolean(end)
  return (
    <div className="grid max-w-3xl gap-4">
      <Facts of={factsOf(asked, words)} />
      <p className="text-soft">{words.mandates}</p>
      <AgentFields
        agents={agents}
        chosen={chosen}
        choose={setAgent}
        name={name}
        rename={setName}
        isBad={isBad}
      />
      {current === undefined ? null : <p className="text-soft">{words.already(current.name)}</p>}
      {allow.error || refuse.error ? <Failed error={allow.error ?? refuse.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <button
          type="button"
          className="button button-main"
          disabled={isBusy || isBad || asked.scopes.length === 0}
          onClick={() =>
            allow.mutate({ consent: asked.id, ...(chosen === "" ? { name } : { agent: chosen }) })
          }
        >
          {words.allow}
        </button>
        <button
          type="button"
          className="button"
          disabled={isBusy}
          onClick={() => refuse.mutate({ consent: asked.id })}
        >
          {words.refuse}
        </button>
      </div>
      <p role="status">{end ? words.going : ""}</p>
    </div>
  )
}

function factsOf(
  { client, server, scopes }: ConsentRecord,
  words: (typeof consentWords)["en"],
): (readonly [string, ReactNode])[] {
  return [
    [
      words.client,
      <>
        {client.name === "" ? words.nameless : <UntrustedName text={client.name} />}
        <span className="block text-sm text-soft">{words.known[client.known]}</span>
      </>,
    ],
    [words.id, <UntrustedName key="id" text={client.id} />],
    [words.returnsTo, <UntrustedName key="to" text={client.returnsTo} />],
    [words.server, server === null ? words.everyServer : <span className="font-mono">{server}</span>],
    [
      words.wants,
      scopes.length === 0 ? (
        words.nothing
      ) : (
        <ul key="wants" className="list-disc ps-5">
          {scopes.map((scope) => (
            <li key={scope}>{words.scopes[scope]}</li>
          ))}
        </ul>
      ),
    ],
  ]
}

function AgentFields({
  agents,
  chosen,
  choose,
  name,
  rename,
  isBad,
}: {
  readonly agents: readonly { readonly id: string; readonly name: string }[]
  /** An agent's id; empty for a new one. */
  readonly chosen: string
  readonly choose: (agent: string) => void
  readonly name: string
  readonly rename: (name: string) => void
  readonly isBad: boolean
}) {
  const words = useWords(consentWords)
  return (
    <div className="card grid gap-3 px-4 py-3">
      <label className="grid gap-1 sm:max-w-80">
        {words.as}
        <select className="field" value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">{words.newAgent}</option>
          {agents.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      {chosen === "" ? (
        <div className="grid gap-1">
          <AgentNameField
            name={name}
            rename={rename}
            isBad={isBad}
            words={{ label: words.name, bad: words.nameBad, help: words.nameHelp }}
          />
        </div>
      ) : null}
    </div>
  )
}
