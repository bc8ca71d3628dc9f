import { once } from "node:events"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { startProcess } from "../process/start-process.ts"
import type { ClientUnderTest, Era, Outcome, Target } from "./client-under-test.ts"
import type { Operation } from "./serve-client.ts"

/** A client program, the era that it starts with, and whether it polls a task while a person decides. */
export type ClientProgram = {
  readonly name: string
  readonly file: string
  readonly era: Era
  readonly pollsTasks: boolean
}

const program = (
  name: string,
  { file = name, era = "legacy", pollsTasks = false }: Partial<Omit<ClientProgram, "name">> = {},
): ClientProgram => ({ name, file, era, pollsTasks })

const closeWithinMs = 5_000

/** Every client of the matrix; `-auto` asks for 2026-07-28 first. */
export const clientPrograms: readonly ClientProgram[] = [
  program("sdk-v2"),
  program("sdk-v2-auto", { file: "sdk-v2", era: "auto" }),
  program("sdk-v1"),
  program("ai-sdk"),
  program("langchain"),
  program("inspector"),
  program("inspector-auto", { file: "inspector", era: "auto", pollsTasks: true }),
  program("mcporter"),
]

/** Starts a client program in its own process and speaks to it in JSON lines. */
export async function driveClient(client: ClientProgram, target: Target): Promise<ClientUnderTest> {
  const file = fileURLToPath(new URL(`./${client.file}.ts`, import.meta.url))
  const args = [file, "--era", client.era, ...targetArguments(target)]
  const running = await startProcess(process.execPath, args)
  const perform = async (operation: Operation): Promise<Record<string, unknown>> => {
    if (!running.stdin.write(`${JSON.stringify(operation)}\n`)) await once(running.stdin, "drain")
    const line = await running.nextLine()
    if (line === "") throw new Error(`the client \`${client.name}\` ended: ${running.errorText()}`)
    return JSON.parse(line) as Record<string, unknown> // serve-client.ts writes objects alone
  }
  return {
    async list() {
      const answer = await perform({ op: "list" })
      if (answer["ok"] !== true) throw new Error(String(answer["text"]))
      return answer["tools"] as string[] // as serve-client.ts writes it
    },
    call: async (tool, parameters) => (await perform({ op: "call", tool, args: parameters })) as Outcome, // as serve-client.ts writes it
    async close() {
      // the end of its input lets it close its connection and remove its files
      running.stdin.end()
      await Promise.race([running.nextLine(), delay(closeWithinMs, undefined, { ref: false })])
      await running.stop()
    },
  }
}

function targetArguments(target: Target): string[] {
  if (target.kind === "stdio") {
    const env = Object.entries(target.env).flatMap(([name, value]) => ["--env", `${name}=${value}`])
    return [...env, "--", target.command, ...target.args]
  }
  const headers = Object.entries(target.headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`])
  return ["--url", target.url, ...headers]
}
