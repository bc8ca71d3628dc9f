import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { z } from "zod"

const Objects = z.record(z.string(), z.json())
const Status = z.object({ flight_number: z.string(), date: z.string(), status: z.string() })
const Context = z.object({
  reservation: Objects.optional(),
  segment_status: z.array(Status).default([]),
  user: Objects.optional(),
})
const Claims = z.object({
  user_id: z.string().nullish(),
  reason: z.string().nullish(),
  complaint: z.string().nullish(),
})
const Call = z.object({
  name: z.string(),
  arguments: Objects,
  claims: Claims.nullish(),
  context: Context.nullish(),
})

/** As much of τ²-bench's airline domain as is decided. */
const Tau2 = z.object({
  tasks: z.array(
    z.object({
      id: z.string(),
      user: z.object({ known_info: z.string().nullish() }),
      gold_actions: z.array(Call),
    }),
  ),
  forbidden_actions: z.array(Call.extend({ task: z.string() })),
  micro: z.array(Call.extend({ allowed: z.boolean(), violations: z.array(z.string()) })),
})

/** Recorded runs of τ-bench's airline domain with the records that they act upon. */
const Runs = z.object({
  runs: z.array(
    z.object({
      task_id: z.int(),
      reward: z.number(),
      user_id: z.string(),
      calls: z.array(
        z.object({ name: z.string(), args: Objects, lastUser: z.string(), toolSaid: z.string() }),
      ),
    }),
  ),
  /** What the later version of the benchmark has as right. */
  gold2: z.array(z.object({ actions: z.array(z.object({ name: z.string(), args: Objects })) })),
  reservations: z.record(z.string(), Objects),
  users: z.record(z.string(), Objects),
  flights: z.record(
    z.string(),
    z.object({
      origin: z.string(),
      destination: z.string(),
      dates: z.record(z.string(), z.object({ status: z.string() })),
    }),
  ),
})

export type Tau2Call = z.infer<typeof Call>
export type AirlineRuns = z.infer<typeof Runs>

const places = {
  tau2: ["tau2/airline.json", "airline.json"],
  runs: [
    "scenarios/tau_airline/fence_replay.json.gz",
    "tau_airline/fence_replay.json.gz",
    "fence_replay.json.gz",
  ],
}

/** Reads what is there of the data; a missing file is a sentence. */
export function readAirline(folder: string): { tau2: z.infer<typeof Tau2>; runs: AirlineRuns } | string {
  const [tau2, runs] = [places.tau2, places.runs].map((names) =>
    names.map((name) => join(folder, name)).find((path) => existsSync(path)),
  )
  if (tau2 === undefined || runs === undefined)
    return `there is no ${tau2 === undefined ? places.tau2[0] : places.runs[0]} in \`${folder}\`: give its folder by --data`
  return {
    tau2: Tau2.parse(JSON.parse(readFileSync(tau2, "utf8"))),
    runs: Runs.parse(JSON.parse(gunzipSync(readFileSync(runs)).toString("utf8"))),
  }
}
