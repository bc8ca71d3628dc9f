import type { AccountBinding } from "@hufu/core/contract/ca"
import { useId, useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { certificateWords } from "./words.ts"

/** How an agent comes by a certificate of its own: an account's key from a person, and the rest by its ACME client. */
export function AcmeSteps() {
  const words = useWords(certificateWords)
  const agents = (useOperation("agent.list", {}).data?.items ?? []).filter(({ state }) => state === "live")
  const [agent, setAgent] = useState("")
  const account = useWidening("ca.account", ["ca.show"])
  const field = useId()
  return (
    <Section title={words.acme}>
      <ol className="card grid gap-4 px-4 py-3">
        <li className="grid gap-2">
          <p>
            <Number of={1} /> {words.acmeFirst}
          </p>
          <form
            className="flex flex-wrap items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault()
              account.mutate({ agent: agent.trim() })
            }}
          >
            <div className="grid min-w-0 flex-1 basis-64 gap-1">
              <label htmlFor={field}>{words.acmeAgent}</label>
              <input
                id={field}
                className="field"
                list={`${field}-agents`}
                autoComplete="off"
                spellCheck={false}
                maxLength={80}
                value={agent}
                aria-describedby={`${field}-help`}
                onChange={(event) => setAgent(event.target.value)}
              />
              <datalist id={`${field}-agents`}>
                {agents.map(({ id, name }) => (
                  <option key={id} value={name} />
                ))}
              </datalist>
            </div>
            <button type="submit" className="button" disabled={agent.trim() === "" || account.isPending}>
              {words.acmeGo}
            </button>
          </form>
          <p id={`${field}-help`} className="text-sm text-soft">
            {words.acmeAgentHelp}
          </p>
          {account.error ? <Failed error={account.error} /> : null}
        </li>
        <li className="grid gap-2">
          <p>
            <Number of={2} /> {words.acmeSecond}
          </p>
          {account.data ? <Shown binding={account.data} /> : null}
          <p className="text-sm text-soft">{words.acmeThen}</p>
        </li>
      </ol>
      <p className="mt-2 flex flex-wrap items-center gap-2 text-sm text-soft">
        {words.command} <Command line="hufu ca issue AGENT --csr FILE" />
      </p>
    </Section>
  )
}

function Number({ of }: { readonly of: number }) {
  return (
    <span
      aria-hidden
      className="mr-1 inline-grid size-6 place-items-center rounded-full bg-seal text-sm font-semibold text-on-seal"
    >
      {of}
    </span>
  )
}

function Shown({ binding: { directory, keyId, macKey, aic } }: { readonly binding: AccountBinding }) {
  const { acmeFields } = useWords(certificateWords)
  return (
    <div role="status">
      <Facts
        of={[
          [acmeFields.directory, <Command key="directory" line={directory} />],
          [acmeFields.keyId, <Command key="id" line={keyId} />],
          [acmeFields.macKey, <Command key="key" line={macKey} />],
          [acmeFields.aic, <Command key="aic" line={aic} />],
        ]}
      />
    </div>
  )
}
