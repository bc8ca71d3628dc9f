import { existsSync } from "node:fs"
import { dirname } from "node:path"
import { Name } from "@hufu/core/id"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { type ClientPlace, clientNamed, clientPlaces, containersOf } from "./client-places.ts"
import { digestOf, refuseReadOnly, replaceConfigFile } from "./config-file.ts"
import { type ConnectJournal, type ConnectRecord, openConnectJournal } from "./connect-journal.ts"
import { withConnectLock } from "./connect-lock.ts"
import { finishInterrupted } from "./finish-interrupted.ts"
import { listClients } from "./list-clients.ts"
import {
  type ChangedFile,
  changeFile,
  type PlannedFile,
  type PlannedServer,
  planFile,
  type Registered,
  script,
} from "./plan-file.ts"
import { printSnippet } from "./print-snippet.ts"
import { registerServer } from "./register-server.ts"
import { restoreText } from "./restore-text.ts"
import { scanJsonc } from "./scan-jsonc.ts"
import { type FileReport, reportOf, showConnected } from "./show-connected.ts"

/** `hufu connect [CLIENT] [--write]`: puts a client's tool servers behind guards, or shows what that would change. */
export async function connect(invocation: Invocation): Promise<number> {
  const [name, ...more] = invocation.positionals
  if (name === undefined) return listClients(invocation)
  if (more.length > 0) throw new UsageError("this takes one client: hufu connect CLIENT")
  if (name === "print") return printSnippet(invocation)
  if (invocation.rest.length > 0) throw new UsageError("a command after `--` is for `hufu connect print`")
  const client = clientNamed(name)
  const agent = agentOf(invocation, client.id)
  const places = clientPlaces(client)
  const written = invocation.flags["write"] === true
  const reports = written
    ? await withConnectLock(invocation.dataFolder, () => writeAll(places, agent, invocation))
    : planAll(places, invocation).map((plan) => preview(plan, agent, invocation))
  showConnected({ client, agent, written, reports }, invocation)
  return exitCodes.ok
}

function agentOf({ flags }: Invocation, client: string): string {
  const agent = Name.safeParse(textFlag(flags, "agent") ?? client)
  if (!agent.success) throw new UsageError(`--agent: ${agent.error.issues[0]?.message ?? "it is no name"}`)
  return agent.data
}

/** The files that are there; a file of hooks also where only its folder is. */
function planAll(places: readonly ClientPlace[], { flags }: Invocation): PlannedFile[] {
  const plans = places.map((place) => planFile(place, textFlags(flags, "secret")))
  const isInstalled = plans.some(({ file, place }) => file.isThere && place.base !== "project")
  const mayMake = ({ holds, file }: ClientPlace) =>
    holds === "hooks" && isInstalled && existsSync(dirname(file))
  return plans.filter(({ file, place }) => file.isThere || mayMake(place))
}

function preview(plan: PlannedFile, agent: string, invocation: Invocation): FileReport {
  const told = ({ wanted }: PlannedServer): Registered => ({ name: wanted })
  return reportOf(plan, changeFile(plan, agent, invocation, told), told)
}

async function writeAll(
  places: readonly ClientPlace[],
  agent: string,
  invocation: Invocation,
): Promise<FileReport[]> {
  // What npx fetches for one run is gone some day, and with it every client's tool servers.
  if (/[\\/]_npx[\\/]/.test(script))
    throw new UsageError("this Hufu is npx's own temporary copy: install Hufu, then connect with that one")
  const journal = openConnectJournal(invocation.dataFolder)
  finishInterrupted(journal)
  const plans = planAll(places, invocation)
  for (const plan of plans) if (isOpen(plan, agent, invocation)) refuseReadOnly(plan.file)
  const answers = new Map<PlannedServer, Registered>()
  for (const server of plans.flatMap(({ servers }) => servers))
    answers.set(server, await registerServer(invocation.dataFolder, agent, server))
  const told = (server: PlannedServer): Registered => answers.get(server) ?? { name: undefined }
  return plans.map((plan) => {
    const changed = changeFile(plan, agent, invocation, told)
    if (changed.changes.length > 0) writeOne(journal, plan, changed)
    return reportOf(plan, changed, told)
  })
}

function isOpen(plan: PlannedFile, agent: string, invocation: Invocation): boolean {
  return changeFile(plan, agent, invocation, ({ wanted }) => ({ name: wanted })).changes.length > 0
}

/** INVARIANT: what is needed to put the file back is durable before the file is touched. */
function writeOne(
  journal: ConnectJournal,
  { place, file }: PlannedFile,
  { text, changes }: ChangedFile,
): void {
  scanJsonc(text)
  const earlier = journal.find(file.path)
  const known = earlier?.changes ?? []
  const base = restoreText(file.text, known, containersOf(place.client.id))
  const kept = known.filter((change) => !base.undone.includes(change) && !base.gone.includes(change))
  const record: ConnectRecord = {
    client: place.client.id,
    path: file.path,
    existed: earlier?.existed ?? file.isThere,
    original: base.text,
    without: digestOf(base.text),
    before: digestOf(file.text),
    after: digestOf(text),
    changes: [...kept, ...changes],
  }
  journal.begin(record)
  try {
    replaceConfigFile(file, text)
  } catch (error) {
    journal.abandon(file.path)
    throw error
  }
  journal.finish(file.path)
}
