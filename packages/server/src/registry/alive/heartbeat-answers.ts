import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { AmpError } from "./amp-error.ts"
import { readAmpFilter } from "./amp-filter.ts"
import { readPage, readRequest } from "./amp-page.ts"
import type { AmpAsker, AnswerParts } from "./answer-amp.ts"
import type { Heard } from "./heard.ts"

/** HeartbeatLivenessView of AMP. */
interface LivenessView {
  readonly aic: string
  readonly isAlive: boolean
  readonly livenessState: "alive" | "silent"
  readonly lastSeenAt: string
  readonly sourceTimestamp?: string
  readonly silenceDurationSeconds: number
}

const fields = {
  aic: "code",
  isAlive: "flag",
  livenessState: "word",
  silenceDurationSeconds: "number",
} as const
const bucketSeconds = [10, 30, 60, 120, 300, 600, 3600, 86_400] as const
const mostCompared = 20_000
const mostTop = 500

/** What AMP asks of heartbeats. UNTRUSTED: the bodies. */
export function heartbeatAnswers({ alive, now }: AnswerParts) {
  const { settings } = alive
  const meta = () => ({
    // What is asked for is what is written to: nothing lags.
    dataFreshnessAt: moment(now()),
    ingestionLagMs: 0,
    evaluatedAt: moment(now()),
    silenceThresholdSeconds: settings.lateSeconds,
    evictAfterSeconds: settings.keepDays * 86_400,
  })
  const silence = ({ lastSeenAt }: Heard) => Math.max(0, (now() - lastSeenAt) / 1000)

  function viewOf(aic: string, of: Heard): LivenessView {
    const isAlive = alive.stateOf(of) === "alive"
    return {
      aic,
      isAlive,
      livenessState: isAlive ? "alive" : "silent",
      lastSeenAt: moment(of.lastSeenAt),
      ...(of.sourceAt === 0 ? {} : { sourceTimestamp: moment(of.sourceAt) }),
      silenceDurationSeconds: silence(of),
    }
  }

  /** Everyone who is in service and was heard of. */
  function* views(): Generator<LivenessView> {
    for (const [registration, of] of alive.heard().entries()) {
      const sender = of.lastSeenAt === 0 ? undefined : alive.senders.find(registration)
      if (sender !== undefined) yield viewOf(sender.aic, of)
    }
  }

  function byCode(aic: string): LivenessView | undefined {
    const sender = alive.senders.byAic(aic)
    const of = sender && alive.heard().get(sender.registration)
    return sender === undefined || of === undefined || of.lastSeenAt === 0 ? undefined : viewOf(aic, of)
  }

  return {
    one(aic: string) {
      const view = byCode(aic)
      if (view === undefined)
        throw new AmpError("AMP_HEARTBEAT_AIC_UNKNOWN", "no agent of this code in service was heard of here")
      return { data: view, meta: meta() }
    },

    query(body: JsonValue, { mayLook }: AmpAsker) {
      const request = readRequest(body)
      const filter = readAmpFilter<LivenessView>(request["filter"], fields, (view, field) => {
        // The fields of the filter are those of the view.
        const value = view[field as keyof LivenessView]
        return value === undefined ? [] : [value]
      })
      const { limit, after, next } = readPage(request)
      if (!filter.isSelective || (filter.codes === undefined && !mayLook))
        throw new AmpError(
          "AMP_QUERY_REQUIRES_SELECTIVE_FILTER",
          "filter by `aic`; whoever may look at this node may filter by anything",
        )
      const order = orderOf(request["sort"])
      const found: LivenessView[] = []
      const all = filter.codes?.flatMap((code) => byCode(code) ?? []) ?? views()
      for (const view of all) {
        if (!filter.fits(view)) continue
        found.push(view)
        if (found.length > mostCompared)
          throw new AmpError("AMP_INVALID_FILTER", `more than ${mostCompared} agents fit: narrow the filter`)
      }
      const sorted = found.toSorted((one, other) => order * (keyOf(one) < keyOf(other) ? -1 : 1))
      const rest =
        after === undefined
          ? sorted
          : sorted.filter((view) => (order > 0 ? keyOf(view) > after : keyOf(view) < after))
      const items = rest.slice(0, limit)
      const last = items.at(-1)
      const cursor = last === undefined || rest.length <= limit ? {} : { nextCursor: next(keyOf(last)) }
      return { items, meta: { ...meta(), approximateTotal: found.length, ...cursor } }
    },

    silence(body: JsonValue) {
      const request = readRequest(body)
      const topN = numberIn(request, "topN", 10)
      const least = numberIn(request, "minSilenceSeconds", 0)
      const most = numberIn(request, "maxSilenceSeconds", Number.MAX_SAFE_INTEGER)
      if (least > most || topN < 1 || topN > mostTop)
        throw new AmpError(
          "AMP_HEARTBEAT_SILENCE_RANGE_INVALID",
          `\`minSilenceSeconds\` is not above \`maxSilenceSeconds\`, and \`topN\` is from 1 to ${mostTop}`,
        )
      const top: LivenessView[] = []
      for (const view of views()) {
        const { silenceDurationSeconds: silent, isAlive } = view
        if (silent < least || silent > most || (request["onlySilent"] === true && isAlive)) continue
        top.push(view)
        if (top.length >= 2 * mostTop) keepLongest(top, topN)
      }
      keepLongest(top, topN)
      return {
        items: top.map(({ aic, lastSeenAt, silenceDurationSeconds }) => ({
          aic,
          lastSeenAt,
          silenceDurationSeconds,
        })),
        meta: meta(),
      }
    },

    summary() {
      let [known, living] = [0, 0]
      const buckets = bucketSeconds.map((leSeconds) => ({ leSeconds, count: 0 }))
      for (const [, of] of alive.heard().entries()) {
        if (of.lastSeenAt === 0) continue
        known += 1
        if (alive.stateOf(of) === "alive") living += 1
        for (const bucket of buckets) if (silence(of) <= bucket.leSeconds) bucket.count += 1
      }
      return {
        data: { totalKnown: known, aliveCount: living, silentCount: known - living, silenceBuckets: buckets },
        meta: meta(),
      }
    },
  }
}

function keepLongest(views: LivenessView[], most: number): void {
  views.sort((one, other) => other.silenceDurationSeconds - one.silenceDurationSeconds)
  views.splice(most)
}

/** Moments of one length, so that they stand in the order of time; then the code. */
function keyOf({ lastSeenAt, aic }: LivenessView): string {
  return `${lastSeenAt} ${aic}`
}

/** Up or down by when each was heard of last; silence is that turned around. */
function orderOf(sort: JsonValue | undefined): 1 | -1 {
  if (sort === undefined) return -1
  const [only, ...more] = Array.isArray(sort) ? sort : [undefined]
  // A list of AMPSortSpec; what is none of it is refused below.
  const { field, order = "asc" } = (only ?? {}) as { field?: JsonValue; order?: JsonValue }
  if (more.length > 0 || (field !== "lastSeenAt" && field !== "silenceDurationSeconds"))
    throw new AmpError("AMP_UNSUPPORTED_FIELD", "sort by `lastSeenAt` or `silenceDurationSeconds`")
  return (order === "desc") === (field === "lastSeenAt") ? -1 : 1
}

function numberIn(request: JsonObject, name: string, or: number): number {
  const value = request[name] ?? or
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value
  throw new AmpError("AMP_HEARTBEAT_SILENCE_RANGE_INVALID", `\`${name}\` is a number that is not negative`)
}

function moment(at: number): string {
  return new Date(at).toISOString()
}
