import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startFixture } from "../../conformance/mcp/fixture-server.ts"
import { isObject, objectIn, type JsonObject } from "../../conformance/mcp/fixture/json-rpc.ts"
import { installPeers } from "../../conformance/mcp/install-peers.ts"
import { outcomeOfError, type ClientUnderTest, type Outcome, type Target } from "./client-under-test.ts"
import { clientPrograms, driveClient, type ClientProgram } from "./drive-client.ts"
import { startRecordingListener, type Recorded } from "./recording-listener.ts"
import { prepareServers } from "./reference-servers.ts"

// Which era, capabilities and habits each client has by itself: the way out of an `ask` depends on them.

type Declared = {
  readonly client: string
  readonly http: {
    readonly opening: readonly string[]
    readonly capabilities: unknown
    readonly protocolVersion: unknown
    readonly opensStream: boolean
    readonly endsSession: boolean
    readonly userAgent: unknown
  }
  readonly stdio: { readonly opening: readonly string[]; readonly capabilities: unknown }
  readonly onForm: Outcome
  readonly onUrl: Outcome
  readonly onTaskTool: Outcome
}

async function declared(client: ClientProgram): Promise<Declared> {
  const fixture = await startFixture()
  const listener = await startRecordingListener(fixture.url)
  try {
    const target: Target = { kind: "http", url: listener.url, headers: {} }
    const reactions = await withClient(client, target, async (connected) => ({
      onForm: await tryCall(connected, "test_input_required_result_elicitation"),
      onUrl: await tryCall(connected, "test_url_elicitation"),
      onTaskTool: await tryCall(connected, "slow_compute"),
    }))
    const http = overHttp(listener.recorded)
    return { client: client.name, http, stdio: await overStdio(client), ...reactions }
  } finally {
    await listener.close()
    await fixture.close()
  }
}

async function withClient<T>(
  client: ClientProgram,
  target: Target,
  use: (connected: ClientUnderTest) => Promise<T>,
): Promise<T> {
  const connected = await driveClient(client, target)
  try {
    await connected.list()
    return await use(connected)
  } finally {
    await connected.close()
  }
}

function tryCall(connected: ClientUnderTest, tool: string): Promise<Outcome> {
  return connected.call(tool, {}).catch(outcomeOfError)
}

function overHttp(recorded: readonly Recorded[]): Declared["http"] {
  const posts = recorded.filter(({ method }) => method === "POST")
  const sent = messages(posts.map(({ body }) => body))
  return {
    ...opening(sent),
    protocolVersion: posts.at(-1)?.headers["mcp-protocol-version"],
    opensStream: recorded.some(({ method }) => method === "GET"),
    endsSession: recorded.some(({ method }) => method === "DELETE"),
    userAgent: posts[0]?.headers["user-agent"],
  }
}

async function overStdio(client: ClientProgram): Promise<Declared["stdio"]> {
  const folder = await mkdtemp(join(tmpdir(), "mcp-declared-"))
  const { servers, remove } = await prepareServers()
  try {
    const file = join(folder, "sent.jsonl")
    const server = servers.find(({ name }) => name === "everything")
    const recorder = fileURLToPath(new URL("./recording-command.ts", import.meta.url))
    const args = [recorder, file, process.execPath, ...(server?.args ?? [])]
    await withClient(client, { kind: "stdio", command: process.execPath, args, env: {} }, () =>
      Promise.resolve(),
    )
    return opening(messages((await readFile(file, "utf8")).trim().split("\n")))
  } finally {
    await remove()
    await rm(folder, { recursive: true, force: true })
  }
}

function messages(texts: readonly string[]): JsonObject[] {
  return texts.map((text): unknown => JSON.parse(text)).filter(isObject)
}

function opening(sent: readonly JsonObject[]): { opening: string[]; capabilities: unknown } {
  const list = sent.find(({ method }) => method === "tools/list")
  const initialize = sent.findLast(({ method }) => method === "initialize")
  const perRequest = objectIn(objectIn(list ?? {}, "params"), "_meta")
  const capabilities =
    perRequest["io.modelcontextprotocol/clientCapabilities"] ??
    objectIn(initialize ?? {}, "params")["capabilities"]
  return { opening: sent.slice(0, 4).map(({ method }) => String(method)), capabilities }
}

async function main(): Promise<void> {
  await installPeers(fileURLToPath(new URL("./peers", import.meta.url)))
  const all: Declared[] = []
  for (const client of clientPrograms) {
    const found = await declared(client)
    console.log(JSON.stringify(found, null, 2))
    all.push(found)
  }
  await mkdir("out", { recursive: true })
  await writeFile(join("out", "clients-declared.json"), `${JSON.stringify(all, null, 2)}\n`)
}

await main()
