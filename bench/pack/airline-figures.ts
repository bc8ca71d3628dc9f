import { canonicalize } from "@hufu/core/json/canonical"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { type AirlineCase, decideCase } from "./airline-case.ts"
import type { AirlineRuns, readAirline, Tau2Call } from "./read-airline.ts"

type Data = Exclude<ReturnType<typeof readAirline>, string>

/** Tools that change something: the others are free. */
const writes = new Set([
  "book_reservation",
  "cancel_reservation",
  "update_reservation_flights",
  "update_reservation_baggages",
  "update_reservation_passengers",
  "send_certificate",
])

export interface Blocked {
  readonly what: string
  readonly rules: readonly string[]
}

export interface AirlineFigures {
  readonly gold: { readonly actions: number; readonly blocked: readonly Blocked[] }
  readonly forbidden: {
    readonly actions: number
    readonly passed: readonly string[]
    readonly rules: Readonly<Record<string, number>>
  }
  readonly micro: {
    readonly cases: number
    readonly truePositive: number
    readonly falsePositive: readonly Blocked[]
    readonly falseNegative: readonly string[]
  }
  /** Calls of recorded runs, by whether the run came out right. */
  readonly runs: Readonly<
    Record<
      "right" | "wrong",
      {
        readonly runs: number
        readonly calls: number
        readonly refusedByServer: number
        /** Calls that the later version of the benchmark has as right, and how many of them are blocked. */
        readonly right: number
        readonly rightBlocked: readonly Blocked[]
        readonly blocked: readonly Blocked[]
      }
    >
  >
}

/** Decides every case of the data. */
export function airlineFigures({ tau2, runs }: Data): AirlineFigures {
  const gold = tau2.tasks.flatMap(({ id, user, gold_actions: actions }) =>
    actions
      .filter(({ name }) => writes.has(name))
      .map((call) => ({ id, verdict: decideCase(caseOf(call, runs, user.known_info ?? "")), call })),
  )
  const forbidden = tau2.forbidden_actions.map((call) => ({ call, verdict: decideCase(caseOf(call, runs)) }))
  const micro = tau2.micro.map((call) => ({ call, verdict: decideCase(caseOf(call, runs)) }))
  const isBlocked = ({ verdict }: { verdict: { verdict: string } }) => verdict.verdict !== "allow"
  const found = micro.filter(isBlocked)
  return {
    gold: {
      actions: gold.length,
      blocked: gold
        .filter(isBlocked)
        .map(({ id, call, verdict }) => ({ what: `task ${id} ${call.name}`, rules: verdict.rules })),
    },
    forbidden: {
      actions: forbidden.length,
      passed: forbidden.filter((one) => !isBlocked(one)).map(({ call }) => `task ${call.task} ${call.name}`),
      rules: counts(forbidden.flatMap(({ verdict }) => verdict.rules)),
    },
    micro: {
      cases: micro.length,
      truePositive: found.filter(({ call }) => !call.allowed).length,
      falsePositive: found
        .filter(({ call }) => call.allowed)
        .map(({ call, verdict }) => ({ what: describe(call), rules: verdict.rules })),
      falseNegative: micro
        .filter((one) => !isBlocked(one) && !one.call.allowed)
        .map(({ call }) => `${describe(call)}: ${call.violations.join(", ")}`),
    },
    runs: { right: replay(runs, 1), wrong: replay(runs, 0) },
  }
}

/** What stands in the data as claims is what the customer said; nothing else of the conversation is there. */
function caseOf(
  { name, arguments: args, claims, context }: Tau2Call,
  runs: AirlineRuns,
  known = "",
): AirlineCase {
  const { user_id: user, reason, complaint } = claims ?? {}
  const { reservation, segment_status: statuses = [], user: profile } = context ?? {}
  const id = text(reservation?.["user_id"]) ?? text(args["user_id"])
  return {
    tool: name,
    arguments: args,
    said: [
      known,
      ...(user ? [`My user id is ${user}.`] : []),
      ...(reason ? [`The reason is ${reason}.`] : []),
      ...(complaint ? [`My flight was ${complaint}.`] : []),
    ],
    reservations: reservation ? [reservation] : [],
    customer: id && profile ? { id, profile } : undefined,
    statuses,
    flights: flightsIn(args, runs),
  }
}

