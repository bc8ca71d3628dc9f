import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { agentsFor } from "./agents-for.ts"
import { AmpError } from "./amp-error.ts"
import { readAmpFilter } from "./amp-filter.ts"
import { readRequest } from "./amp-page.ts"
import type { AmpAsker, AnswerParts } from "./answer-amp.ts"
import { aggregateIn, metricIn, valuesOf } from "./metric-figures.ts"
import { durationIn, lookbackIn, rangeIn } from "./metric-range.ts"
import type { MetricSample } from "./metric-rings.ts"

const mostTop = 500
const mostRules = 16
const mostEvaluated = 2000

/** By which figure of AMP each indicator is judged, and whether more of it is better. */
const indicators = {
  success_rate: { metric: "successRate", isMoreBetter: true, most: 100 },
  p95_latency_ms: { metric: "p95LatencyMs", isMoreBetter: false, most: Number.MAX_SAFE_INTEGER },
  p99_latency_ms: { metric: "p99LatencyMs", isMoreBetter: false, most: Number.MAX_SAFE_INTEGER },
  avg_latency_ms: { metric: "avgLatencyMs", isMoreBetter: false, most: Number.MAX_SAFE_INTEGER },
} as const
type Indicator = keyof typeof indicators

interface Rule {
  readonly sli: Indicator
  readonly window: string
  readonly target: number
}

const ofWindow = { aic: "code", window: "word" } as const
// The fields of the filter are those of the view.
const readWindow = (view: { aic: string; window: string }, field: string) => [
  view[field as keyof typeof ofWindow],
]

/** How agents compare by a figure, with the objectives that somebody sets, and with what they can take. UNTRUSTED: the bodies. */
export function metricRankings({ alive, now }: AnswerParts) {
  const meta = () => ({ dataFreshnessAt: moment(now()), ingestionLagMs: 0 })
  const within = (registration: string, { from, until }: { from: number; until: number }) =>
    alive.rings.of(registration).filter(({ at }) => at >= from && at < until)

  return {
    rankings(body: JsonValue, asker: AmpAsker) {
      const request = readRequest(body)
      const metric = metricIn(request["metric"])
      const range = rangeIn(request, now())
      const aggregate = aggregateIn(request["aggregation"])
      const { window, direction = "desc" } = request
      if (window !== undefined && typeof window !== "string")
        throw new AmpError("AMP_INVALID_FILTER", "`window` is a duration such as PT5M")
      if (direction !== "asc" && direction !== "desc")
        throw new AmpError("AMP_INVALID_FILTER", "`direction` is asc or desc")
      const topN = topIn(request)
      const filter = readAmpFilter<{ aic: string; window: string }>(request["filter"], ofWindow, readWindow)
      const order = direction === "desc" ? -1 : 1
      const items = agentsFor(alive, filter, asker)
        .flatMap(({ registration, aic }) => {
          const samples = within(registration, range)
          const values = samples
            .flatMap((sample) => valuesOf(sample, metric))
            .filter(
              (each) =>
                (window === undefined || each.window === window) && filter.fits({ aic, window: each.window }),
            )
            .map(({ value }) => value)
          const last = samples.at(-1)
          if (values.length === 0 || last === undefined) return []
          return [
            {
              aic,
              metric,
              ...(window === undefined ? {} : { window }),
              value: aggregate(values),
              evaluatedAt: moment(now()),
              sampledAt: moment(last.at),
            },
          ]
        })
        .toSorted((one, other) => order * (one.value - other.value) || (one.aic < other.aic ? -1 : 1))
        .slice(0, topN)
      return { items, meta: meta() }
    },

    /** Each agent by what it last said in the time that is asked of. */
    objectives(body: JsonValue, asker: AmpAsker) {
      const request = readRequest(body)
      const range = rangeIn(request, now())
      const rules = rulesIn(request["rules"])
      const filter = readAmpFilter<{ aic: string; window: string }>(request["filter"], ofWindow, readWindow)
      const agents = agentsFor(alive, filter, asker)
      if (agents.length * rules.length > mostEvaluated)
        throw new AmpError(
          "AMP_INVALID_FILTER",
          `at most ${mostEvaluated} results are given: filter by \`aic\`, or send fewer rules`,
        )
      const all = agents.flatMap(({ registration, aic }) => {
        const samples = within(registration, range)
        return rules
          .filter(({ window }) => filter.fits({ aic, window }))
          .flatMap((rule) => evaluate(aic, samples, rule) ?? [])
      })
      const kept = request["includeFailedDetails"] === false ? all.filter(({ meets }) => meets) : all
      const meetsCount = all.filter(({ meets }) => meets).length
      return {
        items: kept,
        summary: { total: all.length, meetsCount, breachCount: all.length - meetsCount },
        meta: meta(),
      }
    },

    saturation(body: JsonValue, asker: AmpAsker) {
      const request = readRequest(body)
      const from = now() - lookbackIn(request["lookback"])
      const active = shareIn(request, "activeRatioThreshold")
      const queue = shareIn(request, "queueRatioThreshold")
      const filter = readAmpFilter<MetricSample & { aic: string }>(
        request["filter"],
        { aic: "code", "loadMetrics.maxActiveTasks": "number", "loadMetrics.maxQueuedTasks": "number" },
        (view, field) => {
          if (field === "aic") return [view.aic]
          const value =
            view.loadMetrics?.[field === "loadMetrics.maxActiveTasks" ? "maxActiveTasks" : "maxQueuedTasks"]
          return value === undefined ? [] : [value]
        },
      )
      const items = agentsFor(alive, filter, asker)
        .flatMap(({ registration, aic }) => {
          const last = within(registration, { from, until: Number.POSITIVE_INFINITY }).findLast(
            ({ loadMetrics }) => loadMetrics !== undefined,
          )
          if (last?.loadMetrics === undefined || !filter.fits({ ...last, aic })) return []
          const { activeTasks, maxActiveTasks, queuedTasks, maxQueuedTasks } = last.loadMetrics
          const activeRatio = ratio(activeTasks, maxActiveTasks)
          const queueRatio = ratio(queuedTasks, maxQueuedTasks)
          const isFull = (of: number | undefined, least: number | undefined) =>
            least === undefined || (of !== undefined && of >= least)
          if (!isFull(activeRatio, active) || !isFull(queueRatio, queue)) return []
          return [
            {
              aic,
              ...(activeRatio === undefined ? {} : { activeRatio }),
              ...(queueRatio === undefined ? {} : { queueRatio }),
              activeTasks,
              ...(maxActiveTasks === undefined ? {} : { maxActiveTasks }),
              queuedTasks,
              ...(maxQueuedTasks === undefined ? {} : { maxQueuedTasks }),
              sampledAt: moment(last.at),
            },
          ]
        })
        .toSorted((one, other) => fullest(other) - fullest(one) || (one.aic < other.aic ? -1 : 1))
        .slice(0, mostTop)
      return { items, meta: meta() }
    },
  }
}

