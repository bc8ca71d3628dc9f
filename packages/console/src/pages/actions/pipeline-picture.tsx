import type { ActionRecord } from "@hufu/core/contract/records"
import { Circle, CircleCheck, CircleDashed, CircleHelp, CircleX, Clock, type LucideIcon } from "lucide-react"
import { useLanguage } from "../../words/language.ts"
import { sayNumber, sayTime } from "../../words/format.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { type Pipeline, type PipelineStepId, pipelineSteps, type StepState } from "./pipeline.ts"
import { actionWords } from "./words.ts"

const looks: Readonly<Record<StepState, readonly [icon: LucideIcon, ink: string]>> = {
  passed: [CircleCheck, "text-allow"],
  stopped: [CircleX, "text-deny"],
  waiting: [Clock, "text-ask"],
  unknown: [CircleHelp, "text-ask"],
  unneeded: [Circle, "text-soft"],
  skipped: [CircleDashed, "text-soft"],
}

/** The path of one action: a row of steps, or a column on a narrow screen, each with what it said. */
export function PipelinePicture({
  action,
  pipeline,
}: {
  readonly action: ActionRecord
  readonly pipeline: Pipeline
}) {
  const words = useWords(actionWords)
  const lang = useLanguage()
  const says = useSayings(action, pipeline)
  const times: Partial<Record<PipelineStepId, number | undefined>> = {
    identify: action.at,
    ask: pipeline.approval?.at ?? pipeline.hold?.at,
    intend: pipeline.intent?.at,
    conclude: pipeline.outcome?.at,
  }
  return (
    <ol className="card grid px-4 py-4 lg:grid-cols-[repeat(auto-fit,minmax(6rem,1fr))] lg:gap-y-4 lg:px-2">
      {pipelineSteps.map((step, index) => {
        const state = pipeline.states[step]
        const [Icon, ink] = looks[state]
        const at = times[step]
        const isDim = state === "skipped" || state === "unneeded"
        return (
          <li
            key={step}
            data-state={state}
            className="relative flex gap-3 pb-4 last:pb-0 lg:block lg:px-2 lg:pb-0"
          >
            {index === pipelineSteps.length - 1 ? null : (
              <span
                aria-hidden
                className="absolute bg-line max-lg:top-6 max-lg:bottom-0 max-lg:left-[0.6875rem] max-lg:w-px lg:top-[0.6875rem] lg:right-0 lg:left-9 lg:h-px"
              />
            )}
            <Icon size={23} aria-hidden className={`relative shrink-0 ${ink}`} />
            <div className="min-w-0 lg:mt-1.5">
              <p className={`font-semibold ${isDim ? "text-soft" : ""}`}>{words.steps[step]}</p>
              <p className={`text-sm ${ink}`}>{words.states[state]}</p>
              {state === "skipped" || (isDim && step !== "ask") ? null : (
                <p className="mt-1 text-sm break-words">{says[step]}</p>
              )}
              {at === undefined ? null : (
                <time dateTime={new Date(at).toISOString()} className="mt-1 block text-sm text-soft">
                  {sayTime(at, lang)}
                </time>
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

function useSayings(action: ActionRecord, pipeline: Pipeline): Readonly<Record<PipelineStepId, string>> {
  const { says } = useWords(actionWords)
  const { effects } = useWords(shared)
  const lang = useLanguage()
  const { states, intent, outcome, approval } = pipeline
  const isLeft = intent?.verdict === "allow"
  return {
    identify: says.identify(action.agentName),
    standing: states.standing === "stopped" ? says.standingLost : says.standing,
    ground: says.ground(effects[action.effect]),
    decide: pipeline.hold && action.verdict !== "deny" ? says.ask : says[action.verdict],
    ask: askSaying(says, states.ask, approval?.decision),
    intend: intent ? says[isLeft ? "intended" : "refusal"](action.index) : says.notFetched,
    perform: performSaying(),
    conclude: outcome ? says[outcome.outcome] : "",
  }

  function performSaying(): string {
    if (!isLeft) return says.notPerformed
    return outcome ? says.performed(sayNumber(outcome.ms, lang)) : says.leaving
  }
}

function askSaying(
  says: (typeof actionWords)["en"]["says"],
  state: StepState,
  decision: string | undefined,
): string {
  if (state === "unneeded" || state === "skipped") return says.unasked
  if (state === "waiting") return says.asked
  if (state === "passed") return says.approved
  if (decision === "expired") return says.expired
  return decision === "cancelled" ? says.cancelled : says.refused
}
