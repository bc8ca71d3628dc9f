import type { JsonValue } from "@hufu/core/json/json-value"
import { AmpError } from "./amp-error.ts"
import type { MetricSample } from "./metric-rings.ts"

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

/** What a sample says of a metric, by the window that it is of; of its load at that moment, by none. */
export function valuesOf({ loadMetrics, windowMetrics = [] }: MetricSample, metric: Metric) {
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

/** A figure of AMP. */
export type Metric = (typeof loadNames)[number] | (typeof windowNames)[number]

export function metricIn(value: JsonValue | undefined): Metric {
  const metric = [...loadNames, ...windowNames].find((name) => name === value)
  if (metric === undefined)
    throw new AmpError("AMP_METRIC_UNSUPPORTED", `there are ${[...loadNames, ...windowNames].join(", ")}`)
  return metric
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

/** How several values become one; by their average where nothing is asked. */
export function aggregateIn(value: JsonValue | undefined): (values: readonly number[]) => number {
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
