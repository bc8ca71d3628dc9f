import { openCaller } from "../mcp-caller.ts"
import { seeded } from "../seeded.ts"
import { type DoorFacts, hostileRequest } from "./hostile-request.ts"
import type { HostileTarget } from "./hostile-target.ts"
import { sendBytes } from "./send-bytes.ts"

/** What one door made of its messages. */
export interface DoorReport {
  door: string
  messages: number
  /** How many answers had each status; `none` is a connection that ended without one. */
  answers: Record<string, number>
  problems: string[]
}

const atOnce = 8
const renewEvery = 500

/** Send generated requests to the HTTP door and look at every answer. */
export async function attackHttp(target: HostileTarget, messages: number, seed: number): Promise<DoorReport> {
  const report: DoorReport = { door: "http", messages, answers: {}, problems: [] }
  const random = seeded(seed)
  const at = new URL(target.door)
  const to = { host: at.hostname.replace(/^\[|\]$/g, ""), port: Number(at.port) }
  let facts = await doorFacts(target, at)
  let next = 0
  const worker = async () => {
    for (let n = next++; n < messages && target.ended() === undefined; n = next++) {
      if (n % renewEvery === renewEvery - 1) facts = await doorFacts(target, at) // a hostile message may end the session
      const { family, bytes } = hostileRequest(random, facts, `m${seed}-${n}`)
      const answer = await sendBytes(to, bytes)
      for (const status of answer.statuses.length === 0 ? ["none"] : answer.statuses)
        report.answers[status] = (report.answers[status] ?? 0) + 1
      report.problems.push(...wrongAnswers(answer, `${family} (message ${n})`))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const ended = target.ended()
  if (ended !== undefined)
    report.problems.push(`the node ended: ${JSON.stringify(ended)} ${target.errorText()}`)
  return report
}

/** A door never fails by itself, and never tells how it is built. */
export function wrongAnswers(
  { statuses, text }: { statuses: number[]; text: string },
  what: string,
): string[] {
  const failed = statuses.filter((status) => status >= 500 && status !== 503)
  const trace = /\n\s+at .+:\d+:\d+|node:internal|\/node_modules\//.test(text)
  return [
    ...failed.map((status) => `${what} was answered with ${status}`),
    ...(trace ? [`${what} was answered with a stack trace`] : []),
  ]
}

async function doorFacts(target: HostileTarget, at: URL): Promise<DoorFacts> {
  const credential = target.credential === undefined ? {} : { credential: target.credential }
  const caller = await openCaller({ url: target.door, era: "legacy", ...credential })
  await caller.close()
  const session = caller.headers["mcp-session-id"]
  return {
    path: at.pathname,
    host: at.host,
    ...credential,
    ...(target.otherCredential === undefined ? {} : { otherCredential: target.otherCredential }),
    ...(session === undefined ? {} : { session }),
  }
}
