import { startProcess, type StartedProcess } from "../process/start-process.ts"
import { seeded } from "../seeded.ts"
import { legacyRevision } from "../upstream/mcp-message.ts"
import { hostileBody } from "./hostile-body.ts"
import type { HostileTarget } from "./hostile-target.ts"
import { type DoorReport, wrongAnswers } from "./http-door.ts"

const fenceEvery = 20
const mostStarts = 100
const fenceWithinMs = 30_000
const newline = Buffer.from("\n")

/** Write generated lines to a guard as its client; after every few, a ping must still be answered. */
export async function attackGuard(
  target: HostileTarget,
  messages: number,
  seed: number,
): Promise<DoorReport> {
  const report: DoorReport = { door: "guard", messages, answers: {}, problems: [] }
  if (target.guard === undefined) return { ...report, messages: 0 }
  const random = seeded(seed)
  const ends = new Set<string>()
  let guard = await startGuard(target.guard)
  for (let n = 0, starts = 1; n < messages; n += fenceEvery) {
    const some = Array.from({ length: Math.min(fenceEvery, messages - n) }, (_, of) => n + of)
    for (const each of some) {
      const { bytes } = hostileBody(random, `g${seed}-${each}`)
      guard.stdin.write(Buffer.concat([oneLine(bytes), newline]))
    }
    const end = await fence(guard, `fence-${n}`, report).then(
      () => undefined,
      (error: unknown) =>
        `the guard ended: ${error instanceof Error ? error.message : "?"} ${guard.errorText()}`,
    )
    if (end === undefined) continue
    ends.add(end)
    await guard.kill9()
    if (starts++ === mostStarts) break
    guard = await startGuard(target.guard)
  }
  await guard.stop()
  report.problems.push(...ends)
  return report
}

/** Start a guard and its session; it counts as ready when it has answered `initialize`. */
export async function startGuard({
  command,
  args,
}: {
  command: string
  args: string[]
}): Promise<StartedProcess> {
  const clientInfo = { name: "hostile", version: "1" }
  const params = { protocolVersion: legacyRevision, capabilities: {}, clientInfo }
  const firstInput = `${JSON.stringify({ jsonrpc: "2.0", id: "hello", method: "initialize", params })}\n`
  const guard = await startProcess(command, args, { firstInput })
  guard.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`)
  return guard
}

// A line break inside the bytes would make two messages of one, which is a message of its own in other families.
const oneLine = (bytes: Buffer) => Buffer.from(bytes.map((byte) => (byte === 10 ? 32 : byte)))

async function fence(guard: StartedProcess, id: string, report: DoorReport): Promise<void> {
  guard.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method: "ping" })}\n`)
  const late = AbortSignal.timeout(fenceWithinMs)
  for (;;) {
    const line = await Promise.race([guard.nextLine(), rejectWhen(late)])
    if (line === "") throw new Error("it closed its output")
    const kind = line.includes('"error"') ? "error" : "result"
    report.answers[kind] = (report.answers[kind] ?? 0) + 1
    report.problems.push(...wrongAnswers({ statuses: [], text: line }, "a line to the guard"))
    if (line.includes(`"${id}"`)) return
  }
}

function rejectWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("it did not answer a ping in time")))
  })
}
