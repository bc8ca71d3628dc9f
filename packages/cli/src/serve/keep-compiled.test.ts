import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type NodeUnderTest, startNode } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let parent = ""
let node: NodeUnderTest | undefined
beforeEach(() => {
  vi.stubEnv("NODE_COMPILE_CACHE", undefined)
  parent = mkdtempSync(join(tmpdir(), "hufu-compiled-"))
})
afterEach(async () => {
  await node?.dispose()
  node = undefined
  rmSync(parent, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

const kept = (cache: string) => readdirSync(cache, { recursive: true })

/** A whole life of a node, at whose end it would write down what it compiled. */
async function live(folder: string): Promise<void> {
  const living = await startNode(folder)
  expect(await living.signal("SIGTERM")).toBe(0)
}

describe("compiled modules", () => {
  it("are kept by a first start that is killed, closed to other accounts", async () => {
    const folder = join(parent, "data")
    node = await startNode(folder)
    const cache = join(folder, "cache")
    await vi.waitFor(() => expect(kept(cache).length).toBeGreaterThan(100), { timeout: 60_000 })
    await node.signal("SIGKILL")
    expect(statSync(cache).mode & 0o777).toBe(0o700)
    await live(folder)
  })

  it("are not kept where others could put theirs", async () => {
    const folder = join(parent, "data")
    const cache = join(folder, "cache")
    mkdirSync(cache, { recursive: true, mode: 0o700 })
    chmodSync(cache, 0o722)
    await live(folder)
    expect(kept(cache)).toEqual([])
  })

  it("are not kept in a data folder that is open", async () => {
    chmodSync(parent, 0o755)
    await live(parent)
    expect(readdirSync(parent)).toContain("hufu.db")
    expect(readdirSync(parent)).not.toContain("cache")
  })

  it("are not kept behind a link", async () => {
    const elsewhere = join(parent, "elsewhere")
    mkdirSync(elsewhere, { mode: 0o700 })
    mkdirSync(join(parent, "data"), { mode: 0o700 })
    symlinkSync(elsewhere, join(parent, "data", "cache"))
    await live(join(parent, "data"))
    expect(kept(elsewhere)).toEqual([])
  })

  it("are done without where there is no place for them", async () => {
    writeFileSync(join(parent, "cache"), "")
    await live(parent)
    expect(readdirSync(parent)).toContain("hufu.db")
  })
})
