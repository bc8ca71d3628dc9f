import type { Output } from "@hufu/core/contract/contract"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { isJsonObject } from "@hufu/core/json/json-value"
import { Link, useParams } from "@tanstack/react-router"
import { FileCheck2 } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { EffectBadge, VerdictBadge } from "../../part/badge.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { Ago } from "../../part/time.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { Untrusted, UntrustedArguments } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { Ending } from "./action-row.tsx"
import { DryRun } from "./dry-run.tsx"
import { MandateSays } from "./mandate-says.tsx"
import { NoticedList } from "./noticed-list.tsx"
import { PipelinePicture } from "./pipeline-picture.tsx"
import { pipelineOf } from "./pipeline.ts"
import { RuleTexts } from "./rule-texts.tsx"
import { targetsOf } from "./targets-of.ts"
import { useReceipt } from "./use-receipt.ts"
import { actionWords } from "./words.ts"

type Why = Output<"action.why">

/** One action: how it was decided, on what, and how it ended. */
export function ActionPage() {
  const words = useWords(actionWords)
  const lang = useLanguage()
  const { action: id = "" } = useParams({ strict: false })
  const why = useOperation("action.why", { action: id, language: lang })
  const action = why.data?.action
  return (
    <Page
      title={action ? visibleName(`${action.server}/${action.tool}`) : words.action}
      under={<Id id={id} whole />}
      beside={
        <Link to="/actions/$action/receipt" params={{ action: id }} className="button">
          <FileCheck2 size={16} aria-hidden />
          {words.receipt}
        </Link>
      }
    >
      <Loaded query={why} rows={8}>
        {(data) => <Content why={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ why }: { readonly why: Why }) {
  const words = useWords(actionWords)
  const lang = useLanguage()
  const { action, reasons } = why
  // What was never let out has no facts of its own to open.
  const receipt = useReceipt(action.id, {
    open: action.verdict === "ask" || why.arguments === null ? "" : "facts",
    as: `${action.verdict} ${action.outcome} ${action.reason}`,
  })
  const args = isJsonObject(why.arguments) ? why.arguments : null
  return (
    <>
      <Loaded query={receipt} rows={3}>
        {({ entries }) => (
          <PipelinePicture
            action={action}
            pipeline={pipelineOf(
              action,
              entries.map(({ entry }) => entry),
            )}
          />
        )}
      </Loaded>
      <div className="@container">
        <div className="grid gap-x-6 @3xl:grid-cols-2">
          <div className="min-w-0">
            <Section title={words.about}>
              <About why={why} />
            </Section>
            <Section title={words.arguments}>
              <UntrustedArguments value={args} />
            </Section>
            {receipt.data ? <Targets facts={receipt.data.openings["facts"]} /> : null}
          </div>
          <div className="min-w-0">
            {reasons.length === 0 ? null : (
              <Section title={words.why}>
                <ul className="card divide-y divide-line">
                  {reasons.map((reason) => (
                    <li key={reason.rule} className="px-4 py-2 wrap-anywhere">
                      <Sentence text={makeVisible(reason[lang])} />
                      <code className="block font-mono text-sm text-soft">{reason.rule}</code>
                    </li>
                  ))}
                </ul>
              </Section>
            )}
            {why.noticed.length === 0 ? null : (
              <Section title={words.noticed}>
                <div className="card px-4 py-2">
                  <NoticedList of={why.noticed} />
                </div>
              </Section>
            )}
            <Section title={words.rules}>
              <RuleTexts ids={action.rules} policy={policyOf(receipt.data?.entries)} />
            </Section>
            <Section title={words.words}>
              <div className="card px-4 py-3">
                {why.words === null ? (
                  <p className="text-soft">{words.noWords}</p>
                ) : (
                  <Untrusted text={why.words} prose />
                )}
              </div>
            </Section>
            {action.mandate === null ? null : <MandateSays mandate={action.mandate} />}
          </div>
        </div>
      </div>
      {args === null ? null : <DryRun action={action} args={args} />}
    </>
  )
}

function About({ why: { action } }: { readonly why: Why }) {
  const words = useWords(actionWords)
  return (
    <Facts
      of={[
        [words.at, <Ago key="at" at={action.at} />],
        [
          words.agent,
          <span key="agent" className="inline-flex flex-wrap items-center gap-x-2">
            {action.agentName} <Id id={action.agent} />
          </span>,
        ],
        [words.effect, <EffectBadge key="effect" effect={action.effect} />],
        [words.verdict, <VerdictBadge key="verdict" verdict={action.verdict} />],
        [words.outcome, <Ending key="outcome" action={action} />],
        [words.reason, action.reason && action.verdict !== "ask" ? <code>{action.reason}</code> : null],
        [words.task, <Id key="task" id={action.task} />],
        [words.mandate, action.mandate === null ? null : <Id key="mandate" id={action.mandate} />],
        [words.approval, action.hold === null ? null : <Id key="hold" id={action.hold} />],
        [
          words.entry,
          <Link
            key="entry"
            to="/ledger"
            search={{ from: String(action.index) }}
            className="link tabular-nums"
          >
            {action.index}
          </Link>,
        ],
      ]}
    />
  )
}

function Targets({ facts }: { readonly facts: Parameters<typeof targetsOf>[0] }) {
  const words = useWords(actionWords)
  const targets = targetsOf(facts)
  if (targets.length === 0) return null
  return (
    <Section title={words.targets}>
      <ul className="card divide-y divide-line">
        {targets.map(({ kind, value }) => (
          <li key={`${kind} ${value}`} className="flex gap-3 px-4 py-2">
            <span className="shrink-0 text-soft">{words.targetKinds[kind]}</span>
            <Untrusted text={value} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function policyOf(entries: NonNullable<ReturnType<typeof useReceipt>["data"]>["entries"] | undefined) {
  const intent = entries?.map(({ entry }) => entry).find((entry) => entry.kind === "intent")
  return intent?.policy
}
