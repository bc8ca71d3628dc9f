import type { JsonValue } from "@hufu/core/json/json-value"
import { agentsFor } from "./agents-for.ts"
import { AmpError } from "./amp-error.ts"
import { readAmpFilter } from "./amp-filter.ts"
import { readPage, readRequest } from "./amp-page.ts"
import type { AmpAsker, AnswerParts } from "./answer-amp.ts"
import { aggregateIn, metricIn, valuesOf } from "./metric-figures.ts"
import { durationIn, rangeIn, windowsIn } from "./metric-range.ts"
import type { MetricSample } from "./metric-rings.ts"

/** MetricsSnapshotView of AMP. */
interface SnapshotView extends Omit<MetricSample, "at"> {
  readonly aic: string
  readonly observedAt: string
}

const snapshotFields = {
  aic: "code",
  "loadMetrics.activeTasks": "number",
  "loadMetrics.queuedTasks": "number",
  "loadMetrics.maxActiveTasks": "number",
  "loadMetrics.maxQueuedTasks": "number",
  "loadMetrics.cpuUsage": "number",
  "loadMetrics.memoryUsage": "number",
  "windowMetrics.successRate": "number",
  "windowMetrics.p95LatencyMs": "number",
} as const
const seriesFields = { aic: "code", window: "word" } as const

const mostPoints = 1000
const mostSeries = 100
const leastStepMs = 1000

/** What AMP asks of metrics. UNTRUSTED: the bodies. */
export function metricAnswers({ alive, now }: AnswerParts) {
  const meta = () => ({ dataFreshnessAt: new Date(now()).toISOString(), ingestionLagMs: 0 })

  return {
    snapshots(body: JsonValue, asker: AmpAsker) {
      const request = readRequest(body)
      const filter = readAmpFilter<SnapshotView>(request["filter"], snapshotFields, fieldOf)
      const range = request["timeRange"] === undefined ? undefined : rangeIn(request, now())
      const windows = windowsIn(request["windows"])
      const { limit, after, next } = readPage(request)
      const found = agentsFor(alive, filter, asker)
        .flatMap(({ registration, aic }): SnapshotView[] => {
          const last = alive.rings
            .of(registration)
            .findLast(({ at }) => range === undefined || (at >= range.from && at < range.until))
          if (last === undefined) return []
          const { at, windowMetrics, ...rest } = last
          const kept = windowMetrics?.filter(({ window }) => windows?.includes(window) ?? true)
          const view = { ...rest, aic, observedAt: new Date(at).toISOString() }
          return [kept === undefined ? view : { ...view, windowMetrics: kept }]
        })
        .filter(filter.fits)
        .toSorted((one, other) => (one.aic < other.aic ? -1 : 1))
        .filter(({ aic }) => after === undefined || aic > after)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      const cursor = last === undefined || found.length <= limit ? {} : { nextCursor: next(last.aic) }
      return { items, meta: { ...meta(), ...cursor } }
    },

    series(body: JsonValue, asker: AmpAsker) {
      const request = readRequest(body)
      const metric = metricIn(request["metric"])
      const { from, until } = rangeIn(request, now())
      const stepMs = stepIn(request["step"], until - from)
      const aggregate = aggregateIn(request["aggregation"])
      const labels = request["groupByLabels"]
      if (labels !== undefined && !(Array.isArray(labels) && labels.length === 0))
        throw new AmpError("AMP_UNSUPPORTED_FIELD", "series can be grouped by `aic` alone here")
      // A sample's window is looked at one by one.
      const filter = readAmpFilter<{ aic: string; window: string }>(
        request["filter"],
        seriesFields,
        // The fields of the filter are those of the view.
        (view, field) => [view[field as "aic" | "window"]],
      )
      const agents = agentsFor(alive, filter, asker)
      const groups = request["groupByAic"] === true ? agents.map((each) => [each]) : [agents]
      if (groups.length > mostSeries)
        throw new AmpError("AMP_STEP_TOO_FINE", `at most ${mostSeries} series are given: filter by \`aic\``)
      const items = groups.flatMap((group) => {
        const buckets = new Map<number, number[]>()
        for (const { registration, aic } of group)
          for (const sample of alive.rings.of(registration)) {
            if (sample.at < from || sample.at >= until) continue
            const bucket = from + Math.floor((sample.at - from) / stepMs) * stepMs
            for (const { value, window } of valuesOf(sample, metric)) {
              if (!filter.fits({ aic, window })) continue
              const values = buckets.get(bucket)
              if (values === undefined) buckets.set(bucket, [value])
              else values.push(value)
            }
          }
        if (buckets.size === 0) return []
        const points = [...buckets]
          .toSorted(([one], [other]) => one - other)
          .map(([at, values]) => ({ timestamp: new Date(at).toISOString(), value: aggregate(values) }))
        const [only] = request["groupByAic"] === true ? group : []
        return [{ metric, labels: only === undefined ? {} : { aic: only.aic }, points, stepMs }]
      })
      return { items, meta: meta() }
    },
  }
}

function fieldOf(view: SnapshotView, field: string): (string | number)[] {
  if (field === "aic") return [view.aic]
  const [of, name = ""] = field.split(".")
  // The names come from the table above.
  const numbers = (values: object) => {
    const value = (values as Record<string, unknown>)[name]
    return typeof value === "number" ? [value] : []
  }
  if (of === "loadMetrics") return numbers(view.loadMetrics ?? {})
  return (view.windowMetrics ?? []).flatMap(numbers)
}

function stepIn(value: JsonValue | undefined, rangeMs: number): number {
  if (value === undefined) return Math.max(10_000, Math.ceil(rangeMs / 100 / 1000) * 1000)
  const ms = durationIn(value)
  if (ms < leastStepMs) throw new AmpError("AMP_INVALID_TIME_RANGE", "`step` is a duration such as PT1M")
  if (rangeMs / ms > mostPoints)
    throw new AmpError("AMP_STEP_TOO_FINE", `at most ${mostPoints} points are given: take a longer \`step\``)
  return ms
}