/** Where the flights of the arguments go, as the airline's own list says it. */
function flightsIn(args: JsonObject, { flights }: AirlineRuns): JsonObject[] {
  const given = Array.isArray(args["flights"]) ? args["flights"] : []
  return given.flatMap((one) => {
    const number = isJsonObject(one) ? text(one["flight_number"]) : undefined
    const found = number === undefined ? undefined : flights[number]
    return number === undefined || found === undefined
      ? []
      : [{ flight_number: number, origin: found.origin, destination: found.destination }]
  })
}

/** Plays the recorded runs again, with the records as they became by the calls before. */
function replay(data: AirlineRuns, reward: number): AirlineFigures["runs"]["right"] {
  const blocked: Blocked[] = []
  const runs = data.runs.filter((run) => run.reward === reward)
  const rightBlocked: Blocked[] = []
  const gold = new Set(
    data.gold2.flatMap(({ actions }) => actions.map(({ name, args }) => canonicalize([name, args]))),
  )
  let refusedByServer = 0
  let right = 0
  for (const run of runs) {
    const reservations = new Map(Object.entries(data.reservations))
    const said = [`My user id is ${run.user_id}.`]
    for (const { name, args, lastUser, toolSaid } of run.calls) {
      said.push(lastUser)
      const reservation = reservations.get(text(args["reservation_id"]) ?? "")
      const id = text(reservation?.["user_id"]) ?? text(args["user_id"]) ?? run.user_id
      const profile = data.users[id]
      const verdict = decideCase({
        tool: name,
        arguments: args,
        said,
        reservations: reservation
          ? [reservation]
          : [...reservations.values()].filter((one) => one["user_id"] === id),
        customer: profile ? { id, profile } : undefined,
        statuses: statusesOf(
          reservation ? [reservation] : [...reservations.values()].filter((one) => one["user_id"] === id),
          data,
        ),
        flights: flightsIn(args, data),
      })
      const isRight = gold.has(canonicalize([name, args]))
      if (isRight) right += 1
      if (verdict.verdict !== "allow") {
        const found = { what: `task ${run.task_id} ${name}`, rules: verdict.rules }
        blocked.push(found)
        if (isRight) rightBlocked.push(found)
      }
      if (toolSaid.startsWith("Error")) refusedByServer += 1
      else if (reservation)
        reservations.set(text(args["reservation_id"]) ?? "", { ...reservation, ...changeOf(args) })
    }
  }
  return {
    runs: runs.length,
    calls: runs.reduce((sum, { calls }) => sum + calls.length, 0),
    refusedByServer,
    right,
    rightBlocked,
    blocked,
  }
}

function changeOf({ cabin, passengers, total_baggages: bags, flights }: JsonObject): JsonObject {
  return {
    ...(cabin === undefined ? {} : { cabin }),
    ...(passengers === undefined ? {} : { passengers }),
    ...(bags === undefined ? {} : { total_baggages: bags }),
    ...(flights === undefined ? {} : { flights }),
  }
}

function statusesOf(reservations: readonly JsonObject[], { flights }: AirlineRuns): AirlineCase["statuses"] {
  return reservations.flatMap(({ flights: segments }) =>
    (Array.isArray(segments) ? segments : []).flatMap((segment) => {
      const number = isJsonObject(segment) ? text(segment["flight_number"]) : undefined
      const date = isJsonObject(segment) ? text(segment["date"]) : undefined
      const status =
        number === undefined || date === undefined ? undefined : flights[number]?.dates[date]?.status
      return number && date && status ? [{ flight_number: number, date, status }] : []
    }),
  )
}

function counts(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))
}

function describe({ name, arguments: args }: Tau2Call): string {
  return `${name} ${JSON.stringify(args).slice(0, 160)}`
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}
