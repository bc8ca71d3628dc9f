import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Output, Request } from "@hufu/core/contract/contract"
import { Agent, type Dispatcher } from "undici"
import { runHufu } from "../packages/cli/src/testing/hufu-under-test.ts"
import { registrationDraft } from "../packages/cli/src/testing/registration-draft.ts"
import { derivedOnce } from "../packages/server/src/keys/testing/derived-once.ts"
import { startProcess, type StartedProcess } from "./process/start-process.ts"

// The only file of these runs that knows how a node is started and spoken to. Everything goes through the real
// command and the real API: nothing here reaches into the data folder or imports the server.

const command = fileURLToPath(new URL("../packages/cli/bin/hufu.js", import.meta.url))
/** Of every person who is enrolled here. */
export const personSecret = "three tigers guard the tally of the north gate"
const pageSize = 1000
const whyAtOnce = 8
/** A proof of the person lasts a minute. */
const proofMs = 40_000

/** A real node in its own process and data folder. */
export interface NodeUnderTest {
  readonly url: string
  readonly pid: number
  readonly dataDir: string
  /** Run `hufu … --data DIR --json` and read the JSON that it prints; a failing command is an error. */
  cli(
    args: readonly string[],
    options?: { stdin?: string; env?: Readonly<Record<string, string>> },
  ): Promise<unknown>
  /** Ask the API as the enrolled person; any answer but 2xx is an error. */
  api(method: Dispatcher.HttpMethod, path: string, body?: object): Promise<unknown>
  errorText(): string
  ended(): ReturnType<StartedProcess["ended"]>
  stop(): Promise<void>
  kill9(): Promise<void>
  /** Start again on the same folder and port; answers how long it took until the node said it was ready, in ms. */
  restart(): Promise<number>
  /** Stop, and remove the data folder if this run made it. */
  dispose(): Promise<void>
}

export interface NodeOptions {
  dataDir?: string
  /** What `config.json` in the data folder says. */
  config?: object
  env?: Record<string, string>
}

