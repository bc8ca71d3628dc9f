import type { DelegationDraft, OfferedTool } from "@hufu/core/contract/delegation"
import type { ServerRecord } from "@hufu/core/contract/records"
import type { JsonObject } from "@hufu/core/json/json-value"
import { useMutation } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { type FormEvent, type ReactNode, useId, useState } from "react"
import { client } from "../../data/client.ts"
import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { Empty } from "../../part/empty.tsx"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { ArgumentFields } from "./argument-fields.tsx"
import { newDelegationWords } from "./new-words.ts"
import { fieldsOf } from "./schema-fields.ts"
import { TriedDelegation } from "./tried-delegation.tsx"

/** What is asked for: in words, or as the call of a tool. Undefined as long as it is not whole. */
type Said = Pick<DelegationDraft, "text" | "tool" | "arguments"> | undefined

/**
 * Asks as one of one's agents. Who asks whom stands in the address; what is asked does not, so that no link can put words into a person's
 * mouth.
 */
export function NewDelegationPage() {
  const words = useWords(newDelegationWords)
  const agents = useOperation("agent.list", {})
  const servers = useOperation("server.list", {})
  return (
    <Page title={words.title} under={words.under}>
      <Loaded query={agents}>
        {({ items: known }) => (
          <Loaded query={servers}>
            {({ items }) =>
              known.every(({ state }) => state !== "live") ? (
                <Empty title={words.noAgents.title} what={words.noAgents.what}>
                  <Link to="/agents" search={{ new: "yes" }} className="button">
                    {words.noAgents.go}
                  </Link>
                </Empty>
              ) : items.length === 0 ? (
                <Empty title={words.noServers.title} what={words.noServers.what}>
                  <Command line="hufu server add planner --url https://agents.example/planner --protocol a2a" />
                </Empty>
              ) : (
                <Asking
                  names={known.flatMap(({ name, state }) => (state === "live" ? [name] : []))}
                  servers={items}
                />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Page>
  )
}

const isPartner = ({ transport }: ServerRecord) => transport === "a2a" || transport === "aip"

function Asking({
  names,
  servers,
}: {
  readonly names: readonly string[]
  readonly servers: readonly ServerRecord[]
}) {
  const words = useWords(newDelegationWords)
  const [givenAgent, setAgent] = useAddressText("agent")
  const [givenPartner, setPartner] = useAddressText("partner")
  const [said, setSaid] = useState<Said>()
  const agent = names.find((name) => name === givenAgent) ?? ""
  const server = servers.find(({ name }) => name === givenPartner)
  const navigate = useNavigate()
  const tried = useMutation({ mutationFn: (draft: DelegationDraft) => client.delegation.preview(draft) })
  const start = useWidening("delegation.start", ["delegation.list"])
  const isReady = agent !== "" && server !== undefined && said !== undefined
  // What was tried is what is sent, to the letter.
  const isTried =
    isReady &&
    tried.variables !== undefined &&
    sameDraft(tried.variables, { agent, server: server.name, name: tried.variables.name, ...said })

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (isReady) tried.mutate({ agent, server: server.name, name: crypto.randomUUID(), ...said })
  }
  function send(draft: DelegationDraft): void {
    start.mutate(draft, {
      onSuccess: (made) => {
        if (made !== null) void navigate({ to: "/delegations/$delegation", params: { delegation: made.id } })
      },
    })
  }
  return (
    <div className="grid gap-x-6 lg:grid-cols-2">
      <form onSubmit={submit} className="card grid content-start gap-4 self-start px-4 py-4">
        <Choice label={words.agent} value={agent} choose={setAgent}>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Choice>
        <Choice
          label={words.partner}
          value={server?.name ?? ""}
          choose={(next) => {
            setSaid(undefined)
            setPartner(next)
          }}
        >
          <Servers label={words.partners} of={servers.filter(isPartner)} />
          <Servers label={words.toolServers} of={servers.filter((each) => !isPartner(each))} />
        </Choice>
        {server === undefined ? null : isPartner(server) ? (
          <Message key={server.name} say={setSaid} />
        ) : agent === "" ? null : (
          <ToolCall key={`${agent} ${server.name}`} agent={agent} server={server.name} say={setSaid} />
        )}
        <div>
          <button type="submit" className="button" disabled={!isReady || tried.isPending}>
            {words.dryRun}
          </button>
          <p className="mt-1 text-sm text-soft">{words.first}</p>
        </div>
        {tried.error ? <Failed error={tried.error} /> : null}
      </form>
      <div role="status" className="min-w-0">
        {tried.data && tried.variables ? (
          <Section title={words.tried}>
            <TriedDelegation of={tried.data} />
            <div className="mt-3">
              {!isTried ? (
                <p className="text-soft">{words.changed}</p>
              ) : tried.data.verdict === "deny" ? (
                <p className="text-soft">{words.denied}</p>
              ) : (
                <button
                  type="button"
                  className="button button-main"
                  disabled={start.isPending}
                  onClick={() => (tried.variables ? send(tried.variables) : undefined)}
                >
                  {tried.data.verdict === "ask" ? words.sendAsk : words.send}
                </button>
              )}
            </div>
            {start.error ? <Failed error={start.error} /> : null}
          </Section>
        ) : null}
      </div>
    </div>
  )
}

function sameDraft(one: DelegationDraft, other: DelegationDraft): boolean {
  const parts = ({ agent, server, name, text, tool, arguments: given }: DelegationDraft) =>
    JSON.stringify([agent, server, name, text, tool, given])
  return parts(one) === parts(other)
}

function Choice({
  label,
  value,
  choose,
  children,
}: {
  readonly label: string
  readonly value: string
  readonly choose: (value: string) => void
  readonly children: ReactNode
}) {
  const words = useWords(newDelegationWords)
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
        {children}
      </select>
    </div>
  )
}

function Servers({ label, of }: { readonly label: string; readonly of: readonly ServerRecord[] }) {
  return of.length === 0 ? null : (
    <optgroup label={label}>
      {of.map(({ id, name }) => (
        <option key={id}>{name}</option>
      ))}
    </optgroup>
  )
}

function Message({ say }: { readonly say: (said: Said) => void }) {
  const words = useWords(newDelegationWords)
  const [text, setText] = useState("")
  const field = useId()
  return (
    <div>
      <label htmlFor={field}>{words.message}</label>
      <textarea
        id={field}
        className="field mt-1 min-h-32"
        maxLength={16_000}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          say(event.target.value.trim() === "" ? undefined : { text: event.target.value })
        }}
      />
    </div>
  )
}

