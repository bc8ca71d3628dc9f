import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { AmpError } from "./amp-error.ts"
import { type AmpFilter, readAmpFilter } from "./amp-filter.ts"
import { readPage, readRequest } from "./amp-page.ts"
import type { AmpAsker, AnswerParts } from "./answer-amp.ts"
import type { MetricSample } from "./metric-rings.ts"
import type { Sender } from "./senders.ts"

/** MetricsSnapshotView of AMP. */
interface SnapshotView extends Omit<MetricSample, "at"> {
  readonly aic: string
  readonly observedAt: string
}

const loadNames = [
  "activeTasks",
  "queuedTasks",
  "maxActiveTasks",
  "maxQueuedTasks",
  "cpuUsage",
  "memoryUsage",
  "diskUsage",
  "networkInUsage",
  "networkOutUsage",
] as const
const windowNames = [
  "successRate",
  "requestTotal",
  "requestPerSecond",
  "avgThroughputMBps",
  "peakThroughputMBps",
  "avgLatencyMs",
  "p99LatencyMs",
  "p95LatencyMs",
  "p90LatencyMs",
  "p80LatencyMs",
  "p75LatencyMs",
  "p50LatencyMs",
] as const

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

/** Figures are kept in memory alone. */
const keptMs = 86_400_000
const mostPoints = 1000
const mostSeries = 100
const leastStepMs = 1000

/** What AMP asks of metrics. UNTRUSTED: the bodies. */
export function metricAnswers({ alive, now }: AnswerParts) {
  const meta = () => ({ dataFreshnessAt: new Date(now()).toISOString(), ingestionLagMs: 0 })

  /** An agent sees its own; whoever may look, those that the filter names, or all. */
  function agentsFor({ codes }: Pick<AmpFilter<never>, "codes">, { sender, mayLook }: AmpAsker): Sender[] {
    if (mayLook) {
      if (codes !== undefined) return codes.flatMap((code) => alive.senders.byAic(code) ?? [])
      return [...alive.rings.registrations()].flatMap((id) => alive.senders.find(id) ?? [])
    }
    if (sender === undefined || codes?.some((code) => code !== sender.aic) === true)
      throw new AmpError("AMP_ACCESS_DENIED", "an agent sees how it runs itself, and no other")
    return [sender]
  }

  return {
    snapshots(body: JsonValue, asker: AmpAsker) {
      const request = readRequest(body)
      const filter = readAmpFilter<SnapshotView>(request["filter"], snapshotFields, fieldOf)
      const range = request["timeRange"] === undefined ? undefined : rangeIn(request, now())
      const windows = windowsIn(request["windows"])
      const { limit, after, next } = readPage(request)
      const found = agentsFor(filter, asker)
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
      const agents = agentsFor(filter, asker)
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

function valuesOf({ loadMetrics, windowMetrics = [] }: MetricSample, metric: Metric) {
  const load = loadNames.find((name) => name === metric)
  if (load !== undefined) {
    const value = loadMetrics?.[load]
    return value === undefined ? [] : [{ value, window: "" }]
  }
  const ofWindow = windowNames.find((name) => name === metric)
  return windowMetrics.flatMap((each) => {
    const value = ofWindow === undefined ? undefined : each[ofWindow]
    return value === undefined ? [] : [{ value, window: each.window }]
  })
}

type Metric = (typeof loadNames)[number] | (typeof windowNames)[number]

function metricIn(value: JsonValue | undefined): Metric {
  const metric = [...loadNames, ...windowNames].find((name) => name === value)
  if (metric === undefined)
    throw new AmpError("AMP_METRIC_UNSUPPORTED", `there are ${[...loadNames, ...windowNames].join(", ")}`)
  return metric
}

function rangeIn({ timeRange }: JsonObject, now: number): { from: number; until: number } {
  const [from, until] = isJsonObject(timeRange)
    ? [momentIn(timeRange["startAt"]), momentIn(timeRange["endAt"])]
    : [Number.NaN, Number.NaN]
  if (!(from < until))
    throw new AmpError(
      "AMP_INVALID_TIME_RANGE",
      "`timeRange` has `startAt` and a later `endAt`, in ISO 8601 with a zone",
    )
  if (from < now - keptMs)
    throw new AmpError("AMP_OUT_OF_RETENTION", "figures of the last 24 hours at most are kept")
  return { from, until }
}

function momentIn(value: JsonValue | undefined): number {
  const hasZone = typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(value)
  return hasZone ? Date.parse(value) : Number.NaN
}

function windowsIn(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined
  const texts =
    Array.isArray(value) && value.length <= 16 ? value.filter((each) => typeof each === "string") : []
  if (texts.length > 0) return texts
  throw new AmpError("AMP_INVALID_FILTER", "`windows` is a list of at most 16 durations such as PT5M")
}

function stepIn(value: JsonValue | undefined, rangeMs: number): number {
  if (value === undefined) return Math.max(10_000, Math.ceil(rangeMs / 100 / 1000) * 1000)
  const [, hours = "0", minutes = "0", seconds = "0"] =
    /^PT(?=.)(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?$/.exec(typeof value === "string" ? value : "") ??
    []
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  if (ms < leastStepMs) throw new AmpError("AMP_INVALID_TIME_RANGE", "`step` is a duration such as PT1M")
  if (rangeMs / ms > mostPoints)
    throw new AmpError("AMP_STEP_TOO_FINE", `at most ${mostPoints} points are given: take a longer \`step\``)
  return ms
}

const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  p50: (values) => quantile(values, 0.5),
  p95: (values) => quantile(values, 0.95),
  p99: (values) => quantile(values, 0.99),
  latest: (values) => values.at(-1) ?? 0,
}

function aggregateIn(value: JsonValue | undefined): (values: readonly number[]) => number {
  const name = value ?? "avg"
  const found = typeof name === "string" && Object.hasOwn(aggregates, name) ? aggregates[name] : undefined
  if (found === undefined)
    throw new AmpError(
      "AMP_UNSUPPORTED_OPERATOR",
      `\`aggregation\` is one of ${Object.keys(aggregates).join(", ")}`,
    )
  return found
}

/** The smallest value that so many of the others do not exceed. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0
}
