import { openCaller } from "../mcp-caller.ts"
import type { MemoryProbe } from "../soak/memory-probe.ts"
import { callAtOnce } from "../soak/call-at-once.ts"
import { problemsOf, settledFigures, type SettledFigures } from "../soak/settled-figures.ts"
import { undecided } from "./forwarded.ts"
import { attackGuard } from "./guard-door.ts"
import type { HostileTarget } from "./hostile-target.ts"
import { attackHttp, type DoorReport } from "./http-door.ts"
import { attackSocket } from "./socket-door.ts"

export interface HostileOptions {
  /** How many messages each door gets. */
  messages: number
  seed: number
  /** Whether memory counts: by default it does. */
  withMemory?: boolean
  say?: (line: string) => void
}

export interface HostileReport {
  seed: number
  doors: DoorReport[]
  received: number
  before: SettledFigures
  after: SettledFigures
  problems: string[]
}

const warmMessages = 1500

/** Send generated messages to every door of a target, then ask what got through and what is left. */
export async function attack(
  target: HostileTarget,
  probe: MemoryProbe,
  options: HostileOptions,
): Promise<HostileReport> {
  await everyDoor(target, Math.min(warmMessages, options.messages), options.seed + 1)
  await callAtOnce(target)
  const { withMemory } = options
  const before = await settledFigures(target.pid, probe, { withMemory })
  const doors = await everyDoor(target, options.messages, options.seed)
  options.say?.(`sent: ${doors.map((door) => `${door.door} ${JSON.stringify(door.answers)}`).join(", ")}`)
  const after = await settledFigures(target.pid, probe, { goal: before, withMemory })
  const served = await stillServes(target)
  const received = target.received()
  const through = undecided(received, (await target.decided?.()) ?? [])
  return {
    seed: options.seed,
    doors,
    received: received.length,
    before,
    after,
    problems: [...doors.flatMap((door) => door.problems), ...served, ...through, ...leaks(before, after)],
  }
}

// Messages of many megabytes leave the allocator with more pages than it uses, so what the program holds is what counts.
function leaks(before: SettledFigures, after: SettledFigures): string[] {
  return problemsOf(before, after).filter((problem) => !problem.startsWith("resident memory"))
}

async function everyDoor(target: HostileTarget, messages: number, seed: number): Promise<DoorReport[]> {
  return [
    await attackHttp(target, messages, seed),
    await attackGuard(target, messages, seed),
    await attackSocket(target, messages, seed),
  ]
}

async function stillServes(target: HostileTarget): Promise<string[]> {
  const credential = target.credential === undefined ? {} : { credential: target.credential }
  const caller = await openCaller({ url: target.door, era: "modern", ...credential })
  const answer = await caller.call("add_note", { id: "after-the-attack", text: "a note" })
  await caller.close()
  const served = answer.status === 200 && answer.message?.result?.["isError"] !== true
  const unseen = await target.look?.().then(
    () => undefined,
    (error: unknown) => String(error),
  )
  return [
    ...(served ? [] : [`afterwards an honest call was answered with ${answer.status}`]),
    ...(unseen === undefined ? [] : [`afterwards the person cannot look: ${unseen}`]),
  ]
}