function evaluate(aic: string, samples: readonly MetricSample[], { sli, window, target }: Rule) {
  const { metric, isMoreBetter } = indicators[sli]
  for (const sample of samples.toReversed()) {
    const actual = sample.windowMetrics?.find((each) => each.window === window)?.[metric]
    if (actual === undefined) continue
    const meets = isMoreBetter ? actual >= target : actual <= target
    return { aic, window, meets, target, actual, sli, observedAt: moment(sample.at) }
  }
  // Of whom nothing is known nothing is said.
  return undefined
}

function rulesIn(value: JsonValue | undefined): Rule[] {
  const rules = Array.isArray(value) ? value : []
  if (rules.length === 0 || rules.length > mostRules)
    throw new AmpError("AMP_SLO_RULE_INVALID", `\`rules\` is a list of 1 to ${mostRules}`)
  return rules.map((rule) => {
    const { sli, window, target } = isJsonObject(rule) ? rule : {}
    const known = (Object.keys(indicators) as Indicator[]).find((each) => each === sli)
    if (known === undefined)
      throw new AmpError("AMP_SLO_RULE_INVALID", `\`sli\` is one of ${Object.keys(indicators).join(", ")}`)
    if (typeof window !== "string" || durationIn(window) === 0)
      throw new AmpError("AMP_SLO_RULE_INVALID", "`window` is a duration such as PT5M")
    const { most } = indicators[known]
    if (typeof target !== "number" || !(target >= 0 && target <= most))
      throw new AmpError(
        "AMP_SLO_RULE_INVALID",
        "`target` is a number that is not negative, of a success rate at most 100",
      )
    return { sli: known, window, target }
  })
}

function topIn({ topN = 10 }: JsonObject): number {
  if (typeof topN === "number" && Number.isInteger(topN) && topN >= 1 && topN <= mostTop) return topN
  throw new AmpError("AMP_INVALID_FILTER", `\`topN\` is a whole number from 1 to ${mostTop}`)
}

function shareIn(request: JsonObject, name: string): number | undefined {
  const value = request[name]
  if (value === undefined || (typeof value === "number" && value >= 0 && value <= 1)) return value
  throw new AmpError("AMP_INVALID_FILTER", `\`${name}\` is a number from 0 to 1`)
}

function ratio(of: number, most: number | undefined): number | undefined {
  return most === undefined || most === 0 ? undefined : of / most
}

function fullest({ activeRatio = 0, queueRatio = 0 }: { activeRatio?: number; queueRatio?: number }): number {
  return Math.max(activeRatio, queueRatio)
}

function moment(at: number): string {
  return new Date(at).toISOString()
}