/** Start a node on a new data folder, or on the one that is given. */
export async function startNode(options: NodeOptions = {}): Promise<NodeUnderTest> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "hufu-node-")))
  if (options.config !== undefined)
    await writeFile(join(dataDir, "config.json"), JSON.stringify(options.config))
  const env = options.env ?? {}
  const dispatcher = new Agent({ connections: whyAtOnce })
  let running = await serve(dataDir, 0, env)
  let proof: { readonly at: number; readonly session: Promise<string> } | undefined
  const signIn = async () => {
    const to = { origin: urlOf(running), dispatcher }
    return String((await ask(to, "POST", "/v1/sessions", { secret: personSecret }))["token"])
  }
  const api = async (method: Dispatcher.HttpMethod, path: string, body?: object) => {
    const fresh = path.endsWith(":approve") // a person proves again who they are before they approve
    // Calls at once wait for the same session: the one before it may have ended.
    if (fresh || proof === undefined || performance.now() - proof.at > proofMs)
      proof = {
        at: performance.now(),
        session: signIn().catch((error: unknown) => {
          proof = undefined
          throw error
        }),
      }
    return ask({ origin: urlOf(running), dispatcher, session: await proof.session }, method, path, body)
  }
  return {
    get url() {
      return urlOf(running)
    },
    get pid() {
      return running.pid
    },
    dataDir,
    cli: (args, { stdin = "", env: more = {} } = {}) =>
      runCommand(withGlobals(args, dataDir), { stdin, env: more }),
    api,
    errorText: () => running.errorText(),
    ended: () => running.ended(),
    stop: () => running.stop(),
    kill9: () => running.kill9(),
    restart: async () => {
      proof = undefined
      const before = performance.now()
      running = await serve(dataDir, Number(new URL(urlOf(running)).port), env)
      return performance.now() - before
    },
    dispose: async () => {
      await dispatcher.destroy()
      await running.stop()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

// What comes after `--` belongs to the command that is named there.
function withGlobals(args: readonly string[], dataDir: string): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length
  return [...args.slice(0, end), "--data", dataDir, "--json", ...args.slice(end)]
}

function serve(dataDir: string, port: number, env: Record<string, string>): Promise<StartedProcess> {
  const args = [command, "serve", "--data", dataDir, "--port", String(port), "--json"]
  return startProcess(process.execPath, args, { env: { ...derivedOnce, ...env } })
}

const urlOf = (running: StartedProcess) => String(running.ready["url"])

interface AskTo {
  origin: string
  dispatcher: Agent
  session?: string
}

async function ask(to: AskTo, method: Dispatcher.HttpMethod, path: string, body?: object) {
  const { statusCode, body: reply } = await to.dispatcher.request({
    origin: to.origin,
    path,
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(to.session === undefined ? {} : { authorization: `Bearer ${to.session}` }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await reply.text()
  if (statusCode >= 300)
    throw new Error(`${method} ${path} was answered with ${statusCode}: ${text.slice(0, 500)}`)
  return JSON.parse(text === "" ? "{}" : text) as Record<string, unknown> // the API answers with objects alone
}

/** Run one command to its end; what it prints must be one JSON document. */
async function runCommand(
  args: readonly string[],
  { stdin, env }: { stdin: string; env: Readonly<Record<string, string>> },
): Promise<unknown> {
  // What is given variables has a process of its own.
  const { code, out, err } = await runHufu(args, Object.keys(env).length === 0 ? { stdin } : { stdin, env })
  if (code !== 0) throw new Error(`\`hufu ${args.join(" ")}\` ended with ${code}: ${err}${out}`)
  return out.trim() === "" ? undefined : (JSON.parse(out) as unknown)
}

/** The command that an MCP host starts to have a stdio server governed. */
export function guardCommand(
  node: NodeUnderTest,
  agent: string,
  server: readonly string[],
  flags: readonly string[] = [],
) {
  const own = ["--data", node.dataDir, "--existing", "--agent", agent, ...flags]
  const args = [command, "guard", ...own, "--", ...server]
  return { command: process.execPath, args }
}

/** Where guards reach the node on this machine. */
export const guardSocketOf = (node: NodeUnderTest) => join(node.dataDir, "run", "hufu.sock")

/** The address of one server's MCP door. */
export const doorOf = (node: NodeUnderTest, server: string) => `${node.url}/mcp/${server}`

/** Enrol the person whose approvals count in this run. */
export async function enrolPerson(node: NodeUnderTest): Promise<void> {
  await node.cli(["enrol", "--secret-stdin"], { stdin: `${personSecret}\n` })
}

/** A session of the person, for who asks the API apart from `api`. */
export async function personSession({ url }: NodeUnderTest): Promise<string> {
  const reply = await fetch(`${url}/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ secret: personSecret }),
  })
  // What the API answers, as its contract has it.
  return ((await reply.json()) as { token: string }).token
}

/** Register many agents from a file, as their reviewer. */
export async function loadRegistrations(node: NodeUnderTest, file: string): Promise<unknown> {
  return node.cli(["registration", "load", file, "--approve", "--secret-stdin"], {
    stdin: `${personSecret}\n`,
  })
}

export async function addHttpServer(node: NodeUnderTest, name: string, url: string): Promise<void> {
  await node.api("POST", "/v1/servers", { name, url } satisfies Request<"server.add">)
  await learnTools(node, name)
}

/** Runs a command that the person has to prove themselves for, as it is printed somewhere. */
export async function runAsPerson(node: NodeUnderTest, line: string): Promise<unknown> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "")
  return node.cli([...words.slice(1), "--secret-stdin"], { stdin: `${personSecret}\n` })
}

export async function addStdioServer(
  node: NodeUnderTest,
  name: string,
  server: readonly string[],
  { flags = [], env = {} }: { flags?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const args = ["server", "command", name, ...flags, "--secret-stdin", "--", ...server]
  await node.cli(args, { stdin: `${personSecret}\n`, env })
  await learnTools(node, name)
}

// A tool whose definition nobody has asked for yet is unknown, and an unknown tool asks.
async function learnTools(node: NodeUnderTest, server: string): Promise<void> {
  const { items } = (await node.api("GET", `/v1/servers/${server}/tools`)) as Output<"tool.list">
  if (items.length === 0) throw new Error(`the node found no tools at \`${server}\``)
}

/** Create an agent and answer its credential. */
export async function createAgent(node: NodeUnderTest, name: string): Promise<string> {
  const made = (await node.api("POST", "/v1/agents", { name })) as Output<"agent.create">
  if (made.credential === null) throw new Error("the node made an agent without a credential")
  return made.credential
}

/** Grant a mandate as the person and answer its id. */
export async function grantMandate(
  node: NodeUnderTest,
  agent: string,
  mandate: Request<"mandate.grant">["mandate"],
): Promise<string> {
  return ((await node.api("POST", "/v1/mandates", { agent, mandate })) as Output<"mandate.grant">).id
}

export async function nodeStatus(node: NodeUnderTest) {
  return (await node.api("GET", "/v1/node")) as Output<"node.status">
}

export type LedgerItem = Output<"log.entries">["items"][number]

/** The ledger's entries from an index on, all pages. */
export async function entriesFrom(node: NodeUnderTest, index: number): Promise<LedgerItem[]> {
  const items: LedgerItem[] = []
  for (;;) {
    const from = index + items.length
    const page = (await node.api(
      "GET",
      `/v1/log/entries?from=${from}&limit=${pageSize}`,
    )) as Output<"log.entries">
    items.push(...page.items)
    if (page.items.length === 0 || index + items.length >= page.size) return items
  }
}

/** Re-read and re-hash the whole ledger; answers the fault, or undefined when there is none. */
export async function ledgerFault(node: NodeUnderTest): Promise<string | undefined> {
  const report = (await node.api("POST", "/v1/log:verify", {})) as Output<"log.verify">
  return report.ok ? undefined : (report.fault?.en ?? "the node named no fault")
}

export type WhyRecord = Output<"action.why">

/** What the node says of each action, its arguments opened by the person. */
export async function whyOf(node: NodeUnderTest, actions: readonly string[]): Promise<WhyRecord[]> {
  const records: WhyRecord[] = []
  for (let at = 0; at < actions.length; at += whyAtOnce) {
    const some = actions.slice(at, at + whyAtOnce)
    const answers = await Promise.all(some.map((action) => node.api("GET", `/v1/actions/${action}:why`)))
    records.push(...(answers as WhyRecord[]))
  }
  return records
}

export type HeldCall = Output<"hold.list">["items"][number]

/** The calls that wait for a person. */
export async function heldCalls(node: NodeUnderTest): Promise<HeldCall[]> {
  return ((await node.api("GET", `/v1/holds?limit=${pageSize}`)) as Output<"hold.list">).items
}

export async function approve(node: NodeUnderTest, held: Pick<HeldCall, "id" | "digest">): Promise<void> {
  await node.api("POST", `/v1/holds/${held.id}:approve`, { digest: held.digest })
}

/** Approve as a person at a terminal does: by the command, which shows the action and takes the secret. */
export async function approveByCommand(
  node: NodeUnderTest,
  hold: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await node.cli(["approve", hold, "--secret-stdin"], { stdin: `${personSecret}\n`, env })
}

/** Refuse by the command. */
export async function refuseByCommand(node: NodeUnderTest, hold: string, reason: string): Promise<void> {
  await node.cli(["refuse", hold, "--reason", reason])
}

/** Claim a name for a registration as the person; answers its id. */
export async function claimRegistration(node: NodeUnderTest, name: string): Promise<string> {
  const claim = { content: registrationDraft(name) } satisfies Request<"registration.claim">
  return ((await node.api("POST", "/v1/registrations", claim)) as Output<"registration.claim">).registration
    .id
}

/** The ids of all registrations, all pages. */
export async function registeredIds(node: NodeUnderTest): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const after = ids.at(-1)
    const from = after === undefined ? "" : `&after=${after}`
    const { items } = (await node.api(
      "GET",
      `/v1/registrations?limit=${pageSize}${from}`,
    )) as Output<"registration.list">
    ids.push(...items.map(({ id }) => id))
    if (items.length < pageSize) return ids
  }
}

/** How many calls were drawn from a mandate's own count budget. */
export async function spentCount(node: NodeUnderTest, mandate: string): Promise<number> {
  const told = (await node.api("GET", `/v1/mandates/${mandate}:explain`)) as Output<"mandate.explain">
  return told.spent.find((spent) => spent.grant === -1)?.count ?? 0
}

export async function suspendAgent(node: NodeUnderTest, agent: string) {
  return (await node.api("POST", `/v1/agents/${agent}:suspend`, {})) as Output<"agent.suspend">
}

export async function stopAll(node: NodeUnderTest) {
  return (await node.api("POST", "/v1/stop", {})) as Output<"stop.declare">
}
