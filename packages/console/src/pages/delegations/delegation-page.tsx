import type { DelegationShown, DelegationTrace } from "@hufu/core/contract/delegation"
import { Link, useParams } from "@tanstack/react-router"
import { Hand, TriangleAlert } from "lucide-react"
import { useMemo } from "react"
import { useChange, useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Facts } from "../../part/facts.tsx"
import { FailureTitle } from "../../part/failure-title.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { RecentActions } from "../../part/recent-actions.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { DelegationStateBadge } from "./delegation-state-badge.tsx"
import { EventList } from "./event-list.tsx"
import { GraphPicture } from "./graph-picture.tsx"
import { ShownParts } from "./shown-parts.tsx"
import { TimelinePicture } from "./timeline-picture.tsx"
import { isOpen, type Mark, marksOf, traceGraph } from "./trace-graph.ts"
import { TraceEvidence } from "./trace-evidence.tsx"
import { TraceTable } from "./trace-table.tsx"
import { delegationPageWords } from "./words.ts"

/** One delegation in its trace: who asked whom, who waits for whom, when, and what came of it. */
export function DelegationPage() {
  const words = useWords(delegationPageWords)
  const { delegation: id = "" } = useParams({ strict: false })
  const shown = useOperation("delegation.show", { delegation: id })
  const trace = useOperation("delegation.trace", { delegation: id })
  const of = shown.data?.delegation
  return (
    <Page
      title={of ? words.asks(visibleName(of.agentName), visibleName(of.server)) : words.one}
      under={<Id id={id} whole />}
      beside={
        of?.hold ? (
          <Link to="/approvals/$hold" params={{ hold: of.hold }} className="button button-main">
            <Hand size={16} aria-hidden />
            {words.toApproval}
          </Link>
        ) : undefined
      }
    >
      <Loaded query={shown} rows={4}>
        {({ delegation }) => <About of={delegation} />}
      </Loaded>
      <Loaded query={trace} rows={4}>
        {(data) => <Trace trace={data} shown={id} />}
      </Loaded>
      {shown.data ? <Told shown={shown.data} /> : null}
    </Page>
  )
}

function About({ of }: { readonly of: DelegationShown["delegation"] }) {
  const words = useWords(delegationPageWords)
  return (
    <>
      <Facts
        of={[
          [words.state, <DelegationStateBadge key="state" state={of.state} />],
          [words.agent, <AgentName key="agent" id={of.agent} />],
          [
            words.partner,
            <span key="partner">
              {visibleName(of.server)}{" "}
              <span className="text-soft">
                ({of.protocol === null ? words.gone : words.protocols[of.protocol]})
              </span>
            </span>,
          ],
          [words.approval, of.hold === null ? null : <Id key="hold" id={of.hold} />],
          [words.ended, of.ended === null ? null : <FailureTitle key="ended" code={of.ended} />],
          [words.task, <Id key="task" id={of.task} />],
          [words.door, of.door === "console" ? words.doorConsole : <code key="door">{of.door}</code>],
          [words.name, <UntrustedName key="name" text={of.name} />],
          [words.began, <Ago key="began" at={of.createdAt} />],
          [words.changed, <Ago key="changed" at={of.changedAt} />],
        ]}
      />
      {isOpen(of.state) ? <Cancel id={of.id} /> : null}
    </>
  )
}

function Cancel({ id }: { readonly id: string }) {
  const words = useWords(delegationPageWords)
  const cancel = useChange("delegation.cancel", [
    "delegation.show",
    "delegation.trace",
    "delegation.list",
    "hold.list",
    "node.status",
  ])
  return (
    <div className="mt-3">
      <Confirm
        label={words.cancel}
        what={words.cancelWhat}
        doing={{
          run: () => cancel.mutate({ delegation: id }),
          isPending: cancel.isPending,
          error: cancel.error,
        }}
      />
    </div>
  )
}

function Trace({
  trace: { items, isCut },
  shown,
}: {
  readonly trace: DelegationTrace
  readonly shown: string
}) {
  const words = useWords(delegationPageWords)
  const graph = useMemo(() => traceGraph(items), [items])
  const done = items.flatMap(({ actions }) => actions)
  return (
    <>
      <Attention items={items} />
      <Section title={words.graph}>
        <GraphPicture graph={graph} />
        <TraceTable items={items} shown={shown} />
        {isCut ? <p className="mt-1 text-sm text-soft">{words.cut}</p> : null}
      </Section>
      <Section title={words.timeline}>
        <TimelinePicture items={items} shown={shown} />
      </Section>
      {done.length === 0 ? null : (
        <Section title={words.done}>
          <RecentActions label={words.done} actions={done} />
        </Section>
      )}
      <TraceEvidence items={items} />
    </>
  )
}

/** What the node noticed in the trace as it stands now. */
function Attention({ items }: { readonly items: DelegationTrace["items"] }) {
  const words = useWords(delegationPageWords)
  const marked = items.flatMap((item) => marksOf(item, items).map((mark) => ({ mark, of: item.delegation })))
  return (
    <div role="status">
      {marked.length === 0 ? null : (
        <Section title={words.attention}>
          <List label={words.attention}>
            {marked.map(({ mark, of }) => (
              <ListItem
                key={`${of.id} ${mark}`}
                head={
                  <span className="inline-flex items-start gap-2">
                    <TriangleAlert size={16} aria-hidden className="mt-1 shrink-0 text-ask" />
                    {sayMark(words, mark, of)}
                  </span>
                }
                beside={<Id id={of.id} />}
              />
            ))}
          </List>
        </Section>
      )}
    </div>
  )
}

function sayMark(
  words: (typeof delegationPageWords)["en"],
  mark: Mark,
  { agentName, server }: DelegationShown["delegation"],
): string {
  return words.marks[mark](visibleName(agentName), visibleName(server))
}

function Told({ shown: { delegation, events, earlier, products } }: { readonly shown: DelegationShown }) {
  const words = useWords(delegationPageWords)
  return (
    <>
      <Section title={words.events}>
        <EventList events={events} earlier={earlier} />
      </Section>
      {products.length === 0 ? null : (
        <Section title={words.products}>
          <List label={words.products}>
            {products.map(({ name, parts }, at) => (
              <ListItem
                key={`${at} ${name}`}
                head={<UntrustedName text={name} />}
                beside={words.byPartner(visibleName(delegation.server))}
              >
                <ShownParts parts={parts} />
              </ListItem>
            ))}
          </List>
        </Section>
      )}
    </>
  )
}
