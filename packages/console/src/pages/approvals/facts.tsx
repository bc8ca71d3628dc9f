import type { PassingRecord } from "@hufu/core/contract/passing-asked"
import type { HoldRecord } from "@hufu/core/contract/records"
import { sayOrigin } from "@hufu/core/provenance/traced-value"
import type { ReactNode } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { EffectBadge } from "../../part/badge.tsx"
import { Id } from "../../part/id.tsx"
import { Ago, Left } from "../../part/time.tsx"
import { Sentences } from "../../part/sentences.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { Untrusted, UntrustedArguments } from "../../part/untrusted.tsx"
import { useLanguage } from "../../words/language.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { RestrictionBadge } from "../places/place-badges.tsx"
import { taskWords } from "../tasks/words.ts"
import { NoticedList } from "../actions/noticed-list.tsx"
import { ToolSignals } from "../tools/tool-signals.tsx"
import { words as approvalWords } from "./words.ts"

/** The eight facts: who, exactly what, how it differs, the target, the risk, the rule, until when, and what then. */
export function Facts({ hold }: { readonly hold: HoldRecord }) {
  const words = useWords(approvalWords).facts
  const lang = useLanguage()
  const last = useLastApproved(hold)
  return (
    <dl className="grid content-start gap-x-4 gap-y-2.5 p-4 sm:grid-cols-[8rem_1fr]">
      <Fact name={words.who}>
        <span className="font-semibold">{hold.agentName}</span> <Id id={hold.agent} />
        <span className="text-soft"> {words.behalf} </span>
        <Id id={hold.principal} />
      </Fact>
      <Fact name={words.task}>
        <TaskWords task={hold.task} />
      </Fact>
      {hold.passing === null ? (
        <>
          <Fact name={words.action}>
            <span className="font-semibold">
              <UntrustedName text={`${hold.server}/${hold.tool}`} />
            </span>
          </Fact>
          <Fact name={words.target}>
            <Targets hold={hold} />
          </Fact>
        </>
      ) : (
        <PassingFacts passing={hold.passing} />
      )}
      {hold.traced.length > 0 ? (
        <Fact name={words.traced}>
          <ul className="grid gap-0.5">
            {hold.traced.slice(0, 8).map((value, index) => (
              // Two values may be alike.
              <li key={index}>
                <Untrusted text={value.value} />{" "}
                <span
                  className={value.origin === "named" || value.origin === "own" ? "text-soft" : "text-ask"}
                >
                  <Untrusted text={sayOrigin(value, lang)} prose />
                </span>
              </li>
            ))}
          </ul>
        </Fact>
      ) : null}
      {hold.noticed.length > 0 ? (
        <Fact name={words.noticed}>
          <NoticedList of={hold.noticed} />
        </Fact>
      ) : null}
      {hold.places.length > 0 ? (
        <Fact name={words.places}>
          <PlacesSay of={hold.places} />
        </Fact>
      ) : null}
      {hold.passing === null ? (
        <Fact name={words.risk}>
          <Risk hold={hold} />
        </Fact>
      ) : null}
      <Fact name={words.rule}>
        <ul className="grid gap-0.5">
          {hold.reasons.slice(0, 8).map((reason) => (
            <li key={reason.rule}>
              <Untrusted text={reason[lang]} prose />{" "}
              <code className="font-mono text-sm text-soft">{reason.rule}</code>
            </li>
          ))}
        </ul>
      </Fact>
      {hold.state === "waiting" ? (
        <Fact name={words.deadline}>
          <strong className="text-ask">
            <Left until={hold.expiresAt} />
          </strong>{" "}
          <span className="text-soft">{words.timeout}</span>
        </Fact>
      ) : null}
      <Fact name={words.arguments}>
        <UntrustedArguments value={hold.arguments} was={last?.arguments ?? undefined} />
        {last ? (
          <p className="mt-1 text-sm text-soft">
            {words.differs} <Id id={last.id} /> <Ago at={last.createdAt} />
          </p>
        ) : null}
      </Fact>
      <Fact name={words.details}>
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          <Id id={hold.id} />
          <Id id={hold.action} />
          <Id id={hold.task} />
        </span>
      </Fact>
    </dl>
  )
}

