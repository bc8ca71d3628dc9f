import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { prepareWitnessFolder } from "@hufu/server/witness/witness-folder"
import { startWitness } from "@hufu/server/witness/witness-server"
import { openWitnessState } from "@hufu/server/witness/witness-state"
import { createWorld } from "../invariants/world.ts"
import { consoleFolder } from "./open-console.ts"
import type { Scene } from "./scene.ts"
import { loopback } from "@hufu/server/http/testing/loopback"

/** A scene with a node of its own. */
export interface OwnScene extends Scene, AsyncDisposable {
  /** A link that lets one browser in. */
  readonly link: () => Promise<string>
}

/** What a new user sees: a node with nobody and nothing in it. */
export async function makeNewScene(): Promise<OwnScene> {
  const world = await createWorld({ consoleFolder, nobody: true })
  const link = async () => (await world.local.signin.create()).url
  const pages = [
    "approvals",
    "actions",
    "agents",
    "tasks",
    "delegations",
    "delegations/new",
    "tools",
    "mandates",
    "registry",
    "organisation",
    "settings",
  ]
  return {
    origin: new URL(await link()).origin,
    link,
    pages: {
      "first-passkey": "/first-passkey",
      "new-home": "/",
      ...Object.fromEntries(pages.map((page) => [`new-${page.replace("/", "-")}`, `/${page}`])),
    },
    [Symbol.asyncDispose]: () => world.dispose(),
  }
}

/** A ledger that a witness has cosigned, and that somebody then altered on the disk. */
export async function makeAlteredScene(): Promise<OwnScene> {
  const folder = await mkdtemp(join(tmpdir(), "hufu-witness-"))
  const witness = await startWitness({
    folder,
    name: "witness.example",
    host: loopback,
    port: 0,
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  })
  const world = await createWorld({
    consoleFolder,
    config: {
      witnesses: [{ url: witness.url, keys: [...witness.vkeys] }],
      scrub: { entriesPerSecond: 10_000, restSeconds: 1 },
    },
  })
  const state = openWitnessState(prepareWitnessFolder(folder))
  state.add(parseVkey((await world.local.log.checkpoint()).key))
  state.close()
  const agent = await world.agent("scribe")
  await world.grant(agent, {
    grants: [{ effects: ["write"], tools: ["notes/*"], limits: [], mode: "auto" }],
  })
  const door = await world.door("modern", agent)
  await door.call("add_note", { id: "1", text: "closed at dusk" })
  const [done] = (await world.local.action.list({})).items
  // The witness is asked again with what the ledger says next.
  await until(async () => {
    await door.call("add_note", { id: "2", text: "open at dawn" })
    return (await world.local.node.status()).witnesses.isWitnessed
  })
  alter(world.dataFolder)
  await until(async () => (await world.local.node.status()).scrub.fault !== null)
  const link = async () => (await world.local.signin.create()).url
  return {
    origin: new URL(await link()).origin,
    link,
    pages: { witnessed: `/actions/${done?.id ?? ""}/receipt`, altered: "/ledger" },
    async [Symbol.asyncDispose]() {
      await world.dispose()
      await witness.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function alter(dataFolder: string): void {
  const database = new DatabaseSync(join(dataFolder, "hufu.db"))
  database.exec("PRAGMA busy_timeout = 5000; DROP TRIGGER entry_keeps")
  database.exec("UPDATE entry SET bytes = x'7b7d' WHERE idx = 1")
  database.close()
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const latest = performance.now() + 120_000
  while (!(await holds())) {
    if (performance.now() > latest) throw new Error("it does not come to hold")
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
