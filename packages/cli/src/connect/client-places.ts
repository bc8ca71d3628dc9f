import { homedir } from "node:os"
import { realpathSync } from "node:fs"
import {
  type ClientFile,
  type ClientId,
  clientFilePath,
  type ConnectableClient,
  connectableClients,
} from "@hufu/server/fence/ground/connectable-clients"
import { UsageError } from "../arguments/usage-error.ts"

/** A file of a client on this machine. */
export interface ClientPlace extends ClientFile {
  readonly client: ConnectableClient
  /** As the table gives it; it may not be there, or be a link. */
  readonly file: string
}

/** Where a client keeps its files here; those of a project are below the current folder. */
export function clientPlaces(client: ConnectableClient): ClientPlace[] {
  const rules = { platform: process.platform, home: homedir() }
  const places = client.files.flatMap((row) => {
    const file = clientFilePath(row, rules, process.env, process.cwd())
    return file === undefined ? [] : [{ ...row, client, file }]
  })
  // In the home folder a project's file and the user's are one.
  return places.filter(({ file }, i) => places.findIndex((other) => same(other.file, file)) === i)
}

/** The client of a name on the command line. */
export function clientNamed(name: string): ConnectableClient {
  const client = connectableClients.find(({ id }) => id === name)
  if (client) return client
  const known = connectableClients.map(({ id }) => id).join(", ")
  throw new UsageError(`there is no client \`${name.slice(0, 40)}\` that Hufu knows: ${known}, or print`)
}

/** Where the tool servers stand in a config of a client; every kind of its files taken together. */
export function containersOf(id: string): readonly (readonly string[])[] {
  const client = connectableClients.find((each) => each.id === (id as ClientId))
  return client?.files.flatMap(({ containers }) => containers) ?? []
}

function same(a: string, b: string): boolean {
  return a === b || realOr(a) === realOr(b)
}

function realOr(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
