import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import type { RebuildReport, StateAt } from "@hufu/core/contract/state"
import { systemClock } from "@hufu/server/clock"
import { rebuildState } from "@hufu/server/fold/rebuild-state"
import { rotateVaultKey } from "@hufu/server/keys/rotate-keys"
import { openStore } from "@hufu/server/store/store"
import { pino } from "pino"
import { expect, test } from "vitest"
import { createWorld, type World } from "../invariants/world.ts"
import { seeded } from "../seeded.ts"
import { unpackFolder } from "../upgrade/frozen-folder.ts"
import { alterationsOf } from "./alterations.ts"
import { createLife, rebuildOf, type Snapshot, snapshotOf, stateOf } from "./random-life.ts"

const isLong = process.env["HUFU_LONG"] === "1"
const seed = Number(process.env["HUFU_SEED"] ?? (isLong ? Date.now() % 100_000 : 7))
const [steps, alterations] = isLong ? [400, 2000] : [24, 30]

/** Without a node. */
async function rebuildIn(dataDir: string): Promise<RebuildReport> {
  const store = await openStore({
    dataDir,
    clock: systemClock,
    logger: pino({ level: "silent" }),
    asFound: true,
  })
  try {
    const run = rebuildState(store)
    for (;;) {
      const step = await run.next()
      if (step.done === true) return step.value.report
    }
  } finally {
    await store.close()
  }
}

/** What the node said then, as far as it was not erased since. */
function expectSame(then: StateAt, said: Snapshot): void {
  expect(then.entries).toBe(said.index + 1)
  expect(then.stopped).toBe(said.stopped)
  const gone = (member: { erased: string[] }, name: string, value: unknown) =>
    member.erased.includes(name) ? null : value
  expect(
    then.agents.map(({ id, name, state, version, since }) => ({ id, name, state, version, since })),
  ).toEqual(
    said.agents.map(({ id, name, state, version, stateChangedAt }) => {
      const agent = then.agents.find((each) => each.id === id)
      return { id, name: agent && gone(agent, "name", name), state, version, since: stateChangedAt }
    }),
  )
  const mandates = then.agents.flatMap((agent) => agent.mandates).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const inForce = said.mandates.filter(({ from = 0, until }) => from <= said.at && said.at < until)
  expect(mandates.map(({ id }) => id)).toEqual(inForce.map(({ id }) => id).toSorted())
  for (const mandate of mandates) {
    const was = inForce.find(({ id }) => id === mandate.id)
    for (const name of ["words", "grants", "never", "userOnly", "until", "otherwise"] as const)
      expect(mandate[name]).toEqual(gone(mandate, name, was?.[name]))
    const spent = mandate.budgets.filter(({ spent: { count } }) => count > 0)
    if (mandate.spending === "all" && !mandate.erased.includes("grants"))
      expect(spent.map(({ grant, spent: of }) => ({ grant, ...of }))).toEqual(said.spent.get(mandate.id))
  }
  expect(then.servers.map(({ id, name, url }) => ({ id, name, url })).toSorted(byId)).toEqual(
    said.servers.map(({ id, name, url }) => ({ id, name, url })).toSorted(byId),
  )
  const shown = (tools: readonly { tool: string; definition: string | null; effect: string | null }[]) =>
    tools.map(({ tool, definition, effect }) => ({ id: tool, definition, effect })).toSorted(byId)
  for (const server of then.servers)
    expect(shown(server.tools)).toEqual(shown(said.tools.get(server.id) ?? []))
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1
}

async function restart(world: World, rotates: boolean): Promise<void> {
  if (!rotates) return world.restart()
  await world.node.close()
  await rotateVaultKey(world.dataFolder, () => Promise.reject(new Error("it is not sealed")))
  await world.restart()
}

test(
  "through any life of a node the tables are what the ledger says, each past moment is told as the node told it, and no alteration stays hidden",
  { timeout: isLong ? 3_600_000 : 120_000 },
  async () => {
    console.log(`seed ${seed}`)
    const random = seeded(seed)
    const folder = mkdtempSync(join(tmpdir(), "hufu-state-"))
    const world = await createWorld()
    try {
      const life = createLife(world, random)
      const snapshots: Snapshot[] = []
      for (const name of ["register", "mandate", "spend", "narrow", "ask", "task"]) await life.steps[name]?.()
      for (let i = 0; i < steps; i++) {
        if (i % 20 === 19) await restart(world, i % 40 === 19)
        const name = await life.step()
        const report = await rebuildOf(world.local)
        expect({ name, i, ...report }).toMatchObject({ fault: null, differences: [], unstated: {} })
        if (i % 3 === 0) snapshots.push(await snapshotOf(world))
        // Within a minute: keys are rotated by the real clock.
        world.clock.advance(1 + random.int(Math.floor(50_000 / steps)))
        if (i % 8 === 7) await world.renew()
      }
      const entries = await world.entries()
      for (const said of snapshots) {
        expectSame(await stateOf(world.local, { index: said.index }), said)
        // An outcome may have been written while the node was asked.
        const isBetween = Number(entries[said.index + 1]?.entry["at"]) <= said.at
        if (!isBetween) expectSame(await stateOf(world.local, { at: said.at }), said)
      }
      const inForce = (await stateOf(world.local, {})).agents.flatMap(({ mandates }) => mandates)
      const counted = new Set(inForce.filter(({ spending }) => spending === "all").map(({ id }) => id))
      await world.node.close()

      const dataDir = join(folder, "data")
      const copy = () => {
        rmSync(dataDir, { recursive: true, force: true })
        cpSync(world.dataFolder, dataDir, { recursive: true, filter: (path) => !path.endsWith(".sock") })
      }
      copy()
      expect(await rebuildIn(dataDir)).toMatchObject({ fault: null, differing: 0 })
      const all = alterationsOf(join(dataDir, "hufu.db"), { random, counted })
      for (const { kind, what, apply } of random.shuffled(all).slice(0, alterations)) {
        copy()
        const db = new DatabaseSync(join(dataDir, "hufu.db"))
        expect(apply(db), what).toBe(true)
        db.close()
        const { differences } = await rebuildIn(dataDir)
        expect(
          differences.map((difference) => difference.kind),
          `${kind} ${what}`,
        ).toContain(kind)
      }
      console.log(
        `${snapshots.length} moments told again, ${Math.min(all.length, alterations)} of ${all.length} alterations found`,
      )
    } finally {
      await world.dispose()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

test.each(["stopped", "killed"])(
  "a folder of version 0.1.0 that was %s agrees, and what it did not state is unstated",
  async (how) => {
    const folder = mkdtempSync(join(tmpdir(), "hufu-state-"))
    try {
      const dataDir = join(folder, "data")
      mkdirSync(dataDir, { mode: 0o700 })
      unpackFolder(fileURLToPath(new URL(`../upgrade/0.1.0/${how}.tar.gz`, import.meta.url)), dataDir)
      const report = await rebuildIn(dataDir)
      expect(report).toMatchObject({ fault: null, differences: [], erased: {} })
      expect(report.unstated).toMatchObject({ "credential.hash": 2, "hold.action": 3 })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
