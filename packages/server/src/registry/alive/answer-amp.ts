import { formatAic, parseAic } from "@hufu/core/identity/aic"
import type { JsonValue } from "@hufu/core/json/json-value"
import type { Alive } from "./alive.ts"
import { AmpError } from "./amp-error.ts"
import { heartbeatAnswers } from "./heartbeat-answers.ts"
import { metricAnswers } from "./metric-answers.ts"
import { metricRankings } from "./metric-rankings.ts"
import type { Sender } from "./senders.ts"

/** Who asks. */
export interface AmpAsker {
  /** A registered agent, which may ask for its own. */
  readonly sender: Sender | undefined
  /** A person, or a program of this computer's user: everything. */
  readonly mayLook: boolean
}

export interface AmpQuestion {
  /** Under the base. */
  readonly path: string
  readonly method: string
  readonly asker: AmpAsker
  readonly body: () => Promise<JsonValue>
}

export interface AnswerParts {
  readonly alive: Alive
  readonly now: () => number
}

/**
 * The query side of AMP, revision 02.02: heartbeats with the silences, metrics as snapshots, series, rankings, objectives and capacity. Whether an agent is alive is told
 * to every registered agent, as discovery tells it; how it runs, only to itself and to whoever may look at this node.
 */
export async function answerAmp(parts: AnswerParts, question: AmpQuestion): Promise<object> {
  const { path, method, asker, body } = question
  if (asker.sender === undefined && !asker.mayLook)
    throw new AmpError("AMP_UNAUTHENTICATED", "a registered agent or a person may ask here: say who you are")
  const heartbeats = heartbeatAnswers(parts)
  const metrics = metricAnswers(parts)
  const rankings = metricRankings(parts)
  const one = /^\/heartbeat\/liveness\/([^/]{1,200})$/.exec(path)?.[1]
  if (one !== undefined && path !== "/heartbeat/liveness/query") {
    requireMethod(method, "GET")
    return heartbeats.one(codeIn(one))
  }
  switch (path) {
    case "/heartbeat/liveness/query":
      requireMethod(method, "POST")
      return heartbeats.query(await body(), asker)
    case "/heartbeat/silence/top":
      requireMethod(method, "POST")
      requireLook(asker)
      return heartbeats.silence(await body())
    case "/heartbeat/summary":
      requireMethod(method, "GET")
      requireLook(asker)
      return heartbeats.summary()
    case "/heartbeat/sync/info":
    case "/heartbeat/sync/snapshot":
      throw new AmpError(
        "AMP_HEARTBEAT_SYNC_DISABLED",
        // AMP has them over Kafka alone, and this answer where there is none.
        "what is alive is asked for here, and not copied: ask `/heartbeat/liveness/query`",
      )
    case "/metrics/snapshots/query":
      requireMethod(method, "POST")
      return metrics.snapshots(await body(), asker)
    case "/metrics/series/query":
      requireMethod(method, "POST")
      return metrics.series(await body(), asker)
    case "/metrics/rankings/query":
      requireMethod(method, "POST")
      return rankings.rankings(await body(), asker)
    case "/metrics/slo/evaluate":
      requireMethod(method, "POST")
      return rankings.objectives(await body(), asker)
    case "/metrics/capacity/saturation":
      requireMethod(method, "POST")
      return rankings.saturation(await body(), asker)
    default:
      throw new AmpError(
        "AMP_NOT_FOUND",
        "of AMP there are `/heartbeat/…` and `/metrics/…` here, and `/logs` for what agents send",
      )
  }
}

function requireMethod(given: string, wanted: "GET" | "POST"): void {
  if (given !== wanted) throw new AmpError("AMP_METHOD_NOT_ALLOWED", `use ${wanted} here`)
}

function requireLook({ mayLook }: AmpAsker): void {
  if (!mayLook)
    throw new AmpError(
      "AMP_ACCESS_DENIED",
      "only a person, or whoever may look at this node, sees all agents",
    )
}

function codeIn(text: string): string {
  const aic = parseAic(text)
  if (aic === undefined) throw new AmpError("AMP_HEARTBEAT_AIC_UNKNOWN", "this is no agent identity code")
  return formatAic(aic)
}
