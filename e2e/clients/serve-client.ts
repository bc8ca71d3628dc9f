import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import {
  eras,
  outcomeOfError,
  type ClientUnderTest,
  type Connect,
  type Era,
  type Target,
} from "./client-under-test.ts"

/** What the runner writes to a client program: one JSON line each, answered by one JSON line. */
export type Operation =
  | { readonly op: "list" }
  | { readonly op: "call"; readonly tool: string; readonly args: Readonly<Record<string, unknown>> }

const usage = "[--era legacy|auto] (--url URL [--header NAME:VALUE]… | [--env NAME=VALUE]… -- COMMAND ARGS…)"

/** Makes a client a program: it connects, says so, and serves operations until its input ends. */
export async function serveClient(connect: Connect): Promise<void> {
  const { target, era } = readArguments()
  const client = await connect(target, era)
  console.log(JSON.stringify({ connected: true }))
  for await (const line of createInterface({ input: process.stdin })) {
    const operation = JSON.parse(line) as Operation // written by the runner, on this very pipe
    console.log(JSON.stringify(await perform(client, operation)))
  }
  await client.close()
  process.exit() // some clients keep timers or sockets after they are closed
}

async function perform(client: ClientUnderTest, operation: Operation): Promise<unknown> {
  try {
    if (operation.op === "list") return { ok: true, tools: await client.list() }
    return await client.call(operation.tool, operation.args)
  } catch (error) {
    return outcomeOfError(error)
  }
}

function readArguments(): { target: Target; era: Era } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: "string" },
      header: { type: "string", multiple: true, default: [] },
      env: { type: "string", multiple: true, default: [] },
      era: { type: "string", default: "legacy" },
    },
  })
  const era = eras.find((known) => known === values.era)
  const [command, ...args] = positionals
  if (era === undefined || (values.url === undefined) === (command === undefined)) {
    throw new Error(`usage: ${usage}`)
  }
  if (values.url !== undefined) {
    const headers = Object.fromEntries(values.header.map((pair) => splitAt(pair, ":")))
    return { era, target: { kind: "http", url: values.url, headers } }
  }
  const env = Object.fromEntries(values.env.map((pair) => splitAt(pair, "=")))
  return { era, target: { kind: "stdio", command: command ?? "", args, env } }
}

function splitAt(pair: string, mark: string): [string, string] {
  const at = pair.indexOf(mark)
  if (at < 1) throw new Error(`\`${pair}\` has no name; usage: ${usage}`)
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}
