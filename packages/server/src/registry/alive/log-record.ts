import { formatAic, parseAic } from "@hufu/core/identity/aic"
import { isFailure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { AmpError } from "./amp-error.ts"

/** The parts of a version whose digests can be told. */
export const versionParts = ["model", "prompt", "tools", "code"] as const
export type VersionPartName = (typeof versionParts)[number]

/** What says of itself what runs. UNTRUSTED: what an agent says, though it proved who it is. */
export interface Running {
  readonly version: string | undefined
  readonly parts: Readonly<Partial<Record<VersionPartName, string>>>
  /** Which of several that run at once. */
  readonly instance: string | undefined
}

/** A record of AMP (ACPs spec 09, LogRecord) of one of the two kinds that are taken here. */
export interface AmpRecord {
  readonly type: "heartbeat" | "metrics"
  readonly aic: string
  /** When its source wrote it. */
  readonly at: number
  readonly uptimeSeconds: number | undefined
  readonly running: Running
  readonly metrics: Metrics | undefined
}

const Percent = z.number().min(0).max(100)
const Count = z.int().nonnegative()
const Ms = z.number().nonnegative()

const LoadMetrics = z.object({
  activeTasks: Count,
  queuedTasks: Count,
  maxActiveTasks: Count.optional(),
  maxQueuedTasks: Count.optional(),
  cpuUsage: Percent.optional(),
  memoryUsage: Percent.optional(),
  diskUsage: Percent.optional(),
  networkInUsage: Percent.optional(),
  networkOutUsage: Percent.optional(),
})

const WindowMetrics = z.object({
  /** ISO 8601. */
  window: z
    .string()
    .max(32)
    .regex(/^P(?=.)(?:\d{1,4}D)?(?:T(?=.)(?:\d{1,4}H)?(?:\d{1,5}M)?(?:\d{1,6}S)?)?$/),
  successRate: Percent,
  requestTotal: Count.optional(),
  requestPerSecond: Ms.optional(),
  avgThroughputMBps: Ms.optional(),
  peakThroughputMBps: Ms.optional(),
  avgLatencyMs: Ms.optional(),
  p99LatencyMs: Ms.optional(),
  p95LatencyMs: Ms.optional(),
  p90LatencyMs: Ms.optional(),
  p80LatencyMs: Ms.optional(),
  p75LatencyMs: Ms.optional(),
  p50LatencyMs: Ms.optional(),
})

/** What of MetricsBody is kept: numbers alone. */
export const Metrics = z.object({
  loadMetrics: LoadMetrics.optional(),
  windowMetrics: z.array(WindowMetrics).max(8).optional(),
})
export type Metrics = z.infer<typeof Metrics>

const momentForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
const digestForm = /^[0-9a-f]{64}$/
const maxText = 128
const maxUptime = 10 ** 10

/** Reads one line of a log, or says what is wrong with it. UNTRUSTED; whoever calls bounds its length. */
export function readRecord(line: string): AmpRecord {
  const record = parsed(line)
  const { logType, schemaVersion, body = {} } = record
  if (typeof schemaVersion !== "string" || schemaVersion.length > maxText)
    throw wrong("`schemaVersion` is a text such as 1.0.0")
  if (logType !== "heartbeat" && logType !== "metrics")
    throw wrong("`logType` is `heartbeat` or `metrics`: others are not taken here")
  if (!isJsonObject(body)) throw wrong("`body` is an object")
  const { uptimeSeconds } = body
  if (
    uptimeSeconds !== undefined &&
    !(typeof uptimeSeconds === "number" && uptimeSeconds >= 0 && uptimeSeconds <= maxUptime)
  )
    throw wrong("`body.uptimeSeconds` is a number of seconds")
  return {
    type: logType,
    aic: codeIn(record["aic"]),
    at: momentIn(record["timestamp"]),
    uptimeSeconds,
    running: runningIn(record),
    metrics: logType === "metrics" ? metricsIn(body) : undefined,
  }
}

function parsed(line: string): JsonObject {
  try {
    const value = parseStrict(line, { maxDepth: 8 })
    if (isJsonObject(value)) return value
  } catch (error) {
    if (isFailure(error, "invalid_json")) throw wrong(error.message)
    throw error
  }
  throw wrong("a record is a JSON object")
}

function codeIn(value: JsonValue | undefined): string {
  const aic = typeof value === "string" ? parseAic(value) : undefined
  if (aic === undefined) throw wrong("`aic` is the identity code of the agent")
  return formatAic(aic)
}

function momentIn(value: JsonValue | undefined): number {
  const at = typeof value === "string" && momentForm.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) throw wrong("`timestamp` is a moment with its zone, such as 2026-01-01T00:00:00Z")
  return at
}

function metricsIn(body: JsonObject): Metrics {
  const read = Metrics.safeParse(body)
  if (read.success) return read.data
  const at = read.error.issues[0]?.path.join(".").slice(0, 100) ?? ""
  throw wrong(`correct \`body${at === "" ? "" : `.${at}`}\`: give it as AMP has it`)
}

/**
 * OpenTelemetry's `service.version` and `service.instance.id`, of the resource; and, because AMP has no member for what a version
 * consists of, the digests of its parts in the attributes `hufu.model`, `hufu.prompt`, `hufu.tools` and `hufu.code`.
 */
function runningIn({ resource, attributes }: JsonObject): Running {
  const [of, said] = [resource ?? {}, attributes ?? {}]
  if (!isJsonObject(of)) throw wrong("`resource` is an object")
  if (!isJsonObject(said)) throw wrong("`attributes` is an object")
  const parts: Partial<Record<VersionPartName, string>> = {}
  for (const part of versionParts) {
    const digest = said[`hufu.${part}`]
    if (digest === undefined) continue
    if (typeof digest !== "string" || !digestForm.test(digest))
      throw wrong(`\`attributes["hufu.${part}"]\` is a SHA-256 digest in lower-case hexadecimal`)
    parts[part] = digest
  }
  return {
    version: textIn(of["service.version"], "service.version"),
    parts,
    instance: textIn(of["service.instance.id"], "service.instance.id"),
  }
}

function textIn(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === "string" && value !== "" && value.length <= maxText) return value
  throw wrong(`\`resource["${name}"]\` is a text of at most ${maxText} characters`)
}

function wrong(detail: string): AmpError {
  return new AmpError("AMP_INVALID_RECORD", detail)
}
