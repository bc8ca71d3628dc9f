import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Verdict } from "@hufu/core/policy/verdict"
import type { ToolProfile } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"
import { openPacks } from "@hufu/server/fence/packs/pack-memory"
import { readPack } from "@hufu/server/fence/packs/read-packs"
import { harmlessFacts } from "@hufu/server/fence/rules/harmless-facts"
import { loadRules } from "@hufu/server/fence/rules/load"
import { platformRules } from "@hufu/server/fence/rules/platform-rules"
import { fileURLToPath } from "node:url"

/** One call with what was looked up before it, and what the customer said. */
export interface AirlineCase {
  readonly tool: string
  readonly arguments: JsonObject
  readonly said: readonly string[]
  readonly reservations: readonly JsonObject[]
  readonly customer: { readonly id: string; readonly profile: JsonObject } | undefined
  readonly statuses: readonly {
    readonly flight_number: string
    readonly date: string
    readonly status: string
  }[]
  /** Flights with origin and destination, as a search gives them. */
  readonly flights: readonly JsonObject[]
  /** Reservations that were changed or cancelled in this task. */
  readonly changed?: readonly JsonObject[]
}

const server = "airline"
const task = "tsk_bench"
/** The moment that the data is of. */
const now = Date.parse("2024-05-15T15:00:00-05:00")

const pack = readPack(fileURLToPath(new URL("../../packs/airline-service", import.meta.url)))
const rules = loadRules([platformRules(), ...pack.sources])

/** Decides by the very parts that a node has: what was read goes in as results of tools that a person has confirmed. */
export function decideCase(given: AirlineCase): Verdict {
  const packs = openPacks([{ ...pack, servers: [server], figures: {} }], {
    now: () => now,
    monotonic: () => 0,
  })
  const read = (tool: string, args: JsonObject, value: JsonValue, effect: Effect = "read") => {
    const text = typeof value === "string" ? value : JSON.stringify(value)
    packs.returned(
      { task, server, tool, arguments: args, profile: confirmed(tool, effect) },
      { content: [{ type: "text", text }] },
    )
  }
  for (const reservation of given.changed ?? []) read("cancel_reservation", {}, reservation, "write")
  for (const reservation of given.reservations) read("get_reservation_details", {}, reservation)
  if (given.customer) read("get_user_details", { user_id: given.customer.id }, given.customer.profile)
  for (const { flight_number, date, status } of given.statuses)
    read("get_flight_status", { flight_number, date }, status)
  if (given.flights.length > 0) read("search_direct_flight", {}, [...given.flights])
  const known = packs.factsOf(
    { task, server, tool: given.tool, arguments: given.arguments },
    () => given.said,
  )
  const facts = harmlessFacts("write", known === undefined ? {} : { packs: known })
  return rules.decide({
    ...facts,
    resource: { ...facts.resource, id: `${server}/${given.tool}`, server, name: given.tool },
  })
}

function confirmed(tool: string, effect: Effect): ToolProfile {
  return {
    tool,
    definition: "0".repeat(64),
    effect,
    roles: [],
    reversible: "unknown",
    sensitivity: "private",
    openWorld: false,
    source: "user",
    confirmed: true,
  }
}
