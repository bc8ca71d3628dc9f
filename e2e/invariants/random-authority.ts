import { sample } from "fast-check"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { arbitraryArguments, arbitraryMandate } from "../../packages/core/src/mandate/mandate.arbitrary.ts"
import { type Draft, draftOf, type World, type WorldAgent } from "./world.ts"

const hourMs = 3_600_000

/** The servers and tools that the random mandates speak of; one profile each is confirmed, the rest is guessed. */
export const randomTools = ["fs/get", "fs/send", "mail/get", "mail/send"] as const
const confirmed = [
  ["fs", "get", "read"],
  ["mail", "send", "send"],
] as const

/** Registers the servers, shows their tools to the node and confirms some profiles. */
export async function addRandomServers(world: World): Promise<void> {
  const inputSchema = { type: "object", additionalProperties: true }
  world.upstream.tools = [
    { name: "get", description: "Gets a thing.", inputSchema },
    { name: "send", description: "Sends a thing.", inputSchema },
  ]
  for (const name of ["fs", "mail"]) {
    await world.person.server.add({ name, url: world.upstream.url })
    await world.person.tool.list({ server: name })
  }
  for (const [server, tool, effect] of confirmed) {
    const { items } = await world.person.tool.list({ server })
    const shown = items.find((each) => each.tool === tool)
    if (!shown) throw new Error(`${server} shows no ${tool}`)
    const profile = { ...(shown.profile as object), effect, source: "user", confirmed: true, roles: [] }
    await world.person.tool.confirm({ server, tool, definition: shown.definition, profile })
  }
}

/** Random mandates for this moment: those of core, whose times are small numbers, moved to where the clock is. */
export function randomDrafts(world: World, seed: number, count: number): Draft[] {
  const now = world.clock.now()
  const moved = (time: number) => (time < 1000 ? Math.max(0, now - hourMs + time) : now + hourMs + time)
  return sample(arbitraryMandate, { seed, numRuns: count }).map((mandate) => draftFrom(mandate, moved, now))
}

function draftFrom(mandate: Mandate, moved: (time: number) => number, now: number): Draft {
  const { words, grants, never, userOnly, otherwise, budget, from } = mandate
  return {
    words,
    never,
    userOnly,
    otherwise,
    grants: grants.map(({ until, ...grant }) => ({
      ...grant,
      ...(until === undefined ? {} : { until: moved(until) }),
    })),
    ...(budget ? { budget } : {}),
    ...(from === undefined ? {} : { from: moved(from) }),
    until: now + 2 * hourMs,
  }
}

/** Random arguments, few words over and over, so that they meet the mandates' limits often. */
export function randomArguments(seed: number, count: number): JsonObject[] {
  return sample(arbitraryArguments, { seed, numRuns: count })
}

let turn = 0

/** Makes these the only mandates of the agent. */
export async function setMandates(
  world: World,
  agent: WorldAgent,
  drafts: readonly Draft[],
): Promise<Mandate[]> {
  if (turn++ % 50 === 49) await world.renew()
  const { items } = await world.person.mandate.list({ agent: agent.id })
  for (const { id } of items) await world.person.mandate.revoke({ mandate: id })
  const granted: Mandate[] = []
  for (const draft of drafts)
    granted.push(await world.person.mandate.grant({ agent: agent.id, mandate: draftOf(world.clock, draft) }))
  return granted
}

/** A full run sets `N`; the usual one is small. */
export const rounds = (usual: number) => Number(process.env["N"] ?? usual)
