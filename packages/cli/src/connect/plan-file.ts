import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { fileURLToPath } from "node:url"
import { asFailure, Failure } from "@hufu/core/failure"
import { settingsFor } from "../hook/claude-code.ts"
import type { Invocation } from "../command/command.ts"
import type { ClientPlace } from "./client-places.ts"
import { type ConfigFile, readConfigFile } from "./config-file.ts"
import type { Change } from "./connect-journal.ts"
import { guardEdits } from "./guard-entry.ts"
import { addHook } from "./hook-entry.ts"
import { type Entry, type HttpEntry, readEntry, type StdioEntry } from "./read-entry.ts"
import { type JsoncNode, type JsoncObject, scanJsonc } from "./scan-jsonc.ts"
import { isSecret } from "./secret-names.ts"
import { type PlacedEntry, serverEntries } from "./server-entries.ts"
import { applyEdits } from "./text-edit.ts"

/** What is to be done with one tool server. */
export interface PlannedServer {
  readonly placed: PlacedEntry
  readonly entry: Entry
  /** Under which name it is to be registered; none when it cannot be, or need not. */
  readonly wanted: string | undefined
  /** Where it starts. */
  readonly folder: string
  /** Secrets that go into the vault, and those that stay because what is started is not known before the client says it. */
  readonly vault: readonly string[]
  readonly stays: readonly string[]
}

/** One file, read. */
export interface PlannedFile {
  readonly place: ClientPlace
  readonly file: ConfigFile
  readonly servers: readonly PlannedServer[]
}

/** What the node said to a tool server: the name that it has now, or why not. */
export type Registered = { readonly name: string | undefined } | { readonly refused: string }

/** A file as it would be. */
export interface ChangedFile {
  readonly text: string
  readonly changes: readonly Change[]
}

/** The program that clients are to start. */
export const script = fileURLToPath(new URL("../../bin/hufu.js", import.meta.url))

/** Reads a client's file and says what is to be done with each of its tool servers. */
export function planFile(place: ClientPlace, secrets: readonly string[]): PlannedFile {
  const file = readConfigFile(place.file)
  const found = serverEntries(scanFile(file), place.containers)
  return { place, file, servers: found.map((placed) => planServer(place, placed, secrets)) }
}

function scanFile({ path, text }: ConfigFile): JsoncNode | undefined {
  try {
    return scanJsonc(text)
  } catch (error) {
    const { code, message } = asFailure(error)
    throw new Failure(code, `\`${path}\`: ${message}`, { cause: error })
  }
}

function planServer(place: ClientPlace, placed: PlacedEntry, named: readonly string[]): PlannedServer {
  const entry = readEntry(placed.node)
  // A config remembers projects that are long gone.
  const known = placed.project !== undefined && existsSync(placed.project) ? placed.project : undefined
  const project = place.base === "project" ? process.cwd() : known
  const none = { placed, entry, wanted: undefined, folder: homedir(), vault: [], stays: [] }
  if (entry.kind === "guarded" || entry.kind === "left") return none
  const own = entry.kind === "stdio" ? entry.folder : undefined
  const hidden = Object.entries(entry.kind === "stdio" ? entry.environment : entry.headers)
    .filter(([name, value]) => !value.includes("${") && isSecret(name, value, named))
    .map(([name]) => name)
  const relative = entry.kind === "stdio" && entry.relative
  const isKnown = !entry.dynamic && (!relative || (own ?? project) !== undefined)
  // A path from a folder means another server in each folder, unless the vault ties it to one.
  const isNamed = isKnown && (!relative || hidden.length > 0)
  return {
    ...none,
    folder: own ?? project ?? homedir(),
    wanted: isNamed ? nameFrom(placed.key) : undefined,
    vault: isKnown ? hidden : [],
    stays: isKnown ? [] : hidden,
  }
}

/** The file with its tool servers behind guards, or with the hook; the same text when there is nothing to do. */
export function changeFile(
  { place, file, servers }: PlannedFile,
  agent: string,
  invocation: Pick<Invocation, "dataFolder" | "language">,
  registered: (server: PlannedServer) => Registered,
): ChangedFile {
  if (place.holds === "hooks") return withHook(file.text, agent, invocation)
  const changed = servers.flatMap((server) => {
    const { placed, entry } = server
    const told = registered(server)
    if (entry.kind === "guarded" || entry.kind === "left" || "refused" in told) return []
    // `readEntry` gives such an entry for an object alone.
    const node = placed.node as JsoncObject
    const choice = { node: process.execPath, script, dataFolder: invocation.dataFolder, agent }
    const edits = guardEdits(file.text, node, entry, { ...choice, name: told.name, vault: server.vault })
    const before = file.text.slice(node.start, node.end)
    const shifted = edits.map((edit) => ({
      ...edit,
      start: edit.start - node.start,
      end: edit.end - node.start,
    }))
    const after = applyEdits(before, shifted)
    const change: Change = {
      kind: "server",
      pointer: [...placed.pointer],
      before,
      after,
      vault: [...server.vault],
    }
    return [{ edits, change }]
  })
  const text = applyEdits(
    file.text,
    changed.flatMap(({ edits }) => edits),
  )
  return { text, changes: changed.map(({ change }) => change) }
}

function withHook(
  text: string,
  agent: string,
  invocation: Pick<Invocation, "dataFolder" | "language">,
): ChangedFile {
  const [element] = settingsFor(invocation, agent).hooks.UserPromptSubmit
  const added = addHook(text, element)
  return added === undefined ? { text, changes: [] } : { text: added.text, changes: [added.change] }
}

/** What `hufu guard` would tell the node of an entry. */
export function detailsOf(
  entry: StdioEntry | HttpEntry,
  { folder }: Pick<PlannedServer, "folder">,
): Record<string, unknown> {
  if (entry.kind === "http") {
    const headers = Object.entries(entry.headers).map(([name, value]) => [name.trim(), value.trim()])
    return { url: entry.url, headers: Object.fromEntries(headers) }
  }
  const path = process.env["PATH"]
  return {
    command: [...entry.command],
    folder,
    environment: { ...(path ? { PATH: path } : {}), ...entry.environment },
  }
}

/** The user's own word for a server, as a name that commands and rules can hold. */
function nameFrom(key: string): string {
  const legal = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 50)
    .replace(/-+$/, "")
  return legal === "" ? "server" : legal
}