/** What is to be passed on to whom, and how that is more than the mandate. UNTRUSTED: tools and values in it are the agent's. */
function PassingFacts({ passing }: { readonly passing: PassingRecord }) {
  const words = useWords(approvalWords).facts
  const lang = useLanguage()
  return (
    <>
      <Fact name={words.action}>
        <span className="font-semibold">{words.passesOn}</span> <Id id={passing.mandate} />
      </Fact>
      <Fact name={words.to}>
        <span className="font-semibold">{passing.toName}</span> <Id id={passing.to} />{" "}
        <Id id={passing.task} />
      </Fact>
      <Fact name={words.wider}>
        <ul className="grid gap-0.5 rounded-md bg-ask-wash px-3 py-2">
          {passing.differences.map((each, index) => (
            // Two differences may be alike.
            <li key={index}>
              <Untrusted text={each[lang]} prose isSpelled />
            </li>
          ))}
        </ul>
      </Fact>
      <Fact name={words.couldThen}>
        <Sentences of={passing.says[lang]} isPlain />
      </Fact>
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-soft max-sm:text-sm">{name}</dt>
      <dd className="min-w-0 max-sm:mb-1">{children}</dd>
    </div>
  )
}

/** What the owners of places say. UNTRUSTED: it is theirs, whatever it says. */
function PlacesSay({ of }: { readonly of: HoldRecord["places"] }) {
  const words = useWords(approvalWords).facts
  const lang = useLanguage()
  return (
    <ul className="grid gap-1">
      {of.slice(0, 8).map((place) => (
        <li key={place.place}>
          <span className="flex flex-wrap items-center gap-x-3">
            <RestrictionBadge restriction={place.restriction} />
            <Id id={place.place} />
            {place.name[lang] === "" ? null : <Untrusted text={place.name[lang]} prose />}
            {place.unknown ? <span className="text-ask">{words.perhapsThere}</span> : null}
          </span>
          {place.says[lang] === "" ? null : <Untrusted text={place.says[lang]} prose />}
        </li>
      ))}
    </ul>
  )
}

function TaskWords({ task }: { readonly task: string }) {
  const words = useWords(approvalWords).facts
  const { sources } = useWords(taskWords)
  const { data } = useOperation("task.show", { task })
  if (!data) return null
  return data.task.words === "" ? (
    <span className="text-soft">{words.standingTask}</span>
  ) : (
    <>
      <Untrusted text={data.task.words} prose />
      <span className="block text-sm text-soft">{sources[data.task.source]}</span>
    </>
  )
}

function Targets({ hold }: { readonly hold: HoldRecord }) {
  const { facts: words, targets } = useWords(approvalWords)
  const nameOf = (kind: string) =>
    Object.hasOwn(targets, kind) ? targets[kind as keyof typeof targets] : kind
  if (hold.targets.length === 0) return <span className="text-soft">{words.noTarget}</span>
  return (
    <ul className="grid gap-0.5">
      {hold.targets.slice(0, 8).map(({ kind, value }, index) => (
        // Two targets may be alike.
        <li key={index}>
          <span className="text-soft">{nameOf(kind)}</span> <Untrusted text={value} />
        </li>
      ))}
    </ul>
  )
}

function Risk({ hold }: { readonly hold: HoldRecord }) {
  const words = useWords(approvalWords)
  const { modes } = useWords(shared)
  const { data } = useOperation("tool.list", { server: hold.server })
  const tool = data?.items.find((item) => item.tool === hold.tool)
  const profile = tool ? (tool.confirmed ? "user" : tool.source) : "unknown"
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <EffectBadge effect={hold.effect} />
      <span>{modes[hold.mode]}</span>
      <span className="text-soft">{words.profile[profile]}</span>
      {tool?.changed === true ? (
        <span className="font-semibold text-deny">{words.profile.changed}</span>
      ) : null}
      {tool ? <ToolSignals signals={tool.signals} /> : null}
    </span>
  )
}

/** The call of the same agent and tool that was approved last, if its arguments are still kept. */
function useLastApproved(hold: HoldRecord): HoldRecord | undefined {
  const { data } = useOperation("hold.list", { state: "all", limit: 300 })
  return data?.items
    .filter(
      (other) =>
        other.id !== hold.id &&
        other.agent === hold.agent &&
        other.server === hold.server &&
        other.tool === hold.tool &&
        other.createdAt <= hold.createdAt &&
        other.arguments !== null &&
        (other.state === "approved" || other.state === "used"),
    )
    .toSorted((a, b) => b.createdAt - a.createdAt)[0]
}