function ToolCall({
  agent,
  server,
  say,
}: {
  readonly agent: string
  readonly server: string
  readonly say: (said: Said) => void
}) {
  const words = useWords(newDelegationWords)
  const offered = useOperation("delegation.tools", { agent, server })
  const [tool, setTool] = useState("")
  return (
    <Loaded query={offered} rows={2}>
      {({ items }) => {
        const chosen = items.find((each) => each.tool === tool)
        const choose = (name: string) => {
          setTool(name)
          const next = items.find((each) => each.tool === name)
          say(next === undefined || needsArguments(next) ? undefined : { tool: next.tool, arguments: {} })
        }
        return items.length === 0 ? (
          <p className="text-soft">{words.noTools}</p>
        ) : (
          <>
            <Choice label={words.tool} value={tool} choose={choose}>
              {items.map((each) => (
                <option key={each.tool} value={each.tool}>
                  {visibleName(each.tool)}
                </option>
              ))}
            </Choice>
            {chosen === undefined ? null : (
              <>
                {chosen.description === "" ? null : (
                  <p className="text-soft">
                    <Untrusted text={chosen.description} prose />
                  </p>
                )}
                <ArgumentFields
                  key={chosen.tool}
                  tool={chosen}
                  change={(value: JsonObject | undefined) =>
                    say(value === undefined ? undefined : { tool: chosen.tool, arguments: value })
                  }
                />
              </>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

/** Before anything is typed it is whole only where nothing has to be. */
function needsArguments({ schema }: OfferedTool): boolean {
  return fieldsOf(schema)?.some(({ isRequired }) => isRequired) ?? false
}
