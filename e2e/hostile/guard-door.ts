import { startProcess, type StartedProcess } from "../process/start-process.ts"
import { seeded } from "../seeded.ts"
import { legacyRevision } from "../upstream/mcp-message.ts"
import { hostileBody } from "./hostile-body.ts"
import type { HostileTarget } from "./hostile-target.ts"
import { type DoorReport, wrongAnswers } from "./http-door.ts"

const fenceEvery = 40
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
  const guard = await startGuard(target.guard)
  const random = seeded(seed)
  try {
    for (let n = 0; n < messages; n++) {
      const { bytes } = hostileBody(random, `g${seed}-${n}`)
      guard.stdin.write(Buffer.concat([oneLine(bytes), newline]))
      if (n % fenceEvery === fenceEvery - 1) await fence(guard, `fence-${n}`, report)
    }
    await fence(guard, "fence-last", report)
  } catch (error) {
    const how = JSON.stringify(guard.ended() ?? "silent")
    report.problems.push(
      `the guard ended (${how}): ${error instanceof Error ? error.message : "?"} ${guard.errorText()}`,
    )
  } finally {
    await guard.stop()
  }
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
    if (line === "" && guard.ended() !== undefined) throw new Error("it closed its output")
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
