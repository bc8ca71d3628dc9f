import { existsSync } from "node:fs"
import { isAbsolute } from "node:path"
import { z } from "zod"
import { ServerRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Clock } from "../clock.ts"
import type { Vault } from "../ledger/vault.ts"
import type { Store } from "../store/store.ts"
import { type Declare, saidYes } from "./declare.ts"
import { erasedName } from "./agents.ts"
import { openRecords, type RecordKind } from "./records.ts"

/** What it takes to reach a tool server; its secrets never leave the node. */
export const ServerSecrets = z.object({
  environment: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.string()),
  folder: z.string().nullable(),
  /**
   * The identity code of a partner, where whoever registered it knows it: then nobody else answers for it. Of a tool server: whose
   * registration its version is compared with.
   */
  aic: z.string().exactOptional(),
})
export type ServerSecrets = z.infer<typeof ServerSecrets>

export interface ServerDraft {
  readonly name: string
  readonly command: string[] | null
  readonly url: string | null
  /** What is spoken at the URL; MCP where it is left out. */
  readonly protocol?: "mcp" | "a2a" | "aip"
  readonly secrets: ServerSecrets
  readonly demo: boolean
}

/** Who registers: only a person may give the name of another server that was removed. */
export interface ServerRegistrar {
  readonly id: string
  readonly isPerson: boolean
}

export interface ServerAuthority {
  /** By name or id, live only; throws Failure("not_found"). */
  need(ref: string): ServerRecord
  find(name: string): ServerRecord | undefined
  live(): ServerRecord[]
  secrets(server: ServerRecord): ServerSecrets
  /** Folders from which a stdio server may read a relative path: where it runs, and every absolute path on its command line. */
  bases(name: string): readonly string[]
  /**
   * The same draft again gives the same server, moved if the folder in which it starts is gone; another draft under a taken name is refused. So is one under the name of a server
   * that was removed, unless a person asks: mandates name servers by name, and another command must not inherit them.
   */
  register(draft: ServerDraft, by: ServerRegistrar): Promise<ServerRecord>
  remove(server: ServerRecord, by: string): Promise<ServerRecord>
  /** Live or removed. */
  recall(id: string): ServerRecord | undefined
  /** Forgets the secrets of a server that is erased. */
  forgetContent(server: string): void
}

export const serverKind: RecordKind<ServerRecord> = {
  kind: "server",
  schema: ServerRecord,
  states: ["live"],
  state: (server) => server.state,
  sealed: {
    members: ["name", "command", "url", "environment"],
    subject: ({ id }) => id,
    blank: { name: erasedName, command: null, url: null, environment: [] },
  },
}

const maxServers = 1000

