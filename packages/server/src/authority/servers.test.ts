import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { declareWith } from "./declare.ts"
import { openServers, type ServerAuthority, type ServerDraft } from "./servers.ts"

let place: Scratch
let store: Store
let servers: ServerAuthority
beforeEach(async () => {
  place = scratch()
  await open()
})
afterEach(async () => {
  await store.close()
  place.remove()
})

async function open(): Promise<void> {
  store = await openStore(place.options())
  servers = openServers(store, store.vault, place.clock, declareWith(store.vault))
}

const guard = { id: "node", isPerson: false }

function folder(name: string): string {
  const path = join(place.dataDir, "..", name)
  mkdirSync(path, { recursive: true })
  return path
}

function draft(from: string, command = ["/usr/bin/true"]): ServerDraft {
  const secrets = { environment: { TOKEN: "x" }, headers: {}, folder: from }
  return { name: "notes", command, url: null, demo: false, secrets }
}

test("a server stays where it was registered, wherever the same command is asked for later", async () => {
  const [first, second] = [folder("one"), folder("two")]
  const server = await servers.register(draft(first), guard)
  expect(await servers.register(draft(second), guard)).toEqual(server)
  expect(servers.secrets(server).folder).toBe(first)
})

test("a server whose folder is gone moves to where it is asked for, with its settings, across a restart", async () => {
  const [first, second] = [folder("one"), folder("two")]
  const server = await servers.register(draft(first), guard)
  rmSync(first, { recursive: true })
  expect(await servers.register(draft(second), guard)).toEqual(server)
  await store.close()
  await open()
  expect(servers.secrets(server)).toEqual({ environment: { TOKEN: "x" }, headers: {}, folder: second })
  expect(servers.bases("notes")).toEqual([second])
  const facts = store.ledger.entries(0, 10).map(({ entry }) => (entry.kind === "statement" ? entry.fact : ""))
  expect(facts.filter((fact) => fact === "server.registered")).toHaveLength(2)
})

test("a command that reads its folder is another server elsewhere, also when the first folder is gone", async () => {
  const [first, second] = [folder("one"), folder("two")]
  await servers.register(draft(first, ["./serve"]), guard)
  rmSync(first, { recursive: true })
  await expect(servers.register(draft(second, ["./serve"]), guard)).rejects.toMatchObject({
    code: "name_taken",
  })
})
