import { readFile } from "node:fs/promises"
import type { Output } from "@hufu/core/contract/contract"
import type { DelegationState } from "@hufu/core/delegation/delegation-state"
import {
  type FaultWorld,
  membersOf,
  textIn,
  type PartnerName,
  type Protocol,
  protocols,
} from "./fault-world.ts"

/** What a partner does wrong, and what has to become of the task: how it ends, why, and what it made. */
export interface Fault {
  readonly partner: PartnerName
  readonly fault: string
  readonly state: DelegationState
  /** Why Hufu ended it; null where its partner did. */
  readonly code: Readonly<Record<Protocol, string | null>>
  readonly products: readonly string[]
}

const both = (code: string | null) => ({ a2a: code, aip: code })

export const faults: readonly Fault[] = [
  // Killed in the midst: it comes back and knows its task, or does not know it, or does not come back.
  { partner: "remembers", fault: "kill", state: "completed", code: both(null), products: ["done"] },
  {
    partner: "forgets",
    fault: "kill",
    state: "failed",
    code: { a2a: "upstream_lost", aip: "not_found" },
    products: [],
  },
  { partner: "gone", fault: "kill", state: "failed", code: both("upstream_lost"), products: [] },
  { partner: "faulty", fault: "duplicate", state: "completed", code: both(null), products: ["a", "b"] },
  { partner: "faulty", fault: "reorder", state: "completed", code: both(null), products: ["a", "b"] },
  // It never answers, or never ends.
  { partner: "faulty", fault: "silent", state: "failed", code: both("upstream_lost"), products: [] },
  { partner: "faulty", fault: "never", state: "failed", code: both("upstream_lost"), products: [] },
  // It speaks as somebody else, or of a task that is another's.
  {
    partner: "faulty",
    fault: "liar",
    state: "failed",
    code: { a2a: "invalid_input", aip: "forbidden" },
    products: [],
  },
  { partner: "faulty", fault: "flood-events", state: "failed", code: both("too_large"), products: [] },
  { partner: "faulty", fault: "flood-products", state: "failed", code: both("too_large"), products: [] },
  { partner: "faulty", fault: "huge", state: "failed", code: both("too_large"), products: [] },
  { partner: "faulty", fault: "parts", state: "failed", code: both("invalid_input"), products: [] },
]

/** A task that a partner does wrong with. */
interface Case extends Fault {
  readonly protocol: Protocol
  readonly server: string
  readonly task: string
}

export interface Round {
  /** What did not come out as it has to, a sentence each. */
  readonly wrong: readonly string[]
  readonly cases: number
}

/**
 * Has every fault happen, all at once and over both protocols; partners that die are killed once their task is under way.
 *
 * @param isNodeKilled whether the node is killed, too, while all of it goes on
 */
export async function runFaults(
  world: FaultWorld,
  { of = faults, isNodeKilled = false }: { of?: readonly Fault[]; isNodeKilled?: boolean } = {},
): Promise<Round> {
  const cases: Case[] = []
  const before = new Map<string, number>()
  for (const each of of) {
    const key = `${each.partner} ${each.fault}`
    before.set(key, await world.begun(each.partner, each.fault))
    for (const protocol of protocols) {
      const server = `${each.partner}-${protocol}`
      cases.push({ ...each, protocol, server, task: await world.ask(server, each.fault) })
    }
  }
  const dying = [...new Set(of.map(({ partner }) => partner))].filter((name) => name !== "faulty")
  // Whatever the partner has said nothing of when the node dies is lost for good: it has no name yet.
  for (const each of cases)
    if (each.fault !== "silent" && (isNodeKilled || each.partner !== "faulty"))
      await until(world, each, (state) => state !== "submitted")
  const comeBack = await Promise.all(
    dying.map(async (name) => ({ name, start: await world.killPartner(name) })),
  )
  if (isNodeKilled) {
    await world.node.kill9()
    await world.node.restart()
  }
  for (const { name, start } of comeBack) if (name !== "gone") await start()
  const wrong: string[] = []
  for (const each of cases) wrong.push(...(await judge(world, each)))
  for (const each of of) {
    const begun =
      (await world.begun(each.partner, each.fault)) - (before.get(`${each.partner} ${each.fault}`) ?? 0)
    if (begun !== protocols.length) wrong.push(`${each.partner} ${each.fault}: begun ${begun} times`)
  }
  for (const { name, start } of comeBack) if (name === "gone") await start()
  return { wrong, cases: cases.length }
}

const ends: ReadonlySet<string> = new Set(["completed", "failed", "canceled", "rejected"])

async function judge(world: FaultWorld, of: Case): Promise<string[]> {
  const name = `${of.server} ${of.fault}`
  const shown = await until(world, of, (state) => ends.has(state))
  if (shown === undefined) return [`${name}: it does not end`]
  const wrong: string[] = []
  if (shown.state !== of.state) wrong.push(`${name}: it is ${shown.state}, not ${of.state}`)
  // The principal is told why.
  if (shown.ended !== of.code[of.protocol])
    wrong.push(`${name}: the person is told \`${shown.ended}\`, not \`${of.code[of.protocol]}\``)
  const task = await world.task({ partner: of.server, fault: of.fault }, of.task)
  const artifacts = Array.isArray(task["artifacts"]) ? task["artifacts"].map(membersOf) : []
  const products = artifacts.map(({ artifactId }) => textIn(artifactId)).toSorted()
  if (of.state === "completed" && products.join() !== of.products.join())
    wrong.push(`${name}: it made ${products.join(", ")}, not ${of.products.join(", ")}`)
  if (of.state === "failed" && JSON.stringify(membersOf(task["status"])["message"] ?? "").length < 50)
    wrong.push(`${name}: the agent is not told why`)
  if (wrong.length > 0) {
    const { events } = (await world.node.api(
      "GET",
      `/v1/delegations/${shown.id}`,
    )) as Output<"delegation.show">
    const what = events.map(({ state, code, reasons }) => [state, code, ...reasons.map(({ rule }) => rule)])
    wrong.push(`${name}: ${JSON.stringify(what).slice(0, 400)}`)
  }
  return wrong
}

const patienceMs = 60_000

async function until(world: FaultWorld, { server, task }: Case, is: (state: string) => boolean) {
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    const found = (await world.delegations()).find((each) => each.server === server && each.name === task)
    if (found !== undefined && is(found.state)) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return undefined
}

/** The most memory that a process ever had, in MiB; undefined where the system does not say. */
export async function peakMiB(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "")
  const kiB = /VmHWM:\s+(\d+)/.exec(text)?.[1]
  return kiB === undefined ? undefined : Math.round(Number(kiB) / 1024)
}
