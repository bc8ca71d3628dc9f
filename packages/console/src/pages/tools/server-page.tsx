import type { ServerRecord, ToolRecord } from "@hufu/core/contract/records"
import { useParams } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { RemoveServer } from "./remove-server.tsx"
import { ToolCard } from "./tool-card.tsx"
import { toolWords } from "./words.ts"

/** One tool server: what it is, and what each of its tools does. */
export function ServerPage() {
  const words = useWords(toolWords)
  const { server: id = "" } = useParams({ strict: false })
  const servers = useOperation("server.list", {})
  const tools = useOperation("tool.list", { server: id })
  const server = servers.data?.items.find((each) => each.id === id || each.name === id)
  return (
    <Page title={server?.name ?? words.server} under={<Id id={id} whole />}>
      {server ? <About server={server} /> : null}
      <Section title={words.tools}>
        <Loaded query={tools} rows={6}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.noTools.title} what={words.noTools.what} />
            ) : (
              <Tools tools={items} />
            )
          }
        </Loaded>
      </Section>
    </Page>
  )
}

function About({ server }: { readonly server: ServerRecord }) {
  const words = useWords(toolWords)
  return (
    <>
      <Facts
        of={[
          [words.server, words.transports[server.transport]],
          [words.url, server.url === null ? null : <Untrusted key="url" text={server.url} />],
          [
            words.command,
            server.command === null ? null : <Untrusted key="command" text={server.command.join(" ")} />,
          ],
          [
            words.environment,
            server.environment.length === 0 ? null : (
              <span key="environment">
                <code className="font-mono text-sm break-all">{server.environment.join(", ")}</code>
                <span className="block text-sm text-soft">{words.environmentHelp}</span>
              </span>
            ),
          ],
          [words.since, <Ago key="since" at={server.createdAt} />],
        ]}
      />
      <div className="mt-3">
        <RemoveServer server={server} />
      </div>
    </>
  )
}

function Tools({ tools }: { readonly tools: readonly ToolRecord[] }) {
  const words = useWords(toolWords)
  const [find, setFind] = useAddressText("q")
  const wanted = find.trim().toLowerCase()
  const found = tools.filter(({ tool }) => tool.toLowerCase().includes(wanted))
  // What changed wants to be read first, then what looks made to deceive.
  const ordered = found.toSorted((a, b) => urgency(b) - urgency(a))
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <input
          type="search"
          className="field sm:max-w-80"
          aria-label={words.find}
          placeholder={words.find}
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <span className="text-soft">{words.count(found.length)}</span>
      </div>
      {ordered.length === 0 ? (
        <Empty title={words.filtered.title} what={words.filtered.what}>
          <button type="button" className="button" onClick={() => setFind("")}>
            {words.filtered.clear}
          </button>
        </Empty>
      ) : (
        <ul aria-label={words.tools} className="grid gap-3">
          {ordered.map((tool) => (
            <li key={tool.tool} className="card px-4 py-3">
              <ToolCard tool={tool} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function urgency({ changed, confirmed, signals }: ToolRecord): number {
  return (changed ? 2 : 0) + (signals.length > 0 && !confirmed ? 1 : 0)
}
