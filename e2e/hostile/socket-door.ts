import { randomBytes } from "node:crypto"
import { seeded, type Seeded } from "../seeded.ts"
import { hostileBody } from "./hostile-body.ts"
import { hostileRequest } from "./hostile-request.ts"
import type { HostileTarget } from "./hostile-target.ts"
import { type DoorReport, wrongAnswers } from "./http-door.ts"
import { sendBytes } from "./send-bytes.ts"

const atOnce = 8

/** Speak to the local socket without the proof that it asks for: it must tell nothing and serve nobody. */
export async function attackSocket(
  target: HostileTarget,
  messages: number,
  seed: number,
): Promise<DoorReport> {
  const report: DoorReport = { door: "socket", messages, answers: {}, problems: [] }
  if (target.socket === undefined) return { ...report, messages: 0 }
  const path = target.socket
  const random = seeded(seed)
  let next = 0
  const worker = async () => {
    for (let n = next++; n < messages && target.ended() === undefined; n = next++) {
      const answer = await sendBytes({ path }, hostileGreeting(random, `s${seed}-${n}`))
      const kind = answer.statuses[0] ?? (answer.text === "" ? "none" : "line")
      report.answers[kind] = (report.answers[kind] ?? 0) + 1
      report.problems.push(...wrongAnswers(answer, `greeting ${n}`))
      if (answer.statuses.some((status) => status < 400) || answer.text.includes('"ok":true'))
        report.problems.push(`greeting ${n} was served without a proof: ${answer.text.slice(0, 200)}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const ended = target.ended()
  if (ended !== undefined)
    report.problems.push(`the node ended: ${JSON.stringify(ended)} ${target.errorText()}`)
  return report
}

function hostileGreeting(random: Seeded, mark: string): Buffer {
  const nonce = random.pick([randomBytes(32).toString("hex"), "0".repeat(64), "x", ""])
  const mode = random.pick(["http", "guard", "admin", "__proto__", null, 1])
  const hello = `${JSON.stringify({ hufu: random.pick([1, 1, 1, 2, "1"]), nonce, mode })}\n`
  const answer = `${JSON.stringify({ proof: "0".repeat(64), details: { name: mark, command: ["sh", "-c", "true"] } })}\n`
  const request = hostileRequest(random, { path: "/v1/node", host: "localhost" }, mark).bytes
  return random.pick<() => Buffer>([
    () => Buffer.from(hello + answer),
    () => Buffer.from(hello + hello),
    () => Buffer.concat([Buffer.from(hello), request]),
    () => request,
    () => hostileBody(random, mark).bytes,
    () => Buffer.concat([hostileBody(random, mark).bytes, Buffer.from("\n"), Buffer.from(answer)]),
    () => Buffer.alloc(1 + random.int(600_000), 0x7b),
    () => Buffer.from(Array.from({ length: 1 + random.int(300) }, () => random.int(256))),
  ])()
}
