import { asFailure } from "@hufu/core/failure"
import { connectableClients } from "@hufu/server/fence/ground/connectable-clients"
import { type ClientPlace, clientPlaces } from "./client-places.ts"
import { readConfigFile } from "./config-file.ts"
import { isHufuHook } from "./hook-entry.ts"
import { readEntry } from "./read-entry.ts"
import { nodeAt, scanJsonc } from "./scan-jsonc.ts"
import { serverEntries } from "./server-entries.ts"

/** A file of a client, and what in it goes through Hufu. Nothing is changed and no node is asked. */
export interface ClientLook {
  readonly client: string
  readonly file: string
  readonly state: "missing" | "unreadable" | "empty" | "open" | "partly" | "connected"
  /** Tool servers behind a guard, and those that go around Hufu. */
  readonly guarded: readonly string[]
  readonly open: readonly string[]
  /** Why it cannot be read. */
  readonly detail: string | undefined
}

/** Every place where a client that Hufu knows keeps its tool servers or hooks here, and what stands there. */
export function lookAtClients(): ClientLook[] {
  return connectableClients.flatMap((client) => clientPlaces(client).map(lookAt))
}

function lookAt(place: ClientPlace): ClientLook {
  const base = { client: place.client.id, file: place.file, guarded: [], open: [], detail: undefined }
  try {
    const { isThere, text } = readConfigFile(place.file)
    if (!isThere) return { ...base, state: "missing" }
    const root = scanJsonc(text)
    if (place.holds === "hooks") {
      const list = nodeAt(root, ["hooks", "UserPromptSubmit"])
      const hooked = list?.kind === "array" && list.items.some(({ value }) => isHufuHook(value))
      return { ...base, state: hooked ? "connected" : "open" }
    }
    const entries = serverEntries(root, place.containers)
    const isBehind = (entry: (typeof entries)[number]) => readEntry(entry.node).kind === "guarded"
    const nameOf = ({ pointer }: (typeof entries)[number]) => pointer.join(" › ")
    const guarded = entries.filter(isBehind).map(nameOf)
    const open = entries.filter((entry) => !isBehind(entry)).map(nameOf)
    if (entries.length === 0) return { ...base, state: "empty" }
    const state = open.length === 0 ? "connected" : guarded.length === 0 ? "open" : "partly"
    return { ...base, state, guarded, open }
  } catch (error) {
    return { ...base, state: "unreadable", detail: asFailure(error).message }
  }
}
