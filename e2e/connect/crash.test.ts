import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import {
  filesystemServer,
  type NodeUnderTest,
  startNode,
} from "../../packages/cli/src/testing/hufu-under-test.ts"
import { isLongRun } from "../long-run.ts"
import { type Machine, newMachine } from "./machine.ts"

// A process for each step at which one can die.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

const preload = new URL("kill-at-step.ts", import.meta.url).href
const file = ".claude.json"
const settings = ".claude/settings.json"
const mostSteps = 200
/** Among the other tests, which are to end soon, it dies before every fourth step. */
const stride = isLongRun ? 1 : 4

let node: NodeUnderTest
let scratch = ""
let machine: Machine
let before: Record<string, string> = {}

beforeAll(async () => {
  node = await startNode()
  scratch = mkdtempSync(join(tmpdir(), "hufu-connect-crash-"))
  machine = newMachine(join(scratch, "machine"), node.dataFolder)
  const text = JSON.stringify({
    mcpServers: {
      files: {
        command: process.execPath,
        args: [filesystemServer, scratch],
        env: { API_TOKEN: "s3cret-four" },
      },
    },
  })
  machine.write(file, text)
  machine.write(settings, '{"model": "m"}')
  before = contents()
})
afterAll(async () => {
  await node.dispose()
  rmSync(scratch, { recursive: true, force: true })
})

/** Every file of the home folder, so that nothing that a dead run left is missed. */
function contents(): Record<string, string> {
  const names = readdirSync(machine.home, { recursive: true, encoding: "utf8" })
  const files = names.filter((name) => name.endsWith(".json") || name.includes("hufu"))
  return Object.fromEntries(
    files.toSorted().map((name) => [name, readFileSync(join(machine.home, name), "utf8")]),
  )
}

const records = () => {
  const folder = join(node.dataFolder, "connect")
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== "lock") : []
}

/** Runs a command so often that it dies once before each thing that it does to the disk; says how often that was. */
async function dyingAtEachStep(args: readonly string[], afterDeath: () => Promise<void>): Promise<number> {
  for (let step = 1; step < mostSteps; step += stride) {
    const ran = await machine.hufu(args, { preload, env: { KILL_AT: String(step) } })
    if (ran.signal === null) {
      expect(ran).toMatchObject({ code: 0, err: "" })
      return step - 1
    }
    expect(ran.signal).toBe("SIGKILL")
    await afterDeath()
  }
  throw new Error("it never came to its end")
}

describe("killed before each step", () => {
  let connected: Record<string, string> = {}
  const wholeFilesOnly = () => {
    for (const name of [file, settings]) expect([before[name], connected[name]]).toContain(contents()[name])
  }
  const connect = async () => {
    expect((await machine.hufu(["connect", "claude-code", "--write"])).code).toBe(0)
    expect(contents()).toEqual(connected)
  }
  const disconnect = async () => {
    expect((await machine.hufu(["disconnect", "claude-code"])).code).toBe(0)
    expect(contents()).toEqual(before)
    expect(records()).toEqual([])
  }

  it("connect loses nothing: the next run undoes or finishes it", async () => {
    await machine.hufu(["connect", "claude-code", "--write"])
    connected = contents()
    expect(Object.keys(connected)).toEqual(Object.keys(before))
    expect(JSON.stringify(connected)).not.toContain("s3cret-four")
    await disconnect()
    let died = 0
    const steps = await dyingAtEachStep(["connect", "claude-code", "--write"], async () => {
      wholeFilesOnly()
      died += 1
      if (died % 2 === 0) await connect()
      await disconnect()
    })
    expect(steps).toBeGreaterThan(15)
    expect(contents()).toEqual(connected)
  })

  it("disconnect loses nothing: the next run finishes it", async () => {
    const steps = await dyingAtEachStep(["disconnect", "--all"], async () => {
      wholeFilesOnly()
      await disconnect()
      await connect()
    })
    expect(steps).toBeGreaterThan(8)
    expect(contents()).toEqual(before)
    expect(records()).toEqual([])
  })
})