/** @param isNamed whether a live mandate names a server of that name */
export function openServers(
  store: Store,
  vault: Vault,
  clock: Clock,
  declare: Declare,
  isNamed: (name: string) => boolean = () => false,
): ServerAuthority {
  const records = openRecords(store, serverKind)
  const byName = new Map<string, ServerRecord>()
  const secretsOf = new Map<string, ServerSecrets>()
  for (const server of records.all()) byName.set(server.name, server)

  function secrets(server: ServerRecord): ServerSecrets {
    const known = secretsOf.get(server.id)
    if (known) return known
    const read = ServerSecrets.parse(vault.get(secretsId(server.id)))
    secretsOf.set(server.id, read)
    return read
  }

  const same = (server: ServerRecord, draft: ServerDraft): boolean =>
    server.transport === transportOf(draft) &&
    identityOf({ ...server, secrets: secrets(server) }) === identityOf(draft)

  /** A command does not start in a folder that is gone, as a temporary one soon is: it moves to where it was asked for now. */
  async function stay(server: ServerRecord, draft: ServerDraft, by: ServerRegistrar): Promise<ServerRecord> {
    const known = secrets(server)
    const { folder } = draft.secrets
    if (known.folder === null || folder === null || existsSync(known.folder)) return server
    const moved = { ...known, folder }
    await store.commit((tx) => {
      vault.remove(tx, secretsId(server.id))
      vault.put(tx, { id: secretsId(server.id), subject: server.id, value: moved })
      declare(tx, {
        fact: "server.registered",
        subject: server.id,
        by: by.id,
        refs: { transport: server.transport, demo: saidYes(server.demo) },
        content: saidOf(server),
      })
    })
    secretsOf.set(server.id, moved)
    return server
  }

  async function create(draft: ServerDraft, by: ServerRegistrar): Promise<ServerRecord> {
    const existing = byName.get(draft.name)
    if (existing && same(existing, draft)) return stay(existing, draft, by)
    if (existing)
      throw new Failure(
        "name_taken",
        `a server \`${draft.name}\` with another command or URL exists: give a name with --name, or \`hufu server remove ${draft.name}\``,
      )
    // Of an erased server nobody can tell the name any more, so that no program may take one that a mandate still names.
    if (!by.isPerson && hasErased() && isNamed(draft.name))
      throw new Failure(
        "name_taken",
        `a mandate names a server \`${draft.name}\`, and one was erased that may have had that name: give another name with --name, or register it with \`hufu server command\``,
      )
    if (!by.isPerson && removed(draft.name).some((server) => !same(server, draft)))
      throw new Failure(
        "name_taken",
        `a server \`${draft.name}\` with another command was removed, and mandates may still name it: give another name with --name, or register it with \`hufu server command\``,
      )
    if (records.size >= maxServers)
      throw new Failure("too_many", `this node holds at most ${maxServers} servers: remove some first`)
    const now = clock.now()
    const server: ServerRecord = {
      id: newId("server", now),
      name: draft.name,
      transport: transportOf(draft),
      command: draft.command,
      url: draft.url,
      environment: Object.keys(draft.secrets.environment).sort(),
      state: "live",
      demo: draft.demo,
      createdAt: now,
    }
    await store.commit((tx) => {
      records.put(tx, server)
      vault.put(tx, { id: secretsId(server.id), subject: server.id, value: draft.secrets })
      declare(tx, {
        fact: "server.registered",
        subject: server.id,
        by: by.id,
        refs: { transport: server.transport, demo: saidYes(server.demo) },
        content: saidOf(server),
      })
    })
    secretsOf.set(server.id, draft.secrets)
    records.set(server)
    byName.set(server.name, server)
    return server
  }

  // One at a time: two guards that start together must not take one name twice.
  let registering: Promise<unknown> = Promise.resolve()
  function register(draft: ServerDraft, by: ServerRegistrar): Promise<ServerRecord> {
    const mine = registering.then(() => create(draft, by))
    registering = mine.catch(() => undefined)
    return mine
  }

  function removed(name: string): ServerRecord[] {
    return records.read("AND state='removed'").filter((server) => server.name === name)
  }

  function hasErased(): boolean {
    const [row] = store.query(
      "SELECT 1 FROM record WHERE kind='server' AND subject IS NOT NULL AND sealed IS NULL LIMIT 1",
    )
    return row !== undefined
  }

  async function remove(server: ServerRecord, by: string): Promise<ServerRecord> {
    const removed: ServerRecord = { ...server, state: "removed" }
    byName.delete(server.name)
    records.forget(server.id)
    await store.commit((tx) => {
      records.put(tx, removed)
      declare(tx, {
        fact: "server.removed",
        subject: server.id,
        by,
        refs: { transport: server.transport, state: removed.state, stateBefore: server.state },
        content: { name: server.name, command: server.command, url: server.url },
      })
    })
    return removed
  }

  return {
    need(ref) {
      return byName.get(ref) ?? records.need(ref)
    },
    find: (name) => byName.get(name),
    live: () => [...byName.values()],
    secrets,
    bases(name) {
      const server = byName.get(name)
      if (!server?.command) return []
      const { folder } = secrets(server)
      return [
        ...(folder === null ? [] : [folder]),
        ...server.command.slice(1).filter((arg) => isAbsolute(arg)),
      ].slice(0, 32)
    },
    register,
    remove,
    recall: (id) => records.get(id) ?? records.read("AND id=?", [id])[0],
    forgetContent: (server) => void secretsOf.delete(server),
  }
}

/** What every program of this user inherits: it differs from terminal to terminal and makes no other server. */
const ambient =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TERM|TZ|TMPDIR|TEMP|TMP|XDG_.*|SystemRoot|SYSTEMROOT|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|PATHEXT|COMSPEC|ComSpec|PROGRAMFILES|ProgramFiles.*|WINDIR|windir|HOMEDRIVE|HOMEPATH|npm_.*|INIT_CWD|NODE)$/

/** What makes two drafts one server: what is started or reached, with which settings, and from where if that matters to its command. */
function identityOf({ command, url, secrets }: Pick<ServerDraft, "command" | "url" | "secrets">): string {
  const isRelative = command?.some((part) => /^\.{1,2}(?:[\\/]|$)/.test(part)) ?? false
  const settings = sorted(secrets.environment).filter(([name]) => !ambient.test(name))
  return JSON.stringify([
    command,
    url,
    isRelative ? secrets.folder : null,
    settings,
    sorted(secrets.headers),
    ...(secrets.aic ? [secrets.aic] : []),
  ])
}

function transportOf({ command, protocol = "mcp" }: ServerDraft): ServerRecord["transport"] {
  if (command) return "stdio"
  return protocol === "mcp" ? "http" : protocol
}

/** What the ledger commits to of a server: all of its record that is not said openly. */
function saidOf({ name, command, url, environment, demo }: ServerRecord) {
  return { name, command, url, environment, demo }
}

function secretsId(server: string): string {
  return `${server}/secrets`
}

function sorted(of: Record<string, string>): [string, string][] {
  return Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))
}
